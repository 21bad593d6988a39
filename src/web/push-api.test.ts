import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openSession, sessionFor } from '#auth/sessions.ts'
import { userByAccount } from '#auth/users.ts'
import { browser } from '../../test/push-service.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { sessionCookie } from './visit.ts'

const PATH = '/api/web/push_subscriptions'

for (const database of databases) {
  describe(`push to a signed-in browser (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const signedIn = async (name: 'alice' | 'bob') => {
      const user = await userByAccount(w.app, w.cast[name].id)
      const domain = w.app.domains.all()[0]
      assert.ok(user && domain)
      const token = await openSession(w.app, user, { ip: '192.0.2.1', userAgent: null })
      const csrf = (await sessionFor(w.app, token))?.csrf ?? ''
      const headers = {
        cookie: `${sessionCookie(domain)}=${token}`,
        'x-csrf-token': csrf,
        'content-type': 'application/json',
      }
      return async (method: string, path: string, body: unknown, more: Record<string, string> = {}) => {
        const answer = await w.site.request(`${domain.origin}${path}`, {
          method,
          headers: { host: domain.web_host, ...headers, ...more },
          body: JSON.stringify(body),
        })
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
      }
    }

    test('WEB-01 AZ-05 it belongs to the session, takes the session’s secret, and nobody else can touch it', async () => {
      const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
      const form = { subscription: { endpoint: 'https://push.example/1', keys: browser().keys } }
      assert.equal((await alice('POST', PATH, form, { 'x-csrf-token': 'guessed' })).status, 403)
      assert.equal((await alice('POST', PATH, form, { cookie: '' })).status, 401)
      const made = await alice('POST', PATH, form)
      assert.equal(made.status, 200)
      const alerts = made.body.alerts as Record<string, boolean>
      assert.deepEqual([alerts.mention, alerts.status, made.body.standard], [true, false, false])
      const own = `${PATH}/${made.body.id}`
      const changes = { data: { policy: 'followed', alerts: { poll: true } } }
      assert.equal((await bob('PUT', own, changes)).status, 404)
      assert.equal((await bob('DELETE', own, {})).status, 404)
      assert.equal((await bob('DELETE', `${own}.guessed`, {})).status, 404)
      const changed = await alice('PUT', own, changes)
      assert.deepEqual([changed.status, changed.body.policy], [200, 'followed'])
      assert.equal((await alice('DELETE', own, {})).status, 200)
      assert.equal((await alice('DELETE', own, {})).status, 404)
    })
  })
}
