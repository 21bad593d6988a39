import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { findToken, revokeToken } from '#auth/tokens.ts'
import { saveLocale, userByAccount } from '#auth/users.ts'
import { openHttpClient } from '#platform/http-client.ts'
import { generateVapidKeys } from '#platform/secrets.ts'
import { browser, claimsOf, pushService } from '../../test/push-service.ts'
import { tokenFor } from '../../test/streams.ts'
import type { Client, World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const PATH = '/api/v1/push/subscription'
const vapid = generateVapidKeys()

for (const database of databases) {
  describe(`push (${database})`, () => {
    let service: Awaited<ReturnType<typeof pushService>>
    let w: World
    before(async () => {
      service = await pushService()
    })
    after(() => service.close())
    beforeEach(async () => {
      service.pushed.length = 0
      service.answer = 201
      const allowed = { allowedPrivateAddresses: ['127.0.0.0/8'], allowHttp: true }
      const http = openHttpClient({ ...allowed, userAgent: 'test', maxSockets: 4, log: { info() {} } })
      w = await world({
        database,
        http,
        settings: {
          ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8',
          FEDERATION_ALLOW_HTTP: 'true',
          VAPID_PUBLIC_KEY: vapid.publicKey,
          VAPID_PRIVATE_KEY: vapid.privateKey,
        },
      })
    })
    afterEach(() => w.close())

    const subscribe = async (client: Client, more: Record<string, unknown> = {}, standard = true) => {
      const agent = browser()
      const answer = await client.post(PATH, {
        subscription: { endpoint: `${service.url}/inbox`, keys: agent.keys, standard },
        data: { alerts: { mention: true, favourite: 'true', follow: '1' }, ...more },
      })
      assert.equal(answer.status, 200, answer.text)
      return { agent, answer: answer.body as Record<string, unknown> }
    }
    const mention = async (status = '@alice hello', more: Record<string, unknown> = {}) => {
      w.clock.advance(1000)
      await w.as('bob').post('/api/v1/statuses', { status, visibility: 'public', ...more })
      await w.settle()
    }

    test('PRIV-10 a mention is pushed so that only the browser reads it, in both encodings, and we say who we are', async () => {
      for (const standard of [true, false]) {
        const token = await tokenFor(w, w.cast.alice, 'read push')
        const agent = browser()
        const headers = { Authorization: `Bearer ${token}` }
        const body = {
          subscription: { endpoint: `${service.url}/in?a=b`, keys: agent.keys, standard },
          data: { alerts: { mention: true } },
        }
        const made = await w.anyone.post(PATH, body, headers)
        assert.equal(made.status, 200, made.text)
        await mention(`@alice ${'words & '.repeat(40)}`)
        const pushed = service.pushed.pop()
        assert.ok(pushed)
        assert.equal(service.pushed.length, 0)
        assert.equal(pushed.path, '/in?a=b')
        assert.equal(pushed.headers['content-encoding'], standard ? 'aes128gcm' : 'aesgcm')
        assert.deepEqual([pushed.headers.ttl, pushed.headers.urgency], ['172800', 'normal'])
        const said = agent.read(pushed)
        assert.equal(said.access_token, token)
        assert.equal(said.notification_type, 'mention')
        assert.equal(typeof said.notification_id, 'number')
        assert.equal(said.preferred_locale, 'en')
        assert.equal(said.title, 'bob mentioned you')
        assert.equal([...String(said.body)].length, 140)
        assert.match(String(said.icon), /^https?:/)
        const proof = /(?:t=|WebPush )([\w.-]+)/.exec(String(pushed.headers.authorization))?.[1] ?? ''
        const claims = claimsOf(proof, vapid.publicKey)
        assert.equal(claims?.aud, service.url)
        assert.ok(Number(claims?.exp) > w.app.now() / 1000)
        const key = standard ? pushed.headers.authorization : pushed.headers['crypto-key']
        assert.ok(String(key).includes(vapid.publicKey))
        await w.anyone.delete(new URL(String(pushed.headers['unsubscribe-url'])).pathname)
        await mention()
        assert.equal(service.pushed.length, 0, 'the address to unsubscribe does so')
      }
    })

    test('what is pushed is in the language of the member', async () => {
      const user = await userByAccount(w.app, w.cast.alice.id)
      assert.ok(user)
      await saveLocale(w.app, user, 'de')
      const agent = browser()
      const token = await tokenFor(w, w.cast.alice, 'read push')
      const subscription = { endpoint: `${service.url}/de`, keys: agent.keys, standard: true }
      const body = { subscription, data: { alerts: { mention: true } } }
      await w.anyone.post(PATH, body, { Authorization: `Bearer ${token}` })
      await mention('@alice hallo')
      const pushed = service.pushed.pop()
      assert.ok(pushed)
      const said = agent.read(pushed)
      assert.deepEqual([said.title, said.preferred_locale], ['bob hat dich erwähnt', 'de'])
      await saveLocale(w.app, user, 'en')
      await w.app.inTransaction((tx) => tx.db.deleteFrom('push_subscription').execute())
    })

    test('OAU-17 a subscription is one of its token, is shown and changed by it, and its token is not kept in clear', async () => {
      const client = w.as('alice')
      assert.equal((await client.get(PATH)).status, 404)
      assert.equal((await client.put(PATH, { data: {} })).status, 404)
      const first = (await subscribe(client)).answer
      const { answer: second } = await subscribe(client, { policy: 'followed' })
      assert.notEqual(first.id, second.id)
      assert.deepEqual(
        [second.policy, second.standard, second.server_key],
        ['followed', true, vapid.publicKey],
      )
      const alerts = second.alerts as Record<string, boolean>
      assert.deepEqual(
        [alerts.mention, alerts.follow, alerts.poll, alerts['admin.report']],
        [true, true, false, false],
      )
      const changed = (await client.put(PATH, { data: { policy: 'none' } })).body as Record<string, unknown>
      assert.deepEqual([changed.policy, changed.alerts, changed.id], ['none', alerts, second.id])
      assert.deepEqual((await client.get(PATH)).body, changed)
      const rows = await w.app.db.selectFrom('push_subscription').selectAll().execute()
      assert.equal(rows.length, 1)
      assert.equal((await w.as('alice').get(PATH)).status, 404, 'another token has none')
      assert.deepEqual((await client.delete(PATH)).body, {})
      assert.equal((await client.get(PATH)).status, 404)
    })

    test('SSRF-16 an address that is none of the open web and keys that encrypt nothing are refused', async () => {
      const strict = await world({ database })
      const { keys } = browser()
      const good = { endpoint: 'https://push.example/x', keys }
      for (const subscription of [
        { ...good, endpoint: 'http://push.example/x' },
        { ...good, endpoint: 'https://127.0.0.1/x' },
        { ...good, endpoint: 'https://[::1]/x' },
        { ...good, endpoint: 'nonsense' },
        { ...good, keys: { ...keys, p256dh: 'AAAA' } },
        { ...good, keys: { ...keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } },
        { ...good, keys: { ...keys, auth: 'x' } },
        { endpoint: good.endpoint },
        {},
      ]) {
        const answer = await strict.as('alice').post(PATH, { subscription })
        assert.equal(answer.status, 422, JSON.stringify(subscription))
      }
      assert.equal((await strict.as('alice').post(PATH, { subscription: good })).status, 200)
      assert.equal((await strict.as('alice', 'read write').post(PATH, { subscription: good })).status, 403)
      await strict.close()
    })

    test('alerts and the policy decide what is pushed, and what is held back never is', async () => {
      const client = w.as('alice')
      const { agent } = await subscribe(client, { policy: 'follower' })
      const said = () => service.pushed.splice(0).map((each) => agent.read(each).notification_type)
      await mention()
      await w.as('carol').post('/api/v1/statuses', { status: '@alice hi', visibility: 'public' })
      await w.settle()
      assert.deepEqual(said(), ['mention'])
      await client.put(PATH, { data: { policy: 'all', alerts: { mention: true } } })
      await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
      await w.as('carol').post('/api/v1/statuses', { status: '@alice hi again', visibility: 'public' })
      await w.settle()
      assert.deepEqual(said(), ['mention'])
      await client.put(PATH, { data: { policy: 'none' } })
      await mention()
      assert.deepEqual(said(), [])
      await client.put(PATH, { data: { policy: 'all' } })
      await client.patch('/api/v2/notifications/policy', { for_not_following: 'filter' })
      await mention()
      assert.deepEqual(said(), [])
    })

    test('FAIL-43 a push service that refuses for good ends the subscription; one in trouble is tried five times', async () => {
      const client = w.as('alice')
      await subscribe(client)
      service.answer = 410
      await mention()
      assert.equal((await client.get(PATH)).status, 404)
      await subscribe(client)
      service.pushed.length = 0
      for (const answer of [500, 429]) {
        service.answer = answer
        await mention()
        for (let n = 0; n < 12; n++) {
          w.clock.advance(3_600_000)
          await w.settle()
        }
        assert.equal(service.pushed.splice(0).length, 5, `${answer}`)
      }
      assert.equal((await client.get(PATH)).status, 200)
      service.answer = 503
      await mention()
      service.pushed.length = 0
      w.clock.advance(49 * 3_600_000)
      service.answer = 201
      await w.settle()
      assert.equal(service.pushed.length, 0, 'what is older than two days is no news')
    })

    test('OAU-12 OAU-13 a subscription ends with its token, and nothing is pushed to members who may not act', async () => {
      const token = await tokenFor(w, w.cast.alice, 'push')
      const headers = { Authorization: `Bearer ${token}` }
      const subscription = { endpoint: `${service.url}/inbox`, keys: browser().keys, standard: true }
      await w.anyone.post(PATH, { subscription, data: { alerts: { mention: true } } }, headers)
      const row = (await findToken(w.app, token))?.token
      assert.ok(row)
      await revokeToken(w.app, row)
      assert.deepEqual(await w.app.db.selectFrom('push_subscription').selectAll().execute(), [])
      await subscribe(w.as('alice'))
      await w.app.inTransaction(async (tx) => {
        const alice = tx.db.updateTable('account').where('id', '=', w.cast.alice.id)
        await alice.set({ suspended_at: 1 }).execute()
      })
      await mention()
      assert.equal(service.pushed.length, 0)
    })
  })
}
