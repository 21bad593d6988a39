import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import type { HttpRequest } from '#platform/http-client.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, signedAs, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const ACTIVITY = 'application/activity+json'
const LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
type Json = Record<string, unknown>
type Served = { type?: string; body: unknown; to?: string }

for (const database of databases) {
  describe(`hostile documents (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let served: Map<string, Served>
    let w: World
    let mal: Stranger
    let vic: Stranger

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      served = new Map()
      // As the real client does: the answer tells where the way led.
      const request = async (asked: HttpRequest) => {
        const to = served.get(asked.url)?.to
        return to ? network.request({ ...asked, url: to }) : network.request(asked)
      }
      w = await world({ database, http: { ...network, request } })
      for (const host of ['e.test', 'v.test'])
        network.host(host, async ({ url }) => {
          const { type = ACTIVITY, body = undefined } = served.get(url.href) ?? {
            body: documents.get(url.href),
          }
          if (body === undefined)
            return { status: 404, headers: {} as Record<string, string>, body: Buffer.alloc(0) }
          const text = typeof body === 'string' ? body : JSON.stringify(body)
          return { status: 200, headers: { 'content-type': type }, body: Buffer.from(text) }
        })
      mal = stranger(documents, 'e.test', 'mal')
      vic = stranger(documents, 'v.test', 'vic')
    })
    afterEach(() => w.close())

    const find = async (query: string) => {
      const path = `/api/v2/search?resolve=true&q=${encodeURIComponent(query)}`
      const answer = await w.as('bob').get(path)
      assert.ok(answer.status < 500, answer.text)
      return answer.body as { accounts: Account[]; statuses: Status[] }
    }
    const accountOf = (uri: string) =>
      w.app.db.selectFrom('account').selectAll().where('uri', '=', uri).executeTakeFirst()
    const asked = (url: string) => network.log.filter((line) => line === `GET ${url}`).length
    const fake = (more: Json = {}) => ({ ...documents.get(vic.uri), name: 'A lie', ...more })

    test('ORG-07 what another host says about somebody is never believed; their own host is asked once', async () => {
      served.set('https://e.test/fake', { body: fake() })
      await find('https://e.test/fake')
      assert.equal((await accountOf(vic.uri))?.display_name, '')
      assert.equal(asked(vic.uri), 1)
      const real = vic.note('the truth')
      served.set('https://e.test/fake-note', { body: { ...real, content: '<p>a lie</p>' } })
      const { statuses } = await find('https://e.test/fake-note')
      assert.deepEqual(
        statuses.map((each) => each.content),
        ['<p>the truth</p>'],
      )
    })

    test('ORG-08 a redirect that leaves the host of the id proves nothing', async () => {
      const real = vic.note('the truth')
      served.set('https://e.test/note', { body: { ...real, content: '<p>a lie</p>' } })
      served.set('https://e.test/actor', { body: fake() })
      served.set(real.id, { body: '', to: 'https://e.test/note' })
      served.set(vic.uri, { body: '', to: 'https://e.test/actor' })
      assert.deepEqual((await find(real.id)).statuses, [])
      assert.deepEqual((await find(vic.uri)).accounts, [])
      assert.equal(await accountOf(vic.uri), undefined)
    })

    test('ORG-09 ORG-10 JSON that somebody uploaded is no document, whatever way led to it', async () => {
      const id = 'https://v.test/media/x.json'
      const body = { ...vic.note('x'), id }
      const types = [
        'application/json',
        'text/plain',
        'application/octet-stream',
        'application/ld+json',
        'application/activity+jsonx',
        'text/html',
      ]
      served.set('https://e.test/go', { body: '', to: id })
      for (const type of types) {
        served.set(id, { type, body })
        assert.deepEqual((await find(id)).statuses, [], type)
        assert.deepEqual((await find('https://e.test/go')).statuses, [], type)
        w.clock.advance(60_000)
      }
    })

    test('ORG-11 ld+json counts where its profile is that of ActivityStreams', async () => {
      const profile = 'https://www.w3.org/ns/activitystreams'
      const good = [
        LD,
        `application/ld+json;profile=${profile}`,
        `Application/LD+JSON; charset=utf-8; Profile="${profile}"`,
        `application/ld+json; profile="https://other.example/ ${profile}"`,
      ]
      const bad = [
        'application/ld+json; profile="https://www.w3.org/ns/activitystream"',
        'application/ld+json; profile=""',
        `application/ld+json; notprofile="${profile}"`,
        `application/ld+jsonp; profile="${profile}"`,
      ]
      for (const [at, type] of [...good, ...bad].entries()) {
        const note = vic.note(`note ${at}`)
        served.set(note.id, { type, body: note })
        assert.equal((await find(note.id)).statuses.length, good.includes(type) ? 1 : 0, type)
      }
    })

    test('ORG-14 the document that a page names is judged by itself', async () => {
      const link = (to: string) =>
        `<html><head><link rel="alternate" type="${ACTIVITY}" href="${to}"></head></html>`
      served.set('https://e.test/fake', { body: fake() })
      served.set('https://v.test/page', { type: 'text/html', body: link('https://e.test/fake') })
      await find('https://v.test/page')
      assert.equal((await accountOf(vic.uri))?.display_name, '')
      served.set('https://v.test/a', { type: 'text/html', body: link('https://v.test/b') })
      served.set('https://v.test/b', { type: 'text/html', body: link('https://v.test/c') })
      assert.deepEqual((await find('https://v.test/a')).accounts, [])
      assert.equal(asked('https://v.test/c'), 0, 'one link is followed')
    })

    test('ORG-16 a handle of another server is nobody’s until that server agrees', async () => {
      const finger = (host: string, user: string, subject: string, self: string) =>
        served.set(
          `https://${host}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${user}@${host}`)}`,
          {
            type: 'application/jrd+json',
            body: { subject: `acct:${subject}`, links: [{ rel: 'self', type: ACTIVITY, href: self }] },
          },
        )
      const thief = stranger(documents, 'e.test', 'vic')
      finger('e.test', 'vic', 'vic@v.test', thief.uri)
      finger('v.test', 'vic', 'vic@v.test', vic.uri)
      await find(thief.uri)
      assert.equal((await accountOf(thief.uri))?.host, 'e.test')
      assert.equal((await find('@vic@v.test')).accounts[0]?.uri, vic.uri)
      const lookup = (await w.anyone.get('/api/v1/accounts/lookup?acct=vic@v.test')).body as Account
      assert.equal(lookup.uri, vic.uri)
    })

    test('ORG-17 WebFinger leads over one change of subject, over https, and not in circles', async () => {
      const finger = (host: string, user: string, body: Json) =>
        served.set(
          `https://${host}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${user}@${host}`)}`,
          {
            type: 'application/jrd+json',
            body,
          },
        )
      const self = (href: string) => [{ rel: 'self', type: ACTIVITY, href }]
      finger('e.test', 'a', { subject: 'acct:b@v.test', links: self(mal.uri) })
      finger('v.test', 'b', { subject: 'acct:a@e.test', links: self(mal.uri) })
      assert.deepEqual(await w.app.fediverse.findAccount('@a@e.test'), null)
      assert.ok(network.log.length <= 4, network.log.join('\n'))
      for (const bad of [
        'http://10.0.0.9/x',
        'ftp://e.test/x',
        'javascript:1',
        'https://user:pw@e.test/users/mal',
      ]) {
        finger('e.test', 'c', { subject: 'acct:c@e.test', links: self(bad) })
        network.log.length = 0
        assert.deepEqual(await w.app.fediverse.findAccount('@c@e.test'), null, bad)
        assert.ok(!network.log.some((line) => line.includes('@e.test') || line.startsWith('GET ftp')))
      }
      finger('e.test', 'mal', { subject: 'acct:other@third.test', links: self(mal.uri) })
      assert.deepEqual(
        await w.app.fediverse.findAccount('@mal@e.test'),
        null,
        'the third server does not confirm',
      )
    })

    test('ORG-18 nobody elsewhere becomes one of ours by saying so', async () => {
      const { alice } = w.cast
      const before = await accountOf(alice.uri)
      const claimant = stranger(documents, 'e.test', 'alice')
      documents.set(claimant.uri, {
        ...documents.get(claimant.uri),
        webfinger: 'alice@here.example',
        name: 'Owned',
      })
      const resource = encodeURIComponent('acct:alice@e.test')
      served.set(`https://e.test/.well-known/webfinger?resource=${resource}`, {
        type: 'application/jrd+json',
        body: {
          subject: 'acct:alice@here.example',
          links: [{ rel: 'self', type: ACTIVITY, href: claimant.uri }],
        },
      })
      await find(claimant.uri)
      await claimant.send(w, claimant.activity('Update', documents.get(claimant.uri)))
      await w.settle()
      assert.deepEqual(await accountOf(alice.uri), before)
      assert.notEqual((await accountOf(claimant.uri))?.host, 'here.example')
      const { body } = await w.anyone.get('/api/v1/accounts/lookup?acct=alice')
      assert.equal((body as Account).uri, alice.uri)
    })

    test('ORG-22 a handle that is somebody’s already does not become another actor’s', async () => {
      await find(mal.uri)
      const first = (await accountOf(mal.uri)) as AccountRow
      await w.as('bob').post(`/api/v1/accounts/${first.id}/follow`)
      const second = stranger(documents, 'e.test', 'mal2')
      documents.set(second.uri, { ...documents.get(second.uri), preferredUsername: 'mal' })
      await find(second.uri)
      assert.equal(await accountOf(second.uri), undefined)
      const follows = await w.app.db.selectFrom('follow_request').select('target_id').execute()
      assert.deepEqual(follows, [{ target_id: first.id }])
    })

    test('ORG-25 ORG-26 inboxes of third hosts, ours and private ones are not taken', async () => {
      const odd = stranger(documents, 'e.test', 'odd')
      documents.set(odd.uri, {
        ...documents.get(odd.uri),
        endpoints: { sharedInbox: 'https://v.test/inbox' },
      })
      await find(odd.uri)
      assert.equal((await accountOf(odd.uri))?.shared_inbox_url, null)
      for (const [at, inbox] of [
        'https://here.example/inbox',
        'https://10.0.0.9/inbox',
        'https://v.test/users/vic/inbox',
        'http://e.test/inbox',
      ].entries()) {
        const bad = stranger(documents, 'e.test', `bad${at}`)
        documents.set(bad.uri, { ...documents.get(bad.uri), inbox })
        assert.deepEqual((await find(bad.uri)).accounts, [], inbox)
      }
    })

    test('ORG-28 pinned posts are the author’s own, from their own host', async () => {
      const featured = `${mal.uri}/featured`
      const other = stranger(documents, 'e.test', 'other')
      const own = mal.note('own')
      const items = [{ ...vic.note('theirs'), content: '<p>a lie</p>' }, other.note('neighbour').id, own.id]
      documents.set(featured, {
        '@context': PUBLIC.split('#')[0],
        id: featured,
        type: 'OrderedCollection',
        orderedItems: items,
      })
      documents.set(mal.uri, { ...documents.get(mal.uri), featured })
      const [found] = (await find(mal.uri)).accounts
      await w.as('bob').get(`/api/v1/accounts/${found?.id}/statuses`)
      await w.settle()
      const { body } = await w.as('bob').get(`/api/v1/accounts/${found?.id}/statuses?pinned=true`)
      assert.deepEqual(
        (body as Status[]).map((each) => each.content),
        ['<p>own</p>'],
      )
      documents.set(other.uri, { ...documents.get(other.uri), featured: 'https://v.test/featured' })
      await find(other.uri)
      assert.equal((await accountOf(other.uri))?.featured_url, null)
    })

    test('ORG-31 names that are no addresses are nobody’s', async () => {
      const odd = [
        'tag:e.test,2026:1',
        'data:text/plain,x',
        'bear:?u=https://e.test/x',
        '_:b0',
        '/relative',
        `https://e.test/${'x'.repeat(10_000)}`,
        'https://e.test/a\u0000b',
        'https://e.test/a b',
        'javascript:alert(1)',
        '',
      ]
      const [before] = await w.app.db
        .selectFrom('status')
        .select(({ fn }) => fn.countAll().as('n'))
        .execute()
      for (const [at, id] of odd.entries()) {
        const url = `https://e.test/odd/${at}`
        served.set(url, { body: { ...mal.note('odd'), id } })
        assert.deepEqual((await find(url)).statuses, [], id.slice(0, 40))
        await mal.send(w, mal.activity('Create', { ...mal.note('odd'), id }))
      }
      await w.settle()
      const [after] = await w.app.db
        .selectFrom('status')
        .select(({ fn }) => fn.countAll().as('n'))
        .execute()
      assert.deepEqual(after, before)
    })

    test('ORG-32 broken actors are neither taken in nor break anything', async () => {
      const whole = documents.get(mal.uri) as Json
      const broken: Json[] = [
        ...['id', 'type', 'inbox', 'preferredUsername'].map((name) => ({ ...whole, [name]: undefined })),
        ...[null, 7, '', [], {}, 'a b', '../x', 'x'.repeat(5000)].map((preferredUsername) => ({
          ...whole,
          preferredUsername,
        })),
        ...[null, 7, [], {}, 'inbox'].map((inbox) => ({ ...whole, inbox })),
        ...['Tombstone', 'OrderedCollection', 'Note', ['Link'], 7].map((type) => ({ ...whole, type })),
      ]
      for (const [at, document] of broken.entries()) {
        const uri = `https://e.test/users/broken${at}`
        const keyId = `${uri}#main-key`
        const id = document.id === undefined ? undefined : uri
        const key = { id: keyId, owner: uri, publicKeyPem: mal.keys.rsa.publicPem }
        served.set(uri, { body: { ...document, id, publicKey: key, assertionMethod: undefined } })
        assert.deepEqual((await find(uri)).accounts, [], JSON.stringify(document).slice(0, 200))
        const signer = { ...mal, uri, keyId }
        assert.equal(await signedFor(w, signer), 401)
        assert.equal(await accountOf(uri), undefined)
      }
      served.set('https://e.test/users/keyless', {
        body: {
          ...whole,
          id: 'https://e.test/users/keyless',
          preferredUsername: 'keyless',
          publicKey: undefined,
          assertionMethod: undefined,
        },
      })
      assert.equal(
        await signedFor(w, {
          ...mal,
          uri: 'https://e.test/users/keyless',
          keyId: 'https://e.test/users/keyless#main-key',
        }),
        401,
      )
    })
  })
}

function signedFor(w: World, { uri, keyId, keys }: Pick<Stranger, 'uri' | 'keyId' | 'keys'>) {
  const like = {
    '@context': PUBLIC.split('#')[0],
    id: `${uri}/likes/1`,
    type: 'Like',
    actor: uri,
    object: 'https://here.example/1',
  }
  return signedAs(w, like, keyId, keys.rsa.privatePem)
}
