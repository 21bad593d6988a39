import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import type { HttpRequest } from '#platform/http-client.ts'
import { acceptFollow, follow } from '#relationships/follow.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { remoteActor } from '../../../test/remote-actor.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { followersDigest } from '../shapes/followers-digest.ts'
import { fetchDocument } from './fetch-document.ts'

test('a digest is that of the set, in whatever order, and that of nobody is nought', () => {
  const [one, two] = ['https://e.test/users/1', 'https://e.test/users/2']
  assert.equal(
    followersDigest([one as string, two as string]),
    followersDigest([two as string, one as string]),
  )
  assert.notEqual(followersDigest([one as string]), followersDigest([two as string]))
  assert.equal(followersDigest([]), '0'.repeat(64))
  // The example of FEP-8fcf.
  const uris = ['https://testing.example.org/users/1', 'https://testing.example.org/users/2']
  assert.equal(followersDigest(uris), 'c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f')
})

for (const database of databases) {
  describe(`synchronizing followers (${database})`, () => {
    let network: Network
    let here: World
    let there: World
    let sent: Record<string, string>[]
    let alice: AccountRow

    beforeEach(async () => {
      network = openNetwork()
      sent = []
      const request = async (asked: HttpRequest) => {
        const headers =
          typeof asked.headers === 'function' ? await asked.headers(new URL(asked.url)) : asked.headers
        if (asked.method === 'POST') sent.push({ url: asked.url, ...headers })
        return network.request(asked)
      }
      here = await world({ database, domain: 'here.example', http: { ...network, request } })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('here.example', here.site)
      network.host('there.example', there.site)
      alice = here.cast.alice
      for (const who of ['bob', 'carol'] as const) {
        const { body } = await there.as(who).get('/api/v2/search?resolve=true&q=@alice@here.example')
        const [found] = (body as { accounts: Account[] }).accounts
        await there.as(who).post(`/api/v1/accounts/${found?.id}/follow`)
        await settle()
      }
      sent = []
    })
    afterEach(async () => {
      await here.close()
      await there.close()
    })

    const settle = async () => {
      for (let turn = 0; turn < 4; turn++) {
        await here.settle()
        await there.settle()
      }
    }
    const post = async (fields: Record<string, unknown>) => {
      const answer = await here.as('alice').post('/api/v1/statuses', fields)
      assert.equal(answer.status, 200, answer.text)
      await settle()
    }
    const followersThere = async () => {
      const rows = await there.app.db
        .selectFrom('follow')
        .innerJoin('account as a', 'a.id', 'follow.account_id')
        .innerJoin('account as t', 't.id', 'follow.target_id')
        .select('a.username')
        .where('t.uri', '=', alice.uri)
        .orderBy('a.username')
        .execute()
      return rows.map((row) => row.username)
    }
    const dropHere = async (name: string) => {
      await here.app.inTransaction(async (tx) => {
        const who = await tx.db
          .selectFrom('account')
          .select('id')
          .where('username', '=', name)
          .where('host', '=', 'there.example')
          .executeTakeFirstOrThrow()
        await tx.db.deleteFrom('follow').where('account_id', '=', who.id).execute()
        await tx.db
          .updateTable('account')
          .set((row) => ({ followers_count: row('followers_count', '-', 1) }))
          .where('id', '=', alice.id)
          .execute()
      })
    }
    const asks = () => network.log.filter((line) => line.includes('followers_synchronization')).length

    test('what is for followers alone tells each host whom we count there; anything else tells nothing', async () => {
      await post({ status: 'open' })
      await post({ status: '@bob@there.example direct', visibility: 'direct' })
      assert.ok(sent.every((headers) => !('collection-synchronization' in headers)))
      sent = []
      await post({ status: 'for followers', visibility: 'private' })
      const digest = followersDigest([there.cast.bob.uri, there.cast.carol.uri])
      assert.deepEqual(
        sent.map((headers) => headers['collection-synchronization']),
        [
          `collectionId="${alice.uri}/followers", digest="${digest}", url="${alice.uri}/followers_synchronization"`,
        ],
      )
      assert.match(sent[0]?.signature ?? '', /collection-synchronization/)
      assert.equal(asks(), 0, 'both count the same')
    })

    test('a follow that the other side does not know ends here', async () => {
      await dropHere('bob')
      await post({ status: 'for followers', visibility: 'private' })
      assert.deepEqual(await followersThere(), ['carol'])
      await dropHere('carol')
      await post({ status: 'again', visibility: 'private' })
      assert.equal(asks(), 1, 'not within a quarter of an hour')
    })

    test('a follow that is not known here is taken back, and one that waits for a yes has got it', async () => {
      await there.app.inTransaction(async (tx) => {
        await tx.db.deleteFrom('follow').where('account_id', '=', there.cast.bob.id).execute()
        const row = await tx.db
          .selectFrom('follow')
          .selectAll()
          .where('account_id', '=', there.cast.carol.id)
          .executeTakeFirstOrThrow()
        await tx.db.deleteFrom('follow').where('id', '=', row.id).execute()
        await tx.db.insertInto('follow_request').values(row).execute()
      })
      await post({ status: 'for followers', visibility: 'private' })
      assert.deepEqual(await followersThere(), ['carol'])
      const left = await here.app.db
        .selectFrom('follow')
        .innerJoin('account', 'account.id', 'follow.account_id')
        .select('username')
        .where('target_id', '=', alice.id)
        .where('host', '=', 'there.example')
        .execute()
      assert.deepEqual(
        left.map((row) => row.username),
        ['carol'],
      )
    })

    test('PRIV-22 the list is given to signed requests alone, and of the asker’s own host', async () => {
      const path = `${new URL(alice.uri).pathname}/followers_synchronization`
      const other = await saveRemoteAccount(here.app, remoteActor('x', 'x.test'))
      await follow(here.app, other, alice, {}, { uri: `${other.uri}#follow` })
      assert.equal((await here.anyone.get(path)).status, 401)
      const fetched = await fetchDocument(there.app, `https://here.example${path}`)
      assert.ok(fetched.kind === 'document')
      assert.deepEqual(
        (fetched.document.orderedItems as string[]).sort(),
        [there.cast.bob.uri, there.cast.carol.uri].sort(),
      )
    })

    test('ACT-36 nobody sets right whom others are followed by, nor has a list fetched from elsewhere', async () => {
      const documents = new Map<string, Record<string, unknown>>()
      const [mal, vic] = [stranger(documents, 'e.test', 'mal'), stranger(documents, 'v.test', 'vic')]
      serveDocuments(network, documents, ['e.test', 'v.test'])
      for (const each of [mal, vic]) {
        const account = await there.app.fediverse.findAccount(each.uri)
        assert.ok(account)
        await follow(there.app, there.cast.bob, account)
        await acceptFollow(there.app, account, there.cast.bob, 'elsewhere')
      }
      const header = (collectionId: string, url: string) => ({
        'collection-synchronization': `collectionId="${collectionId}", digest="${'0'.repeat(64)}", url="${url}"`,
      })
      const list = (who: Stranger) => `${who.uri}/followers_synchronization`
      const empty = { type: 'OrderedCollection', orderedItems: [] }
      for (const each of [mal, vic])
        documents.set(list(each), {
          '@context': 'https://www.w3.org/ns/activitystreams',
          id: list(each),
          ...empty,
        })
      const bad = [
        header(`${mal.uri}/followers`, list(vic)),
        header(`${vic.uri}/followers`, list(vic)),
        header(`${vic.uri}/followers`, list(mal)),
        header('https://e.test/users/other/followers', list(mal)),
      ]
      network.log.length = 0
      for (const headers of bad) {
        assert.equal(await mal.send(there, mal.activity('Like', 'https://there.example/1'), { headers }), 202)
        await there.settle()
        there.clock.advance(3_600_000)
      }
      assert.equal(asks(), 0)
      const counted = async () =>
        (
          await there.app.db
            .selectFrom('follow')
            .select('id')
            .where('account_id', '=', there.cast.bob.id)
            .execute()
        ).length
      const before = await counted()
      const headers = header(`${mal.uri}/followers`, list(mal))
      await mal.send(there, mal.activity('Like', 'https://there.example/1'), { headers })
      await there.settle()
      assert.equal(await counted(), before - 1, 'of mal alone, by mal’s own word')
    })

    test('a list that is not the one that was hashed, or lies elsewhere, changes nothing', async () => {
      await dropHere('bob')
      const served = network.hostOf('here.example')
      network.host('here.example', async (request) => {
        if (!request.url.pathname.endsWith('followers_synchronization')) return served(request)
        const body = {
          '@context': 'https://www.w3.org/ns/activitystreams',
          id: request.url.href,
          type: 'OrderedCollection',
          orderedItems: [],
        }
        return {
          status: 200,
          headers: { 'content-type': 'application/activity+json' },
          body: Buffer.from(JSON.stringify(body)),
        }
      })
      await post({ status: 'for followers', visibility: 'private' })
      assert.equal(asks(), 1)
      assert.deepEqual(await followersThere(), ['bob', 'carol'])
    })
  })
}
