import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import { runIn } from './command-line.ts'
import type { Network } from './network.ts'
import { openNetwork } from './network.ts'
import type { Client, World } from './world.ts'
import { databases, world } from './world.ts'

type Told = { type: string; account: Account }

for (const database of databases) {
  describe(`two domains of one server (${database})`, () => {
    let network: Network
    let here: World
    let there: World
    let alice: Client
    let zoe: Client
    let zoeRow: AccountRow

    beforeEach(async () => {
      network = openNetwork()
      here = await world({ database, domain: 'here.example', http: network })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('there.example', there.site)
      for (const host of ['here.example', 'second.example', 'web.second.example'])
        network.host(host, here.site)
      const added = await runIn(
        here,
        'domains',
        'add',
        'second.example',
        '--web-domain',
        'web.second.example',
      )
      assert.equal(added.code, 0, added.err)
      await here.app.domains.reload()
      const words = ['accounts', 'create', 'zoe', '--domain', 'second.example', '--confirmed', '--approve']
      assert.equal((await runIn(here, ...words)).code, 0)
      zoeRow = await here.app.db
        .selectFrom('account')
        .selectAll()
        .where('username', '=', 'zoe')
        .executeTakeFirstOrThrow()
      alice = here.as('alice')
      zoe = here.as(zoeRow)
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
    const find = async (client: Client, handle: string) => {
      const { body } = await client.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(handle)}`)
      return (body as { accounts: Account[] }).accounts.find((each) => `@${each.acct}` === handle)
    }
    const home = async (client: Client) =>
      ((await client.get('/api/v1/timelines/home')).body as Status[]).map((each) =>
        each.content.replace(/<[^>]+>/g, ''),
      )
    const post = async (client: Client, fields: Record<string, unknown>) => {
      const answer = await client.post('/api/v1/statuses', fields)
      assert.equal(answer.status, 200, answer.text)
      await settle()
      return answer.body as Status
    }

    test('AZ-16 the staff of one domain settles what was reported there, and nothing of the other', async () => {
      const { dan } = here.cast
      const reported = async (who: Client) => {
        const answer = await who.post('/api/v1/reports', { account_id: String(dan.id), comment: 'hm' })
        assert.equal(answer.status, 200, answer.text)
        return (answer.body as { id: string }).id
      }
      const [ours, other, theirs] = [
        await reported(here.as('bob')),
        await reported(here.as('carol')),
        await reported(zoe),
      ]
      const open = async () => {
        const rows = await here.app.db.selectFrom('report').selectAll().execute()
        return rows.filter((row) => row.action_taken_at === null).map((row) => String(row.id))
      }
      const staff = here.as('alice', 'admin:read admin:write')
      const act = (body: Record<string, unknown>) =>
        staff.post(`/api/v1/admin/accounts/${dan.id}/action`, body)
      assert.equal((await act({ type: 'none', report_id: theirs })).status, 404)
      assert.equal((await act({ type: 'none', report_id: ours })).status, 200)
      assert.deepEqual((await open()).sort(), [other, theirs].sort())
      assert.equal((await act({ type: 'silence' })).status, 200)
      assert.deepEqual(await open(), [theirs])
    })

    test('what goes between them does not leave the process, and has all its effects', async () => {
      const found = await find(alice, '@zoe@second.example')
      assert.equal(found?.uri, zoeRow.uri)
      await alice.post(`/api/v1/accounts/${found?.id}/follow`)
      await settle()
      const told = (await zoe.get('/api/v1/notifications')).body as Told[]
      assert.deepEqual(
        told.map((each) => [each.type, each.account.acct]),
        [['follow', 'alice@here.example']],
      )
      const status = await post(zoe, { status: 'hello @alice@here.example' })
      await post(zoe, { status: 'for followers', visibility: 'private' })
      assert.deepEqual(await home(alice), ['for followers', 'hello @alice'])
      await alice.post(`/api/v1/statuses/${status.id}/favourite`)
      await alice.post(`/api/v1/statuses/${status.id}/reblog`)
      await post(alice, { status: '@zoe@second.example thanks', in_reply_to_id: status.id })
      const types = ((await zoe.get('/api/v1/notifications')).body as Told[]).map((each) => each.type)
      assert.deepEqual(types.sort(), ['favourite', 'follow', 'mention', 'reblog'])
      await zoe.delete(`/api/v1/statuses/${status.id}`)
      await settle()
      assert.equal((await alice.get(`/api/v1/statuses/${status.id}`)).status, 404)
      assert.deepEqual(network.log, [], 'nothing left the process')
    })

    test('each is somebody of its own to others: handle by the one host, actor and inbox on the other', async () => {
      const bob = there.as('bob')
      const found = await find(bob, '@zoe@second.example')
      assert.match(found?.uri ?? '', /^https:\/\/web\.second\.example\/ap\/users\/\d+$/)
      const finger = 'GET https://second.example/.well-known/webfinger'
      assert.ok(network.log.some((line) => line.startsWith(finger)))
      for (const handle of ['@zoe@second.example', '@alice@here.example']) {
        const each = await find(bob, handle)
        await bob.post(`/api/v1/accounts/${each?.id}/follow`)
      }
      await settle()
      await post(zoe, { status: 'from zoe' })
      // Posts of one moment have no order.
      for (const w of [here, there]) w.clock.advance(1000)
      await post(alice, { status: 'from alice' })
      assert.deepEqual(await home(bob), ['from alice', 'from zoe'])
      const sent = network.log.filter((line) => line.startsWith('POST'))
      assert.ok(sent.includes(`POST https://web.second.example${new URL(zoeRow.uri).pathname}/inbox`))
      const [seen] = (await bob.get('/api/v1/timelines/home')).body as Status[]
      await bob.post(`/api/v1/statuses/${seen?.id}/favourite`)
      await settle()
      assert.equal(((await alice.get('/api/v1/notifications?types[]=favourite')).body as Told[]).length, 1)
    })

    test('what is for people of both reaches each domain at its own shared inbox, and is one post', async () => {
      const bob = there.as('bob')
      const [zoeSees, aliceSees] = [
        await find(zoe, '@bob@there.example'),
        await find(alice, '@bob@there.example'),
      ]
      await zoe.post(`/api/v1/accounts/${zoeSees?.id}/follow`)
      await alice.post(`/api/v1/accounts/${aliceSees?.id}/follow`)
      await settle()
      network.log.length = 0
      await post(bob, { status: 'to both' })
      assert.deepEqual(network.log.filter((line) => line.startsWith('POST')).sort(), [
        'POST https://here.example/inbox',
        'POST https://web.second.example/inbox',
      ])
      assert.deepEqual(await home(alice), ['to both'])
      assert.deepEqual(await home(zoe), ['to both'])
      const kept = await here.app.db
        .selectFrom('status')
        .select('id')
        .where('domain_id', 'is', null)
        .execute()
      assert.equal(kept.length, 1, 'kept once')
    })

    test('ORG-20 host, inbox and person of a request must be of one domain', async () => {
      const ask = (host: string, path: string) =>
        here.site.request(`https://${host}${path}`, {
          headers: { Host: host, Accept: 'application/activity+json' },
        })
      const path = new URL(zoeRow.uri).pathname
      assert.equal((await ask('web.second.example', path)).status, 200)
      assert.equal((await ask('here.example', path)).status, 404)
      assert.equal((await ask('here.example', '/@zoe')).status, 404)
      assert.equal((await ask('web.second.example', '/@alice')).status, 404)
      const finger = (host: string, who: string) => ask(host, `/.well-known/webfinger?resource=acct:${who}`)
      assert.equal((await finger('second.example', 'zoe@second.example')).status, 200)
      assert.equal((await finger('here.example', 'zoe@second.example')).status, 404)
      const posted = await here.site.request(`https://here.example${path}/inbox`, {
        method: 'POST',
        headers: { Host: 'here.example', 'Content-Type': 'application/activity+json' },
        body: '{}',
      })
      assert.equal(posted.status, 404)
      assert.equal((await runIn(here, 'domains', 'add', 'here.example')).code, 1)
      assert.equal((await runIn(here, 'domains', 'add', 'no host')).code, 1)
      assert.match(
        (await runIn(here, 'domains', 'list')).out,
        /second\.example +https:\/\/web\.second\.example/,
      )
    })
  })
}
