import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import type { Shaped } from '../shapes/shape.ts'
import { withProof } from './integrity-proof.ts'
import { graphHash } from './ld-graph.ts'
import { withLdSignature } from './ld-signature.ts'
import { signText } from './signatures-keys.ts'

const AS = PUBLIC.split('#')[0] as string
const DAY = 86_400_000
type Json = Record<string, unknown>

for (const database of databases) {
  describe(`what is passed on by others (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let w: World
    let mal: Stranger
    let eve: Stranger
    let vic: Stranger
    let parent: Status

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test', 'v.test'])
      mal = stranger(documents, 'e.test', 'mal')
      eve = stranger(documents, 'e.test', 'eve')
      vic = stranger(documents, 'v.test', 'vic')
      parent = (await w.as('bob').post('/api/v1/statuses', { status: 'question' })).body as Status
      await w.settle()
    })
    afterEach(() => w.close())

    /** An answer by vic, which vic's server does not serve. */
    const reply = (label: string, more: Json = {}, outer: Json = {}) => {
      const note = vic.note(label, { inReplyTo: parent.uri, ...more })
      documents.delete(note.id)
      const { '@context': _, ...inner } = note
      return vic.activity('Create', inner, { to: [PUBLIC], ...outer })
    }
    const proven = (activity: Json, who = vic, at = w.app.now()) =>
      withProof(activity, who.proofKeyId, createPrivateKey(who.keys.ed25519.privatePem), at)
    const signed = (activity: Json, who = vic, creator = who.keyId, at = w.app.now()) =>
      withLdSignature(activity, creator, createPrivateKey(who.keys.rsa.privatePem), at)
    const passOn = async (activity: Json) => {
      await w.app.inTransaction(async (tx) => void (await tx.db.deleteFrom('seen').execute()))
      const status = await eve.send(w, activity)
      await w.settle()
      return status
    }
    const answers = async () => {
      const { body } = await w.as('bob').get(`/api/v1/statuses/${parent.id}/context`)
      const { descendants } = body as { descendants: Status[] }
      return descendants.map((each) => each.content.replace(/<[^>]+>/g, ''))
    }

    test('an answer that its author proves is taken where its origin does not give it', async () => {
      assert.equal(await passOn(await proven(reply('by proof'))), 202)
      assert.equal(await passOn(await signed(reply('by LD signature'))), 202)
      assert.deepEqual((await answers()).sort(), ['by LD signature', 'by proof'])
      assert.equal(await passOn(reply('by nobody')), 401)
    })

    test('a post in the context that Mastodon writes is read from its graph with all it says', async () => {
      // The terms of a post as they stand in its documentation and in what it sends.
      const terms = {
        ostatus: 'http://ostatus.org#',
        atomUri: 'ostatus:atomUri',
        inReplyToAtomUri: 'ostatus:inReplyToAtomUri',
        conversation: 'ostatus:conversation',
        sensitive: 'as:sensitive',
        toot: 'http://joinmastodon.org/ns#',
        votersCount: 'toot:votersCount',
        blurhash: 'toot:blurhash',
        focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
        Hashtag: 'as:Hashtag',
        Emoji: 'toot:Emoji',
      }
      const image = {
        type: 'Document',
        width: 30,
        height: 20,
        mediaType: 'image/png',
        url: 'https://v.test/a.png',
        name: 'a cat',
      }
      const activity = reply('', {
        content: '<p>whole</p>',
        contentMap: { en: '<p>whole</p>' },
        sensitive: true,
        atomUri: `${vic.uri}/notes/-`,
        tag: [{ type: 'Hashtag', href: 'https://v.test/tags/cats', name: '#cats' }],
        attachment: [
          { ...image, blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH', focalPoint: [0.5, -0.25] },
          { ...image, url: 'https://v.test/b.png', name: 'a dog', focalPoint: [0, 1] },
        ],
      })
      await passOn(await signed({ ...activity, '@context': [AS, terms] }))
      const { body } = await w.as('bob').get(`/api/v1/statuses/${parent.id}/context`)
      const [read] = (body as { descendants: Status[] }).descendants
      assert.deepEqual(
        [read?.content, read?.language, read?.sensitive, read?.tags.map((tag) => tag.name)],
        ['<p>whole</p>', 'en', true, ['cats']],
      )
      const original = { width: 30, height: 20, size: '30x20', aspect: 1.5 }
      assert.deepEqual(
        read?.media_attachments.map((each) => [each.description, each.meta]),
        [
          ['a cat', { original, focus: { x: 0.5, y: -0.25 } }],
          ['a dog', { original, focus: { x: 0, y: 1 } }],
        ],
      )
    })

    test('the origin is asked first, and its word counts', async () => {
      const activity = await signed(reply('as signed'))
      const { id } = activity.object as Json
      documents.set(String(id), { ...(activity.object as Json), '@context': AS, content: '<p>as served</p>' })
      await passOn(activity)
      assert.deepEqual(await answers(), ['as served'])
    })

    test('ACT-38 a deletion passed on ends the post where its origin says so, or the author proves it', async () => {
      const posts = ['one', 'two', 'three'].map((label) => reply(label))
      for (const post of posts) await passOn(await signed(post))
      const [one, two, three] = posts.map((post) => post.object as { id: string })
      const end = (id = '') => vic.activity('Delete', { id, type: 'Tombstone' }, { to: [PUBLIC] })
      documents.set(one?.id ?? '', { '@context': AS, id: one?.id, type: 'Tombstone' })
      await passOn({ ...end(one?.id), signature: { type: 'none' } })
      await passOn({ ...end(two?.id), signature: { type: 'none' } })
      await passOn(await proven(end(three?.id)))
      assert.deepEqual(await answers(), ['two'])
      documents.set(two?.id ?? '', { ...two, '@context': AS })
      await passOn(await proven(end(two?.id)))
      assert.deepEqual(await answers(), ['two'], 'its origin still has it')
    })

    test('LDS-02 documents that can be taken apart another way prove nothing', async () => {
      const old = await signed(reply('genuine'))
      const { '@context': context, ...inside } = old
      const bad: Json[] = [
        {
          '@context': context,
          '@graph': [inside],
          actor: vic.uri,
          id: old.id,
          type: 'Create',
          object: old.object,
          signature: old.signature,
        },
        { ...old, '@included': [{ id: 'https://e.test/x' }] },
        { ...old, '@reverse': { object: { id: 'https://e.test/x' } } },
        { ...old, object: { ...(old.object as Json), '@context': AS } },
        { ...old, object: { ...(old.object as Json), '@included': [] } },
        { ...old, object: { ...(old.object as Json), tag: [{ '@reverse': {} }] } },
      ]
      for (const document of bad) await passOn(document)
      assert.deepEqual(await answers(), [])
      await passOn(old)
      assert.deepEqual(await answers(), ['genuine'])
    })

    test('LDS-03 no context around a genuine signature changes what is read', async () => {
      const old = await signed(reply('genuine'))
      const twisted: Json[] = [
        { content: { '@id': 'https://e.test/#content' } },
        { content: '@id' },
        { type: '@id' },
        { '@vocab': `${AS}#` },
        { '@base': 'https://e.test/' },
        { summary: { '@id': 'as:content' } },
        { content: { '@id': 'as:content', '@type': '@json' } },
        { object: '@nest' },
        { tag: { '@id': 'as:tag', '@container': '@graph' } },
        { other: 'as:object', object: 'as:instrument' },
      ]
      for (const more of twisted) await passOn({ ...old, '@context': [AS, more], id: `${old.id}/x` })
      const changed = { ...(old.object as Json), content: '<p>another</p>' }
      await passOn({ ...old, object: changed })
      // Words without a meaning are not signed, so they are not read either.
      await passOn({ ...old, object: { ...(old.object as Json), quoteUri: parent.uri, sensitive: true } })
      assert.deepEqual(await answers(), ['genuine'])
      const { body } = await w.as('bob').get(`/api/v1/statuses/${parent.id}/context`)
      assert.equal((body as { descendants: Status[] }).descendants[0]?.sensitive, false)
    })

    test('LDS-04 a context of a stranger is never fetched for a signature', async () => {
      const old = await signed(reply('genuine'))
      network.log.length = 0
      await passOn({ ...old, '@context': [AS, 'https://e.test/context'] })
      await passOn({ ...old, '@context': 'https://e.test/context' })
      assert.deepEqual(await answers(), [])
      assert.deepEqual(
        network.log.filter((line) => line.includes('/context')),
        [],
      )
    })

    test('LDS-05 the key is the actor’s own, of the kind that this signature is made with', async () => {
      const activity = reply('never')
      await passOn(await signed(activity, eve))
      await passOn(await signed(activity, eve, vic.keyId))
      await passOn(await signed(activity, vic, vic.proofKeyId))
      const good = await signed(activity)
      await passOn({ ...good, signature: { ...(good.signature as Json), type: 'RsaSignature2016' } })
      assert.deepEqual(await answers(), [])
    })

    test('LDS-06 an expired signature proves nothing, nor does a genuine one bring back what was deleted', async () => {
      const activity = reply('gone soon')
      const options = { creator: vic.keyId, created: new Date(w.app.now()).toISOString() }
      const expires = new Date(w.app.now() - 1000).toISOString()
      const text =
        (await graphHash({ '@context': 'https://w3id.org/identity/v1', ...options, expires })) +
        (await graphHash(activity))
      const value = await signText(text, createPrivateKey(vic.keys.rsa.privatePem))
      const expired = {
        type: 'RsaSignature2017',
        ...options,
        expires,
        signatureValue: value.toString('base64'),
      }
      await passOn({ ...activity, signature: expired })
      assert.deepEqual(await answers(), [])
      const genuine = await signed(activity)
      await passOn(genuine)
      assert.deepEqual(await answers(), ['gone soon'])
      await vic.send(w, vic.activity('Delete', (activity.object as Json).id))
      await w.settle()
      for (const days of [8, 40]) {
        w.clock.advance(days * DAY)
        await w.settle()
        await passOn(genuine)
      }
      assert.deepEqual(await answers(), [])
    })

    test('LDS-07 a graph that would take for ever is given up', async () => {
      const knot = Array.from({ length: 400 }, (_, at) => ({
        type: 'Note',
        id: `_:n${at}`,
        tag: [1, 7, 31].map((step) => `_:n${(at * 3 + step) % 400}`),
      }))
      const many = Array.from({ length: 3000 }, () => ({ type: 'Note', name: 'x', tag: { type: 'Note' } }))
      for (const tag of [knot, many]) await passOn({ ...(await signed(reply('never'))), tag })
      assert.deepEqual(await answers(), [])
      // Small as a graph, beyond measure as a tree.
      const steps = Array.from({ length: 40 }, (_, at) => at)
      const fan = steps.flatMap((at) =>
        ['a', 'b'].map((side) => ({
          id: `https://v.test/n/${at}${side}`,
          tag: ['a', 'b'].map((next) => `https://v.test/n/${at + 1}${next}`),
        })),
      )
      await passOn(await signed(reply('never', { tag: fan })))
      await passOn(await signed(reply('still working')))
      assert.deepEqual(await answers(), ['still working'])
    })

    test('LDS-08 a proof counts only as it is meant to be', async () => {
      const activity = reply('never')
      const good = await proven(activity)
      const proof = good.proof as Json
      const { '@context': _, ...contextless } = proof
      const key = createPrivateKey(vic.keys.ed25519.privatePem)
      const bare = await withProof({ ...activity, '@context': undefined }, vic.proofKeyId, key, w.app.now())
      const bad: Shaped[] = [
        { ...good, proof: { ...proof, cryptosuite: 'eddsa-rdfc-2022' } },
        { ...good, proof: { ...proof, type: 'Ed25519Signature2020' } },
        { ...good, proof: { ...proof, proofPurpose: 'authentication' } },
        { ...good, proof: [proof, proof] },
        { ...good, proof: { ...proof, '@context': `${AS}/other` } },
        { ...good, proof: { ...proof, created: new Date(w.app.now() - 1000).toISOString() } },
        { ...good, proof: { ...proof, proofValue: `${proof.proofValue}1` } },
        { ...good, proof: { ...proof, verificationMethod: vic.keyId } },
        { ...good, object: { ...(activity.object as Json), content: 'changed' } },
        { ...good, more: 'words' },
        { ...activity, proof: { ...(bare.proof as Json), '@context': undefined } },
        await proven(activity, eve),
        await proven(activity, vic, w.app.now() + 2 * 3_600_000),
        await proven(activity, vic, w.app.now() - 40 * DAY),
      ]
      for (const document of bad) await passOn(document)
      assert.deepEqual(await answers(), [])
      await passOn({ ...good, proof: contextless })
      assert.deepEqual(await answers(), ['never'], 'some leave the context out of the proof they send')
    })

    test('LDS-09 the proof of something inside proves nothing about the outside', async () => {
      const post = await proven(reply('stays'))
      await passOn(post)
      const inner = await proven((post.object as Json) ?? {})
      await passOn(vic.activity('Delete', { ...inner, '@context': undefined }, { signature: {} }))
      assert.deepEqual(await answers(), ['stays'])
    })

    test('LDS-11 a broken LD signature does not matter where the request is signed by the actor', async () => {
      const good = await signed(vic.activity('Create', vic.note('direct', { inReplyTo: parent.uri })))
      const broken = { ...good, signature: { ...(good.signature as Json), signatureValue: 'AAAA' } }
      assert.equal(await vic.send(w, broken), 202)
      await w.settle()
      assert.deepEqual(await answers(), ['direct'])
    })

    test('our own word, handed back to us, does nothing', async () => {
      const { alice } = w.cast
      const ours = { ...mal.activity('Delete', parent.uri), actor: alice.uri, id: `${alice.uri}#x` }
      await passOn({ ...ours, signature: {} })
      assert.equal((await w.anyone.get(`/api/v1/statuses/${parent.id}`)).status, 200)
    })
  })
}
