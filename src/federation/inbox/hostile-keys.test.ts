import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { testKeys } from '../../../test/keys.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, signedAs, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const MINUTE = 60_000
type Json = Record<string, unknown>

for (const database of databases) {
  describe(`keys of hostile peers (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let w: World
    let mal: Stranger
    let vic: Stranger

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test', 'v.test'])
      mal = stranger(documents, 'e.test', 'mal')
      vic = stranger(documents, 'v.test', 'vic')
    })
    afterEach(() => w.close())

    const asked = (url: string) => network.log.filter((line) => line === `GET ${url}`).length
    const like = (who: Stranger) => who.activity('Like', `${w.cast.alice.uri}/statuses/1`)
    const pem = (name: string) => testKeys(name).rsa

    test('SIG-15 a key that names an owner who does not list it signs for nobody', async () => {
      const keyId = 'https://e.test/keys/1'
      documents.set(keyId, {
        '@context': 'https://w3id.org/security/v1',
        id: keyId,
        owner: vic.uri,
        publicKeyPem: pem('own').publicPem,
      })
      assert.equal(await signedAs(w, like(vic), keyId, pem('own').privatePem), 401)
      assert.ok(asked(vic.uri) <= 1)
      const near = 'https://v.test/keys/1'
      documents.set(near, {
        '@context': 'https://w3id.org/security/v1',
        id: near,
        owner: vic.uri,
        publicKeyPem: pem('own').publicPem,
      })
      assert.equal(await signedAs(w, like(vic), near, pem('own').privatePem), 401)
      assert.equal(asked(vic.uri), 1)
    })

    test('SIG-16 a key that answers to another name than it was asked by is not kept under that name', async () => {
      const keyId = 'https://e.test/keys/2'
      documents.set(keyId, { ...documents.get(mal.uri) })
      assert.equal(await signedAs(w, like(mal), keyId, mal.keys.rsa.privatePem), 401)
      const kept = await w.app.db
        .selectFrom('account_key')
        .select('key_id')
        .where('key_id', '=', keyId)
        .execute()
      assert.deepEqual(kept, [])
      assert.equal(await mal.send(w, like(mal)), 202)
    })

    test('SIG-27 a new key is taken with one request, and the old one signs no more', async () => {
      assert.equal(await mal.send(w, like(mal)), 202)
      w.clock.advance(2 * MINUTE)
      const next = pem('mal, the next')
      documents.set(mal.uri, {
        ...documents.get(mal.uri),
        publicKey: { id: mal.keyId, owner: mal.uri, publicKeyPem: next.publicPem },
      })
      network.log.length = 0
      assert.equal(await signedAs(w, like(mal), mal.keyId, next.privatePem), 202)
      assert.equal(asked(mal.uri), 1)
      assert.equal(await mal.send(w, like(mal)), 401)
      assert.equal(asked(mal.uri), 1)
    })

    test('five activities of a newcomer that arrive at once are all taken, with one request', async () => {
      const sent = Array.from({ length: 5 }, () => mal.send(w, like(mal)))
      assert.deepEqual(await Promise.all(sent), [202, 202, 202, 202, 202])
      assert.equal(asked(mal.uri), 1)
    })

    test('SIG-28 a thousand forged signatures cause one request a minute, also after a restart', async () => {
      assert.equal(await vic.send(w, like(vic)), 202)
      w.clock.advance(2 * MINUTE)
      network.log.length = 0
      network.down.add('v.test')
      const forge = (server: World) => signedAs(server, like(vic), vic.keyId, mal.keys.rsa.privatePem)
      for (let each = 0; each < 1000; each++) assert.equal(await forge(w), 401)
      assert.equal(asked(vic.uri), 1)
      if (database === 'postgres') {
        const again = await world({ database, http: network, beside: w })
        again.clock.advance(2 * MINUTE)
        assert.equal(await forge(again), 401)
        assert.equal(asked(vic.uri), 1)
        await again.close()
      }
      w.clock.advance(MINUTE)
      assert.equal(await forge(w), 401)
      assert.equal(asked(vic.uri), 2)
      network.down.clear()
      assert.equal(await vic.send(w, like(vic)), 202, 'who is imitated is still heard')
    })

    test('SIG-28 of one host no more than 300 unknown keys are looked for in a minute', async () => {
      for (let each = 0; each < 400; each++) {
        const keyId = `https://e.test/users/nobody-${each}#main-key`
        assert.equal(await signedAs(w, like(mal), keyId, mal.keys.rsa.privatePem), 401)
      }
      assert.equal(network.log.length, 300)
    })

    test('SIG-33 a good signature on what is not ActivityPub is answered 415', async () => {
      const types = [
        'text/plain',
        'application/json',
        'multipart/form-data; boundary=x',
        'application/activity+jsonx',
        'text/html',
      ]
      for (const type of types) {
        const alter = (headers: Headers, body: string) => {
          headers.set('content-type', type)
          return body
        }
        assert.equal(await mal.send(w, like(mal), { alter }), 415, type)
      }
    })

    test('SIG-34 a key that has expired signs no more', async () => {
      const until = new Date(w.app.now() + 10 * MINUTE).toISOString()
      const { publicKey } = documents.get(mal.uri) as { publicKey: Json }
      documents.set(mal.uri, { ...documents.get(mal.uri), publicKey: { ...publicKey, expires: until } })
      assert.equal(await mal.send(w, like(mal)), 202)
      w.clock.advance(11 * MINUTE)
      assert.equal(await mal.send(w, like(mal)), 401)
    })

    test('SIG-35 an unknown signer and a bad signature are told apart by nobody', async () => {
      assert.equal(await mal.send(w, like(mal)), 202)
      const answers: string[] = []
      const note = (_: unknown, text: string) => answers.push(text)
      await signedAs(w, like(mal), mal.keyId, vic.keys.rsa.privatePem, note)
      await signedAs(w, like(mal), 'https://e.test/users/unknown#main-key', vic.keys.rsa.privatePem, note)
      await signedAs(w, like(vic), mal.keyId, mal.keys.rsa.privatePem, note)
      await signedAs(w, like(mal), `${w.cast.alice.uri}#main-key`, mal.keys.rsa.privatePem, note)
      assert.equal(answers.length, 4)
      assert.equal(new Set(answers).size, 1)
    })
  })
}
