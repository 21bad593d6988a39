import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { readId } from '#platform/ids.ts'
import { DAY, MINUTE } from '#platform/times.ts'
import { acceptFollow, follow, rejectFollow, removeFollower, unfollow } from '#relationships/follow.ts'
import { createStatus } from '#statuses/create-status.ts'
import { statusById } from '#statuses/statuses.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { foreignDraft, remoteActor } from '../../../test/remote-actor.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { parseSignature, verifyClaim } from '../signatures/signatures.ts'
import type { SignedRequest } from '../signatures/signatures-claim.ts'

type Received = { host: string; path: string; document: Record<string, unknown>; request: SignedRequest }

for (const database of databases) {
  describe(`delivering on ${database}`, () => {
    let place: World
    let network: Network
    let received: Received[] = []
    let answers: (Record<string, string> & { status: string })[] = []
    let eve: AccountRow
    let vic: AccountRow

    before(async () => {
      network = openNetwork()
      place = await world({ database, http: network })
      eve = await saveRemoteAccount(place.app, remoteActor('eve', 'e.example'))
      vic = await saveRemoteAccount(place.app, remoteActor('vic', 'v.example'))
      for (const host of ['elsewhere.example', 'e.example', 'v.example']) {
        network.host(host, async ({ method, url, headers, body }) => {
          const request = { method, path: url.pathname, headers: { ...headers, host: url.host }, body }
          received.push({
            host,
            path: url.pathname,
            document: JSON.parse(body.toString()),
            request: { ...request, hosts: [host] },
          })
          const { status, ...more } = answers.shift() ?? { status: '202' }
          return { status: Number(status), headers: more, body: Buffer.alloc(0) }
        })
      }
    })
    after(() => place.close())
    beforeEach(async () => {
      await place.settle()
      received = []
      answers = []
    })

    const followedBy = async (target: AccountRow, ...followers: AccountRow[]) => {
      for (const each of followers)
        await follow(place.app, each, target, {}, { uri: `${each.uri}#follows/1` })
      await place.settle()
      received = []
    }
    const post = async (body: Record<string, unknown>, who: 'alice' | 'bob' | 'carol' = 'alice') => {
      const answer = await place.as(who).post('/api/v1/statuses', body)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as { id: string; uri: string }
    }
    const told = () => received.map(({ host, path, document }) => `${document.type} ${host}${path}`).sort()
    const waiting = async () => {
      const rows = await place.app.db.selectFrom('job').selectAll().orderBy('id').execute()
      return rows.filter((row) => row.queue === 'deliver')
    }
    const stored = async () => (await place.app.db.selectFrom('outgoing').select('id').execute()).length

    test('a remote follower is accepted at once, with a signature that holds', async () => {
      const { alice } = place.cast
      await follow(place.app, eve, alice, {}, { uri: `${eve.uri}#follows/1` })
      await place.settle()
      assert.deepEqual(told(), ['Accept e.example/users/eve/inbox'])
      const [{ document, request }] = received as [Received]
      assert.deepEqual(document.object, {
        id: `${eve.uri}#follows/1`,
        type: 'Follow',
        actor: eve.uri,
        object: alice.uri,
      })
      const verdict = parseSignature(request, place.app.now())
      assert.ok('claim' in verdict && verdict.claim, JSON.stringify(verdict))
      assert.equal(verdict.claim.keyId, `${alice.uri}#main-key`)
      const [key] = await place.app.db
        .selectFrom('account_key')
        .select('public_pem')
        .where('key_id', '=', verdict.claim.keyId)
        .execute()
      assert.equal(await verifyClaim(verdict.claim, key?.public_pem ?? ''), true)
      assert.equal(request.headers['content-type'], 'application/activity+json')
      assert.equal(await stored(), 0, 'the document goes with its last delivery')
      assert.ok(place.app.domains.all()[0]?.federated_at)
    })

    test('a locked account answers when it decides', async () => {
      const { carol } = place.cast
      await follow(place.app, vic, carol, {}, { uri: `${vic.uri}#follows/2` })
      await place.settle()
      assert.deepEqual(told(), [])
      await acceptFollow(place.app, carol, vic)
      await place.settle()
      assert.deepEqual(told(), ['Accept v.example/users/vic/inbox'])
      received = []
      await removeFollower(place.app, carol, vic)
      await place.settle()
      assert.deepEqual(told(), ['Reject v.example/users/vic/inbox'])
    })

    test('a public post goes once to each server of followers, and to who is named or answered (PRIV-18)', async () => {
      const { alice, dan } = place.cast
      await followedBy(alice, vic)
      await post({ status: 'hello @dan@elsewhere.example' })
      await place.settle()
      assert.deepEqual(told(), [
        'Create e.example/inbox',
        'Create elsewhere.example/inbox',
        'Create v.example/inbox',
      ])
      received = []
      const theirs = await createStatus(place.app, foreignDraft(dan, 'https://elsewhere.example/notes/1'))
      await post({ status: 'I agree', in_reply_to_id: String(theirs?.id) }, 'bob')
      await place.settle()
      assert.deepEqual(told(), ['Create elsewhere.example/inbox'], 'bob has no followers elsewhere')
    })

    test('a private answer goes to the own followers and the named, not to those of the parent (PRIV-18, PRIV-19)', async () => {
      const { alice, carol } = place.cast
      await followedBy(alice, eve, vic)
      const parent = await post({ status: 'open' })
      await follow(place.app, place.cast.dan, carol, {}, { uri: 'https://elsewhere.example/f/1' })
      await acceptFollow(place.app, carol, place.cast.dan)
      await place.settle()
      received = []
      await post({ status: '@alice psst', visibility: 'private', in_reply_to_id: parent.id }, 'carol')
      await place.settle()
      assert.deepEqual(told(), ['Create elsewhere.example/inbox'])
    })

    test('a direct post goes to the inbox of who is named and nowhere else (PRIV-20)', async () => {
      const { alice } = place.cast
      await followedBy(alice, eve, vic)
      const sent = await post({ status: '@vic@v.example only you', visibility: 'direct' })
      await place.settle()
      assert.deepEqual(told(), ['Create v.example/users/vic/inbox'])
      assert.equal(received[0]?.document.cc?.toString(), '')
      received = []
      await place.as('alice').delete(`/api/v1/statuses/${sent.id}`)
      await place.settle()
      assert.deepEqual(told(), ['Delete v.example/users/vic/inbox'])
      assert.deepEqual(received[0]?.document.to, [])
    })

    test('nobody of this server is ever sent anything', async () => {
      network.log.length = 0
      await post({ status: '@bob @carol hello', visibility: 'direct' })
      await follow(place.app, place.cast.carol, place.cast.bob)
      await place.settle()
      assert.deepEqual(network.log, [])
    })

    test('what came from elsewhere is not sent out again', async () => {
      await followedBy(place.cast.alice, eve)
      const theirs = await createStatus(
        place.app,
        foreignDraft(place.cast.dan, 'https://elsewhere.example/notes/2'),
      )
      assert.ok(theirs)
      await place.settle()
      assert.deepEqual(told(), [])
    })

    test('boosts, favourites and their ends', async () => {
      const { alice, dan } = place.cast
      await followedBy(alice, vic)
      const theirs = await createStatus(place.app, foreignDraft(dan, 'https://elsewhere.example/notes/3'))
      const client = place.as('alice')
      for (const word of ['reblog', 'unreblog', 'favourite', 'unfavourite']) {
        await client.post(`/api/v1/statuses/${theirs?.id}/${word}`)
        await place.settle()
      }
      assert.deepEqual(told(), [
        'Announce e.example/inbox',
        'Announce elsewhere.example/inbox',
        'Announce v.example/inbox',
        'Like elsewhere.example/users/dan/inbox',
        'Undo e.example/inbox',
        'Undo elsewhere.example/inbox',
        'Undo elsewhere.example/users/dan/inbox',
        'Undo v.example/inbox',
      ])
      const undo = received.at(-1)?.document as {
        id: string
        object: { id: string; type: string; object: string }
      }
      assert.match(undo.id, /#likes\/\d+\/undo$/)
      assert.deepEqual([undo.object.type, undo.object.object], ['Like', theirs?.uri])
    })

    test('follow, unfollow, block and unblock of somebody elsewhere', async () => {
      const client = place.as('bob')
      for (const word of ['follow', 'unfollow', 'block', 'unblock']) {
        const answer = await client.post(`/api/v1/accounts/${vic.id}/${word}`)
        assert.equal(answer.status, 200, answer.text)
        await place.settle()
      }
      const said = received.map(({ document }) => {
        const object = document.object as string | { type: string }
        return typeof object === 'string' ? document.type : `${document.type} ${object.type}`
      })
      assert.deepEqual(said, ['Follow', 'Undo Follow', 'Block', 'Undo Block'])
      assert.ok(received.every(({ path }) => path === '/users/vic/inbox'))
    })

    test('a follow that is refused here is told', async () => {
      const { carol } = place.cast
      await follow(place.app, eve, carol, {}, { uri: `${eve.uri}#follows/9` })
      await rejectFollow(place.app, carol, eve)
      await place.settle()
      assert.deepEqual(told(), ['Reject e.example/users/eve/inbox'])
    })

    test('a new profile goes to the followers, and the newest takes the place of one that waits', async () => {
      await followedBy(place.cast.alice, eve)
      network.down.add('e.example')
      const client = place.as('alice')
      for (const display_name of ['Alice 1', 'Alice 2', 'Alice 3']) {
        await client.patch('/api/v1/accounts/update_credentials', { display_name })
        place.clock.advance(1000)
        await place.settle()
      }
      assert.equal((await waiting()).filter((row) => row.lane === 'e.example').length, 1)
      network.down.clear()
      place.clock.advance(10 * MINUTE)
      await place.settle()
      const names = received
        .filter(({ host }) => host === 'e.example')
        .map(({ document }) => (document.object as { name: string }).name)
      assert.deepEqual(names, ['Alice 3'])
    })

    test('an edit follows its post to those who have it, and a deletion ends both', async () => {
      await followedBy(place.cast.alice, eve)
      const sent = await post({ status: 'first words' })
      await place.settle()
      place.clock.advance(1000)
      await place.as('alice').put(`/api/v1/statuses/${sent.id}`, { status: 'better words' })
      await place.settle()
      await place.as('alice').delete(`/api/v1/statuses/${sent.id}`)
      await place.settle()
      const atEve = received.filter(({ host }) => host === 'e.example').map(({ document }) => document.type)
      assert.deepEqual(atEve, ['Create', 'Update', 'Delete'])
      const end = received.at(-1)?.document as { object: Record<string, unknown> }
      assert.deepEqual(end.object, { id: sent.uri, type: 'Tombstone', atomUri: sent.uri })
    })

    test('what never left is not sent after its deletion, nor after its end was told', async () => {
      await followedBy(place.cast.bob, eve)
      network.down.add('e.example')
      const secret = await post({ status: 'regretted', visibility: 'private' }, 'bob')
      await place.settle()
      place.clock.advance(1000)
      await place.as('bob').put(`/api/v1/statuses/${secret.id}`, { status: 'still regretted' })
      await place.settle()
      await place.as('bob').delete(`/api/v1/statuses/${secret.id}`)
      await place.settle()
      const words = (await waiting())
        .filter((row) => row.lane === 'e.example')
        .map((row) => row.ukey?.split(' ')[1])
      assert.deepEqual(
        words,
        ['end'],
        'the post was tried, so its end is owed; the post itself is not any more',
      )
      network.down.clear()
      place.clock.advance(DAY)
      await place.settle()
      assert.deepEqual(told(), ['Delete e.example/inbox'])
      assert.equal(await stored(), 0)
    })

    test('a draft domain sends nothing', async () => {
      const { app } = place
      await followedBy(place.cast.alice, eve)
      const confirmed = app.domains.all()[0]?.confirmed_at ?? 0
      const setConfirmed = async (at: number | null) => {
        await app.inTransaction(
          async (tx) => void (await tx.db.updateTable('hosted_domain').set({ confirmed_at: at }).execute()),
        )
        await app.domains.reload()
      }
      await setConfirmed(null)
      await post({ status: 'not yet' })
      await place.settle()
      assert.deepEqual([told(), await stored()], [[], 0])
      await setConfirmed(confirmed)
    })

    test('a refused signature is made in the other way, and the host’s taste is remembered', async () => {
      await followedBy(place.cast.alice, eve)
      answers = [{ status: '401' }]
      await post({ status: '@eve@e.example one', visibility: 'direct' })
      await place.settle()
      await post({ status: '@eve@e.example two', visibility: 'direct' })
      await place.settle()
      const styles = received.map(({ request }) => (request.headers['signature-input'] ? '9421' : 'cavage'))
      assert.deepEqual(styles, ['cavage', '9421', '9421'])
      const verdict = parseSignature(received[2]?.request as SignedRequest, place.app.now())
      assert.ok('claim' in verdict && verdict.claim, JSON.stringify(verdict))
    })

    test('what an inbox answers decides between done, dropped and later', async () => {
      const fates: Record<string, number> = {
        202: 0,
        301: 0,
        400: 0,
        404: 0,
        410: 0,
        422: 0,
        501: 0,
        408: 1,
        429: 1,
        500: 1,
        503: 1,
      }
      for (const [status, left] of Object.entries(fates)) {
        answers = [{ status, 'retry-after': '60' }]
        await post({ status: '@vic@v.example hi', visibility: 'direct' })
        await place.settle()
        assert.equal((await waiting()).length, left, status)
        place.clock.advance(2 * DAY)
        await place.settle()
        assert.equal((await waiting()).length, 0, `${status} in the end`)
      }
    })

    test('sending the same thing again while it is on its way changes nothing', async () => {
      await followedBy(place.cast.alice, eve, vic)
      network.down.add('e.example').add('v.example')
      const sent = await post({ status: 'once' })
      await place.settle()
      const before = [await waiting(), await stored()]
      const { deliverCreate } = await import('./deliver.ts')
      const payload = { statusId: readId(sent.id) as number, origin: 'here' as const }
      await deliverCreate.run(place.app, payload, { signal: new AbortController().signal } as never)
      assert.deepEqual([await waiting(), await stored()], before)
      network.down.clear()
      place.clock.advance(DAY)
      await place.settle()
    })

    test('a follow taken back before it left is never told', async () => {
      network.down.add('v.example')
      await place.as('bob').post(`/api/v1/accounts/${vic.id}/follow`)
      const { app, cast } = place
      await unfollow(app, cast.bob, vic)
      network.down.clear()
      place.clock.advance(DAY)
      await place.settle()
      const follows = received.filter(({ document }) => document.type === 'Follow')
      assert.deepEqual(follows, [])
    })

    test('suspended accounts elsewhere are sent nothing', async () => {
      const { app, cast } = place
      await followedBy(cast.alice, eve, vic)
      await app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set({ suspended_at: 1 }).where('id', '=', eve.id).execute()
      })
      const sent = await post({ status: 'without eve' })
      await place.settle()
      assert.deepEqual(told(), ['Create v.example/inbox'])
      assert.ok(await statusById(app, readId(sent.id) as number))
    })
  })
}
