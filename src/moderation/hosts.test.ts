import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { follow } from '#relationships/follow.ts'
import { runIn } from '../../test/command-line.ts'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import { remoteActor } from '../../test/remote-actor.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { oweNodeInfo } from '../federation/fetch/fetch-node-info.ts'

const SCOPES = 'read write admin:read admin:write'
const PATH = '/api/hyrax/v1/admin/hosts'
type Host = {
  host: string
  software: string
  version: string
  state: string
  waiting: number
  next_try_at: string | null
}
const answer =
  (status: number, told: unknown = '') =>
  async () => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(told)),
  })

for (const database of databases) {
  describe(`how other servers fare (${database})`, () => {
    let network: Network
    let w: World
    beforeEach(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
      for (const host of ['one.test', 'two.test']) {
        const fan = await saveRemoteAccount(w.app, remoteActor('fan', host))
        await follow(w.app, fan, w.cast.alice)
      }
      network.host('one.test', answer(202))
      network.host('two.test', answer(503))
    })
    afterEach(() => w.close())

    const keeper = () => w.as('alice', SCOPES)
    const hosts = async (query = '') => (await keeper().get(`${PATH}${query}`)).body as Host[]
    const posts = async (n: number) => {
      for (let at = 0; at < n; at++) {
        await w.as('alice').post('/api/v1/statuses', { status: `word ${at}` })
        await w.settle()
      }
    }

    test('keepers see who answers and who does not, and have one tried at once', async () => {
      await posts(6)
      assert.deepEqual(
        (await hosts()).filter(({ host }) => host.endsWith('.test')).map(({ host, state }) => [host, state]),
        [
          ['one.test', 'well'],
          ['two.test', 'failing'],
        ],
      )
      assert.deepEqual(
        (await hosts('?unwell=true&q=two')).map(({ host }) => host),
        ['two.test'],
      )
      const { body } = await keeper().get(`${PATH}/two.test`)
      const two = body as Host & { accounts: number; followers: number }
      assert.deepEqual([two.accounts, two.followers, two.next_try_at !== null], [1, 1, true])
      network.host('two.test', answer(202))
      assert.equal((await keeper().post(`${PATH}/two.test/retry`)).status, 200)
      await w.settle()
      assert.equal(((await keeper().get(`${PATH}/two.test`)).body as Host).state, 'well')
      assert.equal((await keeper().get(`${PATH}/unknown.test`)).status, 404)
      assert.equal((await w.as('bob', SCOPES).get(PATH)).status, 403)
    })

    test('what a server runs is asked once a week, of those that answer, and believed from its own address alone', async () => {
      await posts(1)
      const rel = 'http://nodeinfo.diaspora.software/ns/schema/2.1'
      network.host('one.test', async ({ url }) =>
        url.pathname === '/.well-known/nodeinfo'
          ? answer(200, { links: [{ rel, href: 'https://one.test/ni' }] })()
          : answer(200, { software: { name: 'Gotosocial', version: '0.20.1' } })(),
      )
      const asked = () => network.log.filter((line) => line.includes('/.well-known/nodeinfo'))
      await oweNodeInfo(w.app)
      await w.settle()
      const { body } = await keeper().get(`${PATH}/one.test`)
      assert.deepEqual([(body as Host).software, (body as Host).version], ['gotosocial', '0.20.1'])
      assert.equal(asked().length, 1)
      await oweNodeInfo(w.app)
      await w.settle()
      assert.equal(asked().length, 1)
      assert.match((await runIn(w, 'servers', 'show', 'one.test')).out, /runs +gotosocial 0\.20\.1/)
      w.clock.advance(8 * 86_400_000)
      await posts(1)
      network.host('one.test', answer(200, { links: [{ rel, href: 'https://evil.test/ni' }] }))
      await oweNodeInfo(w.app)
      await w.settle()
      assert.equal(asked().length, 2)
      assert.equal(network.log.filter((line) => line.includes('evil.test')).length, 0)
      assert.equal(((await keeper().get(`${PATH}/one.test`)).body as Host).software, '')
    })
  })
}
