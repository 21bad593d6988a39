import assert from 'node:assert/strict'
import { createPrivateKey, webcrypto } from 'node:crypto'
import { afterEach, beforeEach, describe, test } from 'node:test'
import {
  Create,
  fetchDocumentLoader,
  Note,
  signJsonLd,
  signObject,
  verifyJsonLd,
  verifyObject,
} from '@fedify/fedify'
import { follow } from '#relationships/follow.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { exactContexts } from '../shapes/contexts.ts'
import { readProven } from './vouch.ts'

type Json = Record<string, unknown>

/** The published contexts, which Fedify brings along; nobody is asked. */
const contextLoader = (url: string) => {
  assert.match(url, /^https:\/\/(www\.w3\.org\/ns\/activitystreams|w3id\.org\/)/, `asked for ${url}`)
  return fetchDocumentLoader(url)
}

test('the contexts that signatures are made over are those that are published', async () => {
  for (const [url, { '@context': ours }] of Object.entries(exactContexts) as [
    string,
    Record<string, Json>,
  ][]) {
    const theirs = ((await fetchDocumentLoader(url)).document as { '@context': Json })['@context']
    for (const [term, meaning] of Object.entries(ours as Json))
      assert.deepEqual(meaning, theirs[term], `${url} ${term}`)
    if (url.includes('identity')) continue
    assert.deepEqual(Object.keys(ours as Json).sort(), Object.keys(theirs).sort())
  }
})

for (const database of databases) {
  describe(`what we vouch for (${database})`, () => {
    let network: Network
    let w: World
    let received: Json[]
    let documents: Map<string, Json>
    let vic: Stranger

    const open = async (settings: Record<string, string> = {}) => {
      network = openNetwork()
      documents = new Map()
      received = []
      w = await world({ database, http: network, settings })
      network.host('elsewhere.example', async ({ body }) => {
        received.push(JSON.parse(body.toString()) as Json)
        return { status: 202, headers: {}, body: Buffer.alloc(0) }
      })
      serveDocuments(network, documents, ['v.test'])
      vic = stranger(documents, 'v.test', 'vic')
      await follow(w.app, w.cast.dan, w.cast.alice, {}, { uri: `${w.cast.dan.uri}#follows/1` })
      await w.settle()
      received.length = 0
    }
    beforeEach(() => open())
    afterEach(() => w.close())

    const post = async (fields: Json) => {
      const answer = await w.as('alice').post('/api/v1/statuses', fields)
      assert.equal(answer.status, 200, answer.text)
      await w.settle()
      return answer.body as { id: string; uri: string }
    }
    /** Our documents, as a stranger gets them. */
    const documentLoader = async (url: string) => {
      const { pathname } = new URL(url)
      const { body } = await w.anyone.get(pathname, { Accept: 'application/activity+json' })
      return { contextUrl: null, documentUrl: url, document: body }
    }

    test('an independent reader finds our proof and our LD signature good', async () => {
      const { id } = await post({
        status: 'hello #world @dan@elsewhere.example',
        language: 'en',
        spoiler_text: 'cw',
      })
      await w.as('alice').put(`/api/v1/statuses/${id}`, { status: 'hello again' })
      await w.settle()
      await w.as('alice').delete(`/api/v1/statuses/${id}`)
      await w.settle()
      assert.deepEqual(
        received.map(({ type }) => type),
        ['Create', 'Update', 'Delete'],
      )
      for (const document of received) {
        const options = { documentLoader, contextLoader }
        assert.equal(await verifyJsonLd(document, options), true, `LD signature of a ${document.type}`)
        const { signature: _, ...unsigned } = document
        const { Activity } = await import('@fedify/fedify')
        assert.ok(await verifyObject(Activity, unsigned, options), `proof of a ${document.type}`)
        const changed = { ...document, published: '2026-01-01T00:00:00Z' }
        assert.equal(await verifyJsonLd(changed, options), false)
      }
    })

    test('LDS-10 only what is for everybody is signed for good', async () => {
      await post({ status: 'open' })
      await post({ status: 'unlisted', visibility: 'unlisted' })
      await post({ status: 'for followers', visibility: 'private' })
      await post({ status: '@dan@elsewhere.example alone', visibility: 'direct' })
      assert.deepEqual(
        received.map((each) => [each.proof !== undefined, each.signature !== undefined]),
        [
          [true, true],
          [true, true],
          [false, false],
          [false, false],
        ],
      )
    })

    test('LDS-10 in secure mode nothing is signed for good', async () => {
      await w.close()
      await open({ AUTHORIZED_FETCH: 'true' })
      await post({ status: 'open' })
      assert.deepEqual(
        received.map((each) => [each.proof, each.signature]),
        [[undefined, undefined]],
      )
    })

    test('what an independent signer signed is found good, and read as it was meant', async () => {
      const parent = await post({ status: 'question' })
      const created = new Create({
        id: new URL(`${vic.uri}/activities/1`),
        actor: new URL(vic.uri),
        to: new URL(PUBLIC),
        object: new Note({
          id: new URL(`${vic.uri}/notes/1`),
          attribution: new URL(vic.uri),
          content: '<p>answer</p>',
          to: new URL(PUBLIC),
          replyTarget: new URL(parent.uri),
        }),
      })
      const importKey = (pem: string, algorithm: object) =>
        webcrypto.subtle.importKey(
          'pkcs8',
          createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }),
          algorithm as never,
          true,
          ['sign'],
        ) as Promise<never>
      const ed25519 = await importKey(vic.keys.ed25519.privatePem, { name: 'Ed25519' })
      const proven = await signObject(created, ed25519, new URL(vic.proofKeyId), { contextLoader })
      const withProof = (await proven.toJsonLd({ contextLoader, format: 'compact' })) as Json
      // Fedify signs by the clock of the machine.
      w.clock.advance(Date.parse(String((withProof.proof as Json).created)) - w.app.now())
      assert.equal((await readProven(w.app, withProof))?.id, `${vic.uri}/activities/1`)
      const rsa = await importKey(vic.keys.rsa.privatePem, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' })
      const context = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1']
      const plain = {
        ...((await created.toJsonLd({ contextLoader, format: 'compact' })) as Json),
        '@context': context,
      }
      const signed = (await signJsonLd(plain, rsa, new URL(vic.keyId), { contextLoader })) as Json
      const read = await readProven(w.app, signed)
      assert.equal(((read?.object ?? {}) as Json).content, '<p>answer</p>')
      assert.equal(((read?.object ?? {}) as Json).inReplyTo, parent.uri)
      assert.equal(await readProven(w.app, { ...signed, id: `${vic.uri}/activities/2` }), null)
    })
  })
}
