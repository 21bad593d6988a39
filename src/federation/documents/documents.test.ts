import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createLocalAccount } from '#accounts/save-account.ts'
import type { HostedDomain } from '#app.ts'
import { createServerActor } from '#auth/set-up.ts'
import { addDomain, confirmDomain } from '#instance/domains.ts'
import { readId } from '#platform/ids.ts'
import { follow } from '#relationships/follow.ts'
import { createStatus } from '#statuses/create-status.ts'
import { testKeys } from '../../../test/keys.ts'
import { foreignDraft } from '../../../test/remote-actor.ts'
import type { Answer, World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { inboxesOf } from '../deliver/recipients.ts'
import { wantsActivity, wantsPage } from './answer-document.ts'

const AP = 'application/activity+json'
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
type Doc = Record<string, unknown> & { orderedItems: Doc[]; first: Doc; items: string[] }

test('Accept decides between document and page', () => {
  const profiled = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
  for (const accept of [AP, profiled, `${AP}, ${profiled}, text/html;q=0.1`, 'application/json']) {
    assert.equal(wantsActivity(accept), true, accept)
  }
  assert.equal(wantsActivity(undefined), false)
  for (const accept of ['', '*/*', BROWSER, `text/html, ${AP};q=0.5`, `${AP};q=0`]) {
    assert.equal(wantsActivity(accept), false, accept)
  }
  assert.equal(wantsPage(BROWSER), true)
  for (const accept of ['', '*/*', AP]) assert.equal(wantsPage(accept), false)
})

for (const database of databases) {
  describe(`documents on ${database}`, () => {
    let place: World
    before(async () => {
      place = await world({ database })
    })
    after(() => place.close())

    const pathOf = (uri: string) => uri.replace('https://here.example', '')
    const get = (uri: string, accept = AP) => place.anyone.get(pathOf(uri), { Accept: accept })
    const docOf = (answer: Answer): Doc => {
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.headers.get('content-type'), 'application/activity+json; charset=utf-8')
      assert.match(answer.headers.get('vary') ?? '', /Accept/)
      return answer.body as Doc
    }
    const doc = async (uri: string) => docOf(await get(uri))
    const post = async (body: Record<string, unknown>, who: 'alice' | 'bob' | 'carol' = 'alice') => {
      const answer = await place.as(who).post('/api/v1/statuses', body)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as { id: string; uri: string; url: string }
    }

    test('an actor is served with its keys', async () => {
      const { alice } = place.cast
      const actor = await doc(alice.uri)
      assert.equal(actor.id, alice.uri)
      assert.equal(actor.type, 'Person')
      assert.equal(actor.preferredUsername, 'alice')
      assert.equal(actor.webfinger, 'alice@here.example')
      assert.equal(actor.url, 'https://here.example/@alice')
      assert.equal(actor.published, `${new Date(alice.created_at).toISOString().slice(0, 10)}T00:00:00Z`)
      const key = actor.publicKey as Doc
      assert.deepEqual([key.id, key.owner], [`${alice.uri}#main-key`, alice.uri])
      assert.match(String(key.publicKeyPem), /^-----BEGIN PUBLIC KEY-----/)
      const [multikey] = actor.assertionMethod as Doc[]
      assert.match(String(multikey?.publicKeyMultibase), /^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/)
      assert.doesNotMatch(JSON.stringify(actor), /PRIVATE|mail\.example/)
    })

    test('the server itself, an actor by nickname, and a browser sent to the page', async () => {
      const server = await doc('https://here.example/actor')
      assert.deepEqual([server.type, server.preferredUsername], ['Application', 'here.example'])
      assert.equal((await doc('/users/Alice')).id, place.cast.alice.uri)
      const sent = await get(place.cast.alice.uri, BROWSER)
      assert.deepEqual([sent.status, sent.headers.get('location')], [302, 'https://here.example/@alice'])
    })

    test('a suspended actor is emptied but served, and nothing else of it is', async () => {
      const { app, cast } = place
      const suspend = (at: number | null) =>
        app.inTransaction(async (tx) => {
          const set = { suspended_at: at, display_name: 'Mallory', note: '<p>hi</p>' }
          await tx.db.updateTable('account').set(set).where('id', '=', cast.mallory.id).execute()
        })
      await suspend(1)
      const actor = await doc(cast.mallory.uri)
      assert.deepEqual([actor.suspended, actor.name, actor.summary], [true, '', ''])
      assert.ok(actor.publicKey)
      assert.equal((await get(`${cast.mallory.uri}/outbox`)).status, 404)
      await suspend(null)
    })

    test('a public post is served as Note and as Create', async () => {
      const sent = await post({ status: 'hello' })
      const note = await doc(sent.uri)
      assert.deepEqual([note.id, note.type], [sent.uri, 'Note'])
      const activity = await doc(`${sent.uri}/activity`)
      assert.deepEqual([activity.type, (activity.object as Doc).id], ['Create', sent.uri])
      const page = await get(sent.uri, BROWSER)
      assert.deepEqual([page.status, page.headers.get('location')], [302, sent.url])
    })

    test('what is not for everybody looks like what was never there (PRIV-05)', async () => {
      const never = await get(`${place.cast.alice.uri}/statuses/1`)
      assert.equal(never.status, 404)
      for (const visibility of ['private', 'direct']) {
        const sent = await post({ status: 'secret', visibility })
        for (const ending of ['', '/activity', '/replies', '/likes', '/shares']) {
          const answer = await get(`${sent.uri}${ending}`)
          assert.deepEqual([answer.status, answer.text], [404, never.text], visibility + ending)
        }
        assert.equal((await get(sent.url)).status, 404)
      }
    })

    test('a deleted post leaves a tombstone', async () => {
      const sent = await post({ status: 'soon gone' })
      await place.as('alice').delete(`/api/v1/statuses/${sent.id}`)
      const answer = await get(sent.uri)
      assert.equal(answer.status, 410)
      assert.equal((answer.body as Doc).type, 'Tombstone')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal((await get(`${sent.uri}/activity`)).status, 410)
    })

    test('the outbox holds and counts public and unlisted posts only (PRIV-04)', async () => {
      const { carol } = place.cast
      const open: string[] = []
      for (let n = 0; n < 23; n++)
        open.push(
          (await post({ status: `open ${n}`, visibility: n % 2 ? 'public' : 'unlisted' }, 'carol')).uri,
        )
      for (const visibility of ['private', 'direct'])
        await post({ status: `closed ${visibility}`, visibility }, 'carol')
      const outbox = await doc(`${carol.uri}/outbox`)
      assert.deepEqual([outbox.type, outbox.totalItems], ['OrderedCollection', 23])
      const first = await doc(String(outbox.first))
      assert.equal(first.orderedItems.length, 20)
      const second = await doc(String(first.next))
      const shown = [...first.orderedItems, ...second.orderedItems].map((each) => (each.object as Doc).id)
      assert.deepEqual(shown, open.reverse())
      assert.equal(second.next, undefined)
      const last = await doc(String(outbox.last))
      const oldest = last.orderedItems.at(-1) as Doc
      assert.equal((oldest.object as Doc).id, shown.at(-1))
    })

    test('a boost is an Announce in the outbox and at its own address', async () => {
      const { app, cast } = place
      const theirs = await createStatus(app, foreignDraft(cast.dan, 'https://elsewhere.example/notes/1'))
      await place.as('bob').post(`/api/v1/statuses/${theirs?.id}/reblog`)
      const page = await doc(`${cast.bob.uri}/outbox?page=true`)
      const [boost] = page.orderedItems
      assert.deepEqual([boost?.type, boost?.object], ['Announce', theirs?.uri])
      assert.equal((await doc(String(boost?.id))).type, 'Announce')
    })

    test('followers and followed are paged, and hidden ones are a number without a door (PRIV-22)', async () => {
      const { app, cast } = place
      await follow(app, cast.dan, cast.bob, {}, { uri: 'https://elsewhere.example/f/7' })
      const followers = await doc(`${cast.bob.uri}/followers`)
      assert.deepEqual([followers.type, followers.totalItems], ['OrderedCollection', 1])
      assert.deepEqual((await doc(String(followers.first))).orderedItems, [cast.dan.uri])
      assert.deepEqual((await doc(`${cast.bob.uri}/following?page=1`)).orderedItems, [cast.alice.uri])
      assert.equal((await get(`${cast.bob.uri}/followers?page=x`)).status, 404)
      await place.as('bob').patch('/api/v1/accounts/update_credentials', { hide_collections: true })
      const hidden = await doc(`${cast.bob.uri}/followers`)
      assert.deepEqual([hidden.totalItems, hidden.first], [1, undefined])
      for (const kind of ['followers', 'following'])
        assert.equal((await get(`${cast.bob.uri}/${kind}?page=1`)).status, 404)
    })

    test('replies, likes, shares and the conversation show the open ones only (PRIV-17)', async () => {
      const { cast } = place
      const root = await post({ status: 'root' })
      const own = await post({ status: 'and more', in_reply_to_id: root.id })
      const other = await post({ status: 'answer', in_reply_to_id: root.id }, 'bob')
      const closed = await post(
        { status: '@alice quiet', in_reply_to_id: root.id, visibility: 'private' },
        'bob',
      )
      await place.as('bob').post(`/api/v1/statuses/${root.id}/favourite`)
      const replies = await doc(`${root.uri}/replies`)
      assert.deepEqual(replies.first.items, [own.uri])
      const others = await doc(String(replies.first.next))
      assert.deepEqual([others.items, others.next], [[other.uri], undefined])
      assert.equal((await doc(`${root.uri}/likes`)).totalItems, 1)
      assert.equal((await doc(`${root.uri}/shares`)).totalItems, 0)
      const note = await doc(root.uri)
      const conversation = await doc(String(note.context))
      const page = await doc(String(conversation.first))
      assert.deepEqual(
        page.orderedItems.map((item) => [item.id, item.type]),
        [root, own, other].map(({ uri }) => [uri, 'Note']),
      )
      assert.ok(!JSON.stringify([replies, others, page]).includes(closed.uri))
      assert.equal((await get(`${cast.alice.uri}/collections/featured`)).status, 200)
    })

    test('the hashtags of a profile are a collection, with how they are written', async () => {
      const { bob } = place.cast
      assert.equal((await doc(bob.uri)).featuredTags, `${bob.uri}/collections/tags`)
      await place.as('bob').post('/api/v1/featured_tags', { name: 'BlueSky' })
      const tags = await doc(`${bob.uri}/collections/tags`)
      assert.deepEqual(tags.items as unknown, [
        { type: 'Hashtag', href: 'https://here.example/tags/bluesky', name: '#BlueSky' },
      ])
    })

    test('one address serves both: the document where it is asked for, else the page says where it is', async () => {
      const sent = await post({ status: 'two faces' })
      assert.equal((await doc('/@alice')).id, place.cast.alice.uri)
      assert.equal((await doc(sent.url)).id, sent.uri)
      const wrong = await get(`https://here.example/@bob/${sent.id}`)
      assert.equal(wrong.status, 404)
      const page = await get('/@alice', BROWSER)
      assert.match(page.headers.get('vary') ?? '', /Accept/)
      if (page.status === 200) {
        const link = `<${place.cast.alice.uri}>; rel="alternate"; type="application/activity+json"`
        assert.ok(page.headers.get('link')?.includes(link))
      }
    })

    test('documents say that answers differ by who asks, and are not kept long (WEB-14, BLK-05)', async () => {
      const answer = await get((await post({ status: 'x' })).uri)
      assert.match(answer.headers.get('vary') ?? '', /Signature/)
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=15')
      assert.equal((await get('/ap/users/5')).headers.get('cache-control'), 'no-store')
    })

    test('a stored uri of any shape leads to its owner', async () => {
      const { app, cast } = place
      const uri = 'https://here.example/users/old-carol'
      await app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set({ uri }).where('id', '=', cast.carol.id).execute()
      })
      assert.equal((await doc(uri)).id, uri)
      assert.ok(readId(String((await doc(`${uri}/outbox`)).totalItems)))
    })

    test('each hosted domain has its own people, and their posts never leave the house', async () => {
      const { app, site } = place
      const id = await addDomain(app, { name: 'delta.example' })
      await app.domains.reload()
      const delta = app.domains.byId(id) as HostedDomain
      const dora = await app.inTransaction(async (tx) => {
        await confirmDomain(tx, id, await createServerActor(tx, delta, testKeys('server')))
        return createLocalAccount(tx, delta, { username: 'alice', keys: testKeys('dan') })
      })
      await app.domains.reload()
      const ask = (host: string, path: string) =>
        site.request(`https://${host}${path}`, { headers: { Host: host, Accept: AP } })
      const found = await ask('delta.example', '/@alice')
      assert.equal(((await found.json()) as Doc).id, dora.uri)
      assert.equal((await doc('/@alice')).id, place.cast.alice.uri)
      assert.equal((await ask('here.example', pathOf(dora.uri.replace('delta.', 'here.')))).status, 404)
      const finger = '/.well-known/webfinger?resource=acct:alice@delta.example'
      assert.equal((await ask('delta.example', finger)).status, 200)
      assert.equal((await ask('here.example', finger)).status, 404)
      await follow(app, dora, place.cast.bob)
      const everyone = {
        followersOf: place.cast.bob.id,
        accounts: [dora.id],
        everybody: true,
        personal: false,
      }
      const hosts = (await inboxesOf(app, everyone)).map(({ host }) => host)
      assert.deepEqual(hosts, ['elsewhere.example'])
    })

    test('who may not act yet is not there yet', async () => {
      const { app, cast } = place
      const setApproved = (at: number | null) =>
        app.inTransaction(async (tx) => {
          await tx.db
            .updateTable('user')
            .set({ approved_at: at })
            .where('account_id', '=', cast.mallory.id)
            .execute()
        })
      await setApproved(null)
      for (const uri of [cast.mallory.uri, `${cast.mallory.uri}/outbox`, '/@mallory', '/users/mallory']) {
        assert.equal((await get(uri)).status, 404, uri)
      }
      const finger = '/.well-known/webfinger?resource=acct:mallory@here.example'
      assert.equal((await place.anyone.get(finger)).status, 404)
      await setApproved(1)
      assert.equal((await place.anyone.get(finger)).status, 200)
    })

    test('a draft domain and a stranger’s host have no documents', async () => {
      const { app, site, cast } = place
      const stranger = await site.request(cast.alice.uri, {
        headers: { Host: 'stranger.example', Accept: AP },
      })
      assert.equal(stranger.status, 404)
      await app.inTransaction(async (tx) => {
        await tx.db.updateTable('hosted_domain').set({ confirmed_at: null }).execute()
      })
      await app.domains.reload()
      assert.equal((await get(cast.alice.uri)).status, 404)
      for (const path of ['webfinger?resource=acct:alice@here.example', 'nodeinfo', 'host-meta']) {
        assert.equal((await place.anyone.get(`/.well-known/${path}`)).status, 404)
      }
    })
  })
}
