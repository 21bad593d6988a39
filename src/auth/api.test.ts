import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { ownApplication } from './apps.ts'
import { createToken } from './tokens.ts'
import { userByAccount } from './users.ts'

const tusk = { client_name: 'Tusk', redirect_uris: 'https://app.example/callback' }
const eve = { username: 'eve', password: 'eight good letters', agreement: true, locale: 'en' }
type Fields = Record<string, unknown>

for (const database of databases) {
  describe(`registering apps and people (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const appToken = async (scopes = ['read', 'write']) =>
      createToken(w.app, {
        applicationId: (await ownApplication(w.app, 'hyrax-command-line')).id,
        userId: null,
        scopes,
      })
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
    const signUp = async (fields: Fields, token?: string) =>
      w.anyone.post('/api/v1/accounts', fields, bearer(token ?? (await appToken())))

    test('an app learns its secret once, and knows itself by a token afterwards', async () => {
      const answer = await w.anyone.post('/api/v1/apps', { ...tusk, scopes: 'read write', website: '' })
      assert.equal(answer.status, 200, answer.text)
      const made = answer.body as Fields
      assert.equal(made.redirect_uri, 'https://app.example/callback')
      assert.deepEqual(made.redirect_uris, ['https://app.example/callback'])
      assert.deepEqual(made.scopes, ['read', 'write'])
      assert.equal(made.website, null)
      assert.equal(made.client_secret_expires_at, 0)
      const { client_id, client_secret } = made
      const grant = { grant_type: 'client_credentials', client_id, client_secret }
      const granted = (await w.anyone.post('/oauth/token', grant)).body as Fields
      const path = '/api/v1/apps/verify_credentials'
      const shown = (await w.anyone.get(path, bearer(String(granted.access_token)))).body as Fields
      assert.equal(shown.name, 'Tusk')
      assert.equal('client_secret' in shown || 'client_id' in shown, false)
      assert.equal((await w.as('bob').get(path)).status, 200)
      assert.equal((await w.anyone.get(path)).status, 401)
    })

    test('OAU-03 an app with a bad address is told so with 422', async () => {
      for (const redirect_uris of [
        'javascript:alert(1)',
        ['https://a.example/', 'data:text/html,x'],
        '',
        [],
      ]) {
        const answer = await w.anyone.post('/api/v1/apps', { ...tusk, redirect_uris })
        assert.equal(answer.status, 422, JSON.stringify(redirect_uris))
        assert.match((answer.body as { error: string }).error, /Redirect URI/)
      }
    })

    test('OAU-14 five apps in ten minutes are enough for one address', async () => {
      await w.close()
      w = await world({ database, settings: { RATE_LIMITS: 'on' } })
      for (let n = 0; n < 5; n++) assert.equal((await w.anyone.post('/api/v1/apps', tusk)).status, 200)
      const answer = await w.anyone.post('/api/v1/apps', tusk)
      assert.equal(answer.status, 429)
      assert.equal(answer.headers.get('x-ratelimit-limit'), '5')
      w.clock.advance(600_000)
      assert.equal((await w.anyone.post('/api/v1/apps', tusk)).status, 200)
    })

    test('an app signs somebody up and gets their token', async () => {
      const answer = await signUp(eve)
      assert.equal(answer.status, 200, answer.text)
      const { access_token, token_type, scope, created_at } = answer.body as Fields
      assert.equal(token_type, 'Bearer')
      assert.equal(scope, 'read write follow push')
      assert.equal(created_at, Math.floor(w.app.now() / 1000))
      const path = '/api/v1/accounts/verify_credentials'
      const self = await w.anyone.get(path, bearer(String(access_token)))
      assert.equal((self.body as Fields).username, 'eve')
      assert.equal(((self.body as Fields).role as Fields).permissions, '0')
    })

    test('a refused sign-up names each field, in the shape that clients show', async () => {
      const answer = await signUp({ ...eve, username: 'bob', agreement: false })
      assert.equal(answer.status, 422)
      assert.deepEqual(answer.body, {
        error: 'Validation failed: Username has already been taken, Agreement must be accepted',
        details: {
          username: [{ error: 'ERR_TAKEN', description: 'has already been taken' }],
          agreement: [{ error: 'ERR_ACCEPTED', description: 'must be accepted' }],
        },
      })
    })

    test('OAU-09 signing up takes a token of an app, with its scope', async () => {
      assert.equal((await w.anyone.post('/api/v1/accounts', eve)).status, 401)
      assert.equal((await signUp(eve, await appToken(['read']))).status, 403)
      assert.equal((await w.as('bob').post('/api/v1/accounts', eve)).status, 403)
    })

    test('AZ-15 a sign-up cannot give itself a role, a state or an id', async () => {
      const more = { role: 'Owner', role_id: 3, admin: true, approved: true, id: '1', domain_id: 7, uri: 'x' }
      await w.app.inTransaction(async (tx) => {
        const value = JSON.stringify('approved')
        await tx.db.updateTable('setting').set({ value }).where('name', '=', 'registrations').execute()
      })
      w.app.events.publish('site settings', null)
      const answer = await signUp({ ...eve, ...more, user: more, account: more })
      assert.equal(answer.status, 200, answer.text)
      const account = await w.app.db
        .selectFrom('account')
        .selectAll()
        .where('username_lower', '=', 'eve')
        .executeTakeFirstOrThrow()
      const user = await userByAccount(w.app, account.id)
      assert.equal(user?.role_id, null)
      assert.equal(user?.approved_at, null)
      assert.equal(user?.domain_id, w.app.domains.all()[0]?.id)
      assert.match(account.uri, /^https:\/\/here\.example\/ap\/users\/\d+$/)
    })
  })
}
