import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { saveSite } from '#instance/site.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { registerApplication } from './apps.ts'
import { createToken } from './tokens.ts'
import type { UserRow } from './users.ts'

type Problem = { error: string; details: Record<string, { error: string; description: string }[]> }
const eve = { username: 'eve', email: 'eve@mail.example', password: 'eight good letters', agreement: true }

for (const database of databases) {
  describe(`signing up through an app (${database})`, () => {
    let w: World
    let app: { id: number; clientId: string; secret: string }
    before(async () => {
      w = await world({ database })
      const form = { name: 'Tusk', redirectUris: ['https://app.example/'], scopes: 'read write' }
      const { application, secret } = await registerApplication(w.app, form)
      app = { id: application.id, clientId: application.client_id, secret }
    })
    after(() => w.close())

    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
    const signUp = async (fields: Record<string, unknown>) => {
      const token = await createToken(w.app, {
        applicationId: app.id,
        userId: null,
        scopes: ['write:accounts'],
      })
      return w.anyone.post('/api/v1/accounts', fields, bearer(token))
    }
    const site = (changes: Parameters<typeof saveSite>[2]) =>
      saveSite(w.app, w.cast.alice.domain_id as number, changes)
    const userOf = async (email: string) =>
      (await w.app.db.selectFrom('user').selectAll().where('email', '=', email).executeTakeFirst()) as UserRow
    const say = (token: string) => w.anyone.post('/api/v1/statuses', { status: 'hello' }, bearer(token))

    test('UNI-01 each wrong field is named with its code', async () => {
      await site({ min_age: 16 })
      const cases: [Record<string, unknown>, string, string][] = [
        [{ username: '' }, 'username', 'ERR_BLANK'],
        [{ username: 'x'.repeat(31) }, 'username', 'ERR_TOO_LONG'],
        [{ username: 'no way' }, 'username', 'ERR_INVALID'],
        [{ username: 'admin' }, 'username', 'ERR_RESERVED'],
        [{ username: 'ALICE' }, 'username', 'ERR_TAKEN'],
        // Names that look like another's, in other letters: Cyrillic, full width, dotless, and with a hidden sign.
        [{ username: 'аlice' }, 'username', 'ERR_INVALID'],
        [{ username: 'ａｌｉｃｅ' }, 'username', 'ERR_INVALID'],
        [{ username: 'alıce' }, 'username', 'ERR_INVALID'],
        [{ username: 'alice\u200b' }, 'username', 'ERR_INVALID'],
        [{ username: '\u202ealice' }, 'username', 'ERR_INVALID'],
        [{ username: '🦫' }, 'username', 'ERR_INVALID'],
        [{ email: 'nothing' }, 'email', 'ERR_INVALID'],
        [{ email: 'Alice@mail.example' }, 'email', 'ERR_TAKEN'],
        [{ password: 'short' }, 'password', 'ERR_TOO_SHORT'],
        [{ password: 'x'.repeat(900_000) }, 'password', 'ERR_TOO_LONG'],
        [{ agreement: 'false' }, 'agreement', 'ERR_ACCEPTED'],
        [{ locale: '!!' }, 'locale', 'ERR_INCLUSION'],
        [{ time_zone: 'Nowhere/Land' }, 'time_zone', 'ERR_INCLUSION'],
        [{ date_of_birth: undefined }, 'date_of_birth', 'ERR_BLANK'],
        [{ date_of_birth: '2015-01-01' }, 'date_of_birth', 'ERR_BELOW_LIMIT'],
        [{ date_of_birth: '2001-02-31' }, 'date_of_birth', 'ERR_INVALID'],
        [{ invite_code: 'abc' }, 'invite_code', 'ERR_INVALID'],
      ]
      for (const [wrong, field, code] of cases) {
        const answer = await signUp({ ...eve, date_of_birth: '2000-01-01', ...wrong })
        assert.equal(answer.status, 422, JSON.stringify(wrong))
        assert.equal((answer.body as Problem).details[field]?.[0]?.error, code, answer.text)
      }
      await site({ min_age: null })
    })

    test('the token may do all that the app registered for, and the time zone is kept', async () => {
      const answer = await signUp({ ...eve, time_zone: 'Europe/Berlin' })
      const made = answer.body as { access_token: string; scope: string }
      assert.equal(made.scope, 'read write', answer.text)
      assert.equal((await say(made.access_token)).status, 200)
      const user = await userOf(eve.email)
      assert.equal(user.created_by_application_id, app.id)
      assert.deepEqual(JSON.parse(user.settings), { timeZone: 'Europe/Berlin' })
      const confirmed = await w.anyone.get('/api/v1/emails/check_confirmation', bearer(made.access_token))
      assert.equal(confirmed.text, 'true')
    })

    test('whoever waits for the staff is told so, and a reason is asked for where one is needed', async () => {
      await site({ registrations: 'approved', require_reason: true })
      const fay = { ...eve, username: 'fay', email: 'fay@mail.example' }
      const refused = await signUp(fay)
      assert.equal((refused.body as Problem).details.reason?.[0]?.error, 'ERR_BLANK')
      const long = await signUp({ ...fay, reason: 'x'.repeat(421) })
      assert.equal((long.body as Problem).details.reason?.[0]?.error, 'ERR_TOO_LONG')
      const { access_token } = (await signUp({ ...fay, reason: 'cats' })).body as { access_token: string }
      const answer = await say(access_token)
      assert.equal(answer.status, 403)
      assert.deepEqual(answer.body, { error: 'Your login is currently pending approval' })
      await site({ registrations: 'none' })
      assert.equal((await signUp({ ...eve, username: 'gil', email: 'gil@mail.example' })).status, 403)
    })

    test('ACC-09 the confirmation is asked for again only by the app that signed the person up, while it is needed', async () => {
      await site({ registrations: 'open', require_reason: false })
      const hal = { ...eve, username: 'hal', email: 'hal@mail.example' }
      const { access_token } = (await signUp(hal)).body as { access_token: string }
      const ask = (token: string, body = {}) =>
        w.anyone.post('/api/v1/emails/confirmations', body, bearer(token))
      assert.match((await ask(access_token)).text, /awaiting confirmation/)
      const user = await userOf(hal.email)
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('user').set({ confirmed_at: null }).where('id', '=', user.id).execute()
      })
      w.app.events.publish('rights changed', { userId: user.id })
      const other = await createToken(w.app, {
        applicationId: (await registerApplication(w.app, { name: 'B', redirectUris: ['https://b.example/'] }))
          .application.id,
        userId: user.id,
        scopes: ['write'],
      })
      assert.match((await ask(other)).text, /originally signed-up/)
      assert.equal((await ask(access_token, { email: 'nothing' })).status, 422)
      assert.equal((await ask(access_token, { email: 'bob@mail.example' })).status, 422)
      assert.deepEqual((await ask(access_token, { email: 'hal2@mail.example' })).body, {})
      assert.equal((await userOf('hal2@mail.example')).id, user.id)
      const waiting = await w.anyone.get('/api/v1/emails/check_confirmation', bearer(access_token))
      assert.equal(waiting.text, 'false')
      assert.equal((await say(access_token)).status, 403)
    })

    test('an app learns what its own tokens are good for, and nothing of others', async () => {
      const token = await createToken(w.app, { applicationId: app.id, userId: null, scopes: ['read'] })
      const client = { client_id: app.clientId, client_secret: app.secret }
      const look = async (text: string, who: object = client) =>
        w.anyone.post('/oauth/introspect', { token: text, ...who })
      const iat = Math.floor(w.app.now() / 1000)
      const facts = { active: true, scope: 'read', client_id: app.clientId, token_type: 'Bearer', iat }
      assert.deepEqual((await look(token)).body, facts)
      assert.deepEqual((await look('nothing')).body, { active: false })
      const foreign = await registerApplication(w.app, { name: 'C', redirectUris: ['https://c.example/'] })
      const stranger = { client_id: foreign.application.client_id, client_secret: foreign.secret }
      assert.deepEqual((await look(token, stranger)).body, { active: false })
      assert.equal((await look(token, { ...client, client_secret: 'wrong' })).status, 401)
      const info = (await w.anyone.get('/oauth/token/info', bearer(token))).body
      const application = { uid: app.clientId }
      assert.deepEqual(info, {
        resource_owner_id: null,
        scope: ['read'],
        expires_in: null,
        application,
        created_at: iat,
      })
    })
  })
}
