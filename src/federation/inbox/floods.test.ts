import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Hono } from 'hono'
import type { Site } from '#platform/http/facts.ts'
import { families, openLimits } from '#platform/http/limits.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { mountInbox } from './receive.ts'

const MINUTE = 60_000

for (const database of databases) {
  describe(`floods at the inbox (${database})`, () => {
    let w: World
    let mal: Stranger
    let vic: Stranger
    let asked: () => number

    before(async () => {
      const network = openNetwork()
      const documents = new Map<string, Record<string, unknown>>()
      w = await world({ database, http: network, settings: { RATE_LIMITS: 'on' } })
      serveDocuments(network, documents, ['e.test', 'v.test'])
      mal = stranger(documents, 'e.test', 'mal')
      vic = stranger(documents, 'v.test', 'vic')
      asked = () => network.log.length
    })
    after(() => w.close())

    const post = (who: Stranger) => who.activity('Create', who.note('hello'))
    const stored = async () => (await w.app.db.selectFrom('seen').select('hash').execute()).length

    test('SPAM-05 SIG-29 an address whose requests are refused is heard again after a minute, and costs nothing until then', async () => {
      const answers = new Map<number, number>()
      const { limit } = families['inbox-refused']
      for (let n = 0; n < limit + 20; n++) {
        const status = await mal.send(w, post(mal), { unsigned: true })
        answers.set(status, (answers.get(status) ?? 0) + 1)
      }
      assert.deepEqual(Object.fromEntries(answers), { 401: limit, 429: 20 })
      const before = asked()
      assert.equal(await vic.send(w, post(vic)), 429, 'the same address')
      assert.deepEqual([asked(), await stored()], [before, 0])
      w.clock.advance(MINUTE)
      assert.equal(await vic.send(w, post(vic)), 202)
    })

    test('SPAM-05 one server cannot fill the queue: beyond its share it is asked to come later, others are not', async () => {
      const limits = openLimits()
      const now = w.app.now()
      const { limit } = families['inbox-host']
      for (let n = 0; n < limit - 1; n++) limits.take('inbox-host', 'e.test', now)
      const site = new Hono<Site>()
      mountInbox(site, w.app, limits)
      const place = { ...w, site }
      const before = await stored()
      assert.equal(await mal.send(place, post(mal)), 202)
      assert.equal(await mal.send(place, post(mal)), 429)
      assert.equal(await vic.send(place, post(vic)), 202)
      assert.equal(await stored(), before + 2)
      assert.equal(limits.look('inbox-refused', '', now)?.remaining, undefined, 'too much is not forged')
      w.clock.advance(MINUTE)
      assert.equal(await mal.send(place, post(mal)), 202)
    })
  })
}
