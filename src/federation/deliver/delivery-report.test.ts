import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { follow } from '#relationships/follow.ts'
import type { Delivery } from '#statuses/delivery-api.ts'
import { runIn } from '../../../test/command-line.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { remoteActor } from '../../../test/remote-actor.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const answer = (status: number) => async () => ({ status, headers: {}, body: Buffer.from('') })

for (const database of databases) {
  describe(`what becomes of a post on its way (${database})`, () => {
    let network: Network
    let w: World
    beforeEach(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
      for (const host of ['one.test', 'two.test', 'three.test']) {
        const fan = await saveRemoteAccount(w.app, remoteActor('fan', host))
        await follow(w.app, fan, w.cast.alice)
      }
      network.host('one.test', answer(202))
      network.host('two.test', answer(503))
      network.host('three.test', answer(401))
    })
    afterEach(() => w.close())

    const post = async (fields: Record<string, unknown> = {}) => {
      const made = await w.as('alice').post('/api/v1/statuses', { status: 'hello', ...fields })
      await w.settle()
      return made.body as { id: string; uri: string }
    }
    const report = async (id: string) =>
      (await w.as('alice').get(`/api/hyrax/v1/statuses/${id}/delivery`)).body as Delivery

    test('its author reads who has it, who waits and when it is tried again, and who refused it and why', async () => {
      const { id } = await post()
      const first = await report(id)
      assert.equal(first.reached, 1)
      const waiting = new Map(first.waiting.map((each) => [each.host, each]))
      assert.match(waiting.get('two.test')?.last_error ?? '', /503/)
      assert.ok(Date.parse(waiting.get('two.test')?.next_try_at ?? '') > w.app.now())
      network.host('two.test', answer(202))
      w.clock.advance(60_000)
      await w.settle()
      assert.equal((await report(id)).reached, 2)
      network.host('three.test', answer(404))
      w.clock.advance(3_600_000)
      await w.settle()
      const last = await report(id)
      assert.deepEqual([last.reached, last.waiting], [2, []])
      assert.deepEqual(
        last.refused.map(({ host, reason }) => [host, /404/.test(reason)]),
        [['three.test', true]],
      )
    })

    test('a host that was given up counts as one that will not get it', async () => {
      const { id } = await post()
      for (let day = 0; day < 9; day++) {
        w.clock.advance(86_400_000)
        await post()
      }
      const { refused } = await report(id)
      assert.ok(
        refused.some(({ host }) => host === 'two.test'),
        JSON.stringify(refused),
      )
    })

    test('AZ-09 nobody else reads it but the keeper; what never left has none', async () => {
      const { id } = await post()
      assert.equal((await w.as('bob').get(`/api/hyrax/v1/statuses/${id}/delivery`)).status, 404)
      const mine = await w.as('bob').post('/api/v1/statuses', { status: 'nobody elsewhere follows me' })
      await w.settle()
      const { id: unsent } = mine.body as { id: string }
      assert.equal((await w.as('bob').get(`/api/hyrax/v1/statuses/${unsent}/delivery`)).status, 404)
      assert.equal((await w.as('alice').get('/api/hyrax/v1/statuses/x/delivery')).status, 404)
    })

    test('the keeper asks by command, for a post and for a server, and has it tried at once', async () => {
      const { id, uri } = await post()
      const said = await runIn(w, 'statuses', 'delivery', uri)
      assert.equal(said.code, 0, said.err)
      assert.match(said.out, /^1 inbox of other servers has it/)
      assert.match(said.out, /two\.test +.*503/)
      assert.equal((await runIn(w, 'statuses', 'delivery', id)).out, said.out)
      assert.equal((await runIn(w, 'statuses', 'delivery', '1')).code, 1)
      for (let n = 0; n < 6; n++) await post()
      const shown = await runIn(w, 'servers', 'show', 'two.test')
      assert.equal(shown.code, 0, shown.err)
      assert.match(shown.out, /accounts known +1/)
      assert.match(shown.out, /deliver +.*circuit open/)
      network.host('two.test', answer(202))
      assert.match((await runIn(w, 'servers', 'retry', 'two.test')).out, /two\.test is tried again/)
      await w.settle()
      assert.doesNotMatch((await runIn(w, 'servers', 'show', 'two.test')).out, /circuit open/)
      assert.equal((await report(id)).waiting.filter(({ host }) => host === 'two.test').length, 0)
      assert.equal((await runIn(w, 'servers', 'show', 'unknown.test')).code, 1)
    })
  })
}
