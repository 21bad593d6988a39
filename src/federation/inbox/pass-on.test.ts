import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { follow } from '#relationships/follow.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { remoteActor } from '../../../test/remote-actor.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { withLdSignature } from '../signatures/ld-signature.ts'
import { parseSignature } from '../signatures/signatures.ts'

type Json = Record<string, unknown>

for (const database of databases) {
  describe(`passing on (${database})`, () => {
    let network: Network
    let w: World
    let vic: Stranger
    let parent: Status
    let received: { host: string; text: string; keyId: string | undefined }[]

    beforeEach(async () => {
      network = openNetwork()
      const documents = new Map<string, Json>()
      received = []
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['v.test'])
      vic = stranger(documents, 'v.test', 'vic')
      const served = network.hostOf('v.test')
      for (const host of ['f.test', 'g.test', 'elsewhere.example', 'v.test'])
        network.host(host, async (request) => {
          if (request.method === 'GET') return served(request)
          const asked = {
            method: 'POST',
            path: request.url.pathname,
            headers: { ...request.headers, host },
            body: request.body,
          }
          const { claim } = parseSignature({ ...asked, hosts: [host] }, w.app.now())
          received.push({ host, text: request.body.toString(), keyId: claim?.keyId })
          return { status: 202, headers: {}, body: Buffer.alloc(0) }
        })
      for (const [name, host] of [
        ['f', 'f.test'],
        ['g', 'g.test'],
        ['v', 'v.test'],
      ] as const) {
        const account = await saveRemoteAccount(w.app, remoteActor(name, host))
        await follow(w.app, account, w.cast.alice, {}, { uri: `${account.uri}#follow` })
      }
      parent = (await w.as('alice').post('/api/v1/statuses', { status: 'question' })).body as Status
      await w.settle()
      received.length = 0
    })
    afterEach(() => w.close())

    const signed = (activity: Json) =>
      withLdSignature(activity, vic.keyId, createPrivateKey(vic.keys.rsa.privatePem), w.app.now())
    const reply = (label: string, more: Json = {}, outer: Json = {}) => {
      const { '@context': _, ...note } = vic.note(label, { inReplyTo: parent.uri, ...more })
      return vic.activity('Create', note, { to: [PUBLIC], cc: [], ...outer })
    }
    const take = async (activity: Json) => {
      assert.equal(await vic.send(w, activity), 202)
      await w.settle()
    }

    test('a public answer to a member is passed on to their followers’ servers as it came, and not back', async () => {
      const activity = await signed(reply('answer'))
      await take(activity)
      assert.deepEqual(received.map(({ host }) => host).sort(), ['f.test', 'g.test'])
      for (const { text, keyId } of received) {
        assert.equal(text, JSON.stringify(activity))
        assert.equal(keyId, `${w.cast.alice.uri}#main-key`)
      }
      await take(activity)
      assert.equal(received.length, 2, 'once')
    })

    test('so are its end and its new version', async () => {
      await take(await signed(reply('answer')))
      received.length = 0
      const { id } = reply('answer').object as Json
      const updated = new Date(w.app.now()).toISOString()
      const { '@context': _, ...changed } = vic.note('answer', {
        inReplyTo: parent.uri,
        content: 'changed',
        updated,
      })
      await take(await signed(vic.activity('Update', changed, { to: [PUBLIC] })))
      await take(await signed(vic.activity('Delete', id, { to: [PUBLIC] })))
      const types = received.map(({ host, text }) => `${host} ${(JSON.parse(text) as Json).type}`).sort()
      assert.deepEqual(types, ['f.test Delete', 'f.test Update', 'g.test Delete', 'g.test Update'])
    })

    test('LOOP-11 between two servers an answer is passed on once, by whose thread it is', async () => {
      const there = await world({ database, domain: 'there.example', http: network })
      network.host('here.example', w.site)
      network.host('there.example', there.site)
      const settle = async () => {
        for (let turn = 0; turn < 6; turn++) {
          await w.settle()
          await there.settle()
        }
      }
      const [alice, bob] = [w.as('alice'), there.as('bob')]
      const found = await there.app.fediverse.findAccount('@alice@here.example')
      await bob.post(`/api/v1/accounts/${found?.id}/follow`)
      await settle()
      const back = await w.app.fediverse.findAccount('@bob@there.example')
      await alice.post(`/api/v1/accounts/${back?.id}/follow`)
      await settle()
      received.length = 0
      const known = await there.app.fediverse.findStatus(parent.uri)
      await bob.post('/api/v1/statuses', {
        status: '@alice@here.example one',
        in_reply_to_id: String(known?.id),
      })
      await settle()
      const [one] = (await alice.get('/api/v1/timelines/home')).body as Status[]
      await alice.post('/api/v1/statuses', { status: '@bob@there.example two', in_reply_to_id: one?.id })
      await settle()
      const counts = Object.groupBy(received, ({ host, text }) => `${host} ${(JSON.parse(text) as Json).id}`)
      assert.ok(Object.keys(counts).length > 0)
      for (const [what, all] of Object.entries(counts)) assert.equal(all?.length, 1, what)
      assert.equal(
        received.filter(
          ({ host, text }) =>
            host === 'f.test' && text.includes('there.example/ap/users/') && text.includes('"Create"'),
        ).length,
        2,
      )
      await there.close()
    })

    test('what cannot be proven, is not for everybody, answers nobody of ours or is refused stays here', async () => {
      await take(reply('unsigned'))
      await take({ ...(await signed(reply('forged'))), published: '2026-01-01T00:00:00Z' })
      await take(
        await signed(
          reply(
            'private',
            { to: [`${vic.uri}/followers`], cc: [w.cast.alice.uri] },
            { to: [`${vic.uri}/followers`] },
          ),
        ),
      )
      await take(
        await signed(reply('direct', { to: [w.cast.alice.uri], cc: [] }, { to: [w.cast.alice.uri] })),
      )
      await take(
        await signed(reply('elsewhere', { inReplyTo: 'https://v.test/notes/1', cc: [w.cast.alice.uri] })),
      )
      await take(await signed(reply('somebody else’s', { attributedTo: 'https://v.test/users/other' })))
      assert.deepEqual(received, [])
    })

    test('an answer addressed to the followers of a member is passed on to them', async () => {
      const followers = [`${w.cast.alice.uri}/followers`]
      await take(
        await signed(reply('to yours', { to: followers, cc: [w.cast.alice.uri] }, { to: followers })),
      )
      assert.deepEqual(received.map(({ host }) => host).sort(), ['f.test', 'g.test'])
    })
  })
}
