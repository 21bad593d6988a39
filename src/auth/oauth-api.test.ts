import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Answer, World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Registered } from './apps.ts'
import { OUT_OF_BAND, registerApplication } from './apps.ts'
import { openSession } from './sessions.ts'
import { createToken, findToken } from './tokens.ts'
import type { UserRow } from './users.ts'
import { userByAccount } from './users.ts'

const CALLBACK = 'https://app.example/callback?kept=1'
const form = { name: 'Tusk', redirectUris: [CALLBACK, OUT_OF_BAND], scopes: 'read profile' }
type Fields = Record<string, string>
const bodyOf = (answer: Answer) => answer.body as Record<string, unknown>

for (const database of databases) {
  describe(`OAuth over HTTP (${database})`, () => {
    let w: World
    let tusk: Registered
    let bob: UserRow
    let cookie: Fields
    before(async () => {
      w = await world({ database })
      bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
      tusk = await registerApplication(w.app, form)
      const session = await openSession(w.app, bob, { ip: '192.0.2.1', userAgent: null })
      cookie = { Cookie: `__Host-hyrax_session=${session}` }
    })
    after(() => w.close())

    const own = () => ({ client_id: tusk.application.client_id, client_secret: tusk.secret })
    const asked = (changes: Fields = {}): Fields => ({
      response_type: 'code',
      client_id: tusk.application.client_id,
      redirect_uri: CALLBACK,
      scope: 'read',
      state: 'a b&c=ü',
      ...changes,
    })
    const page = (changes: Fields = {}, headers = cookie) =>
      w.anyone.get(`/oauth/authorize?${new URLSearchParams(asked(changes))}`, headers)
    const send = (path: string, fields: Fields, headers: Fields = {}) =>
      w.site.request(`https://here.example${path}`, {
        method: 'POST',
        headers: { Host: 'here.example', 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      })
    const decide = async (decision: string, changes: Fields = {}) => {
      const csrf = /name="csrf" value="([^"]+)"/.exec((await page(changes)).text)?.[1] ?? ''
      return send('/oauth/authorize', { ...asked(changes), decision, csrf }, cookie)
    }
    const back = (answer: Response | Answer) => new URL(answer.headers.get('location') ?? '')
    const tokenOf = (userId: number | null, scopes: string[]) =>
      createToken(w.app, { applicationId: tusk.application.id, userId, scopes })

    test('a client goes the whole way: consent, code, token, who am I', async () => {
      const code = back(await decide('allow', { scope: 'profile' })).searchParams.get('code') ?? ''
      const fields = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...own() }
      const answer = await send('/oauth/token', fields)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      const token = (await answer.json()) as Record<string, unknown>
      assert.deepEqual(
        { ...token, access_token: '' },
        {
          access_token: '',
          token_type: 'Bearer',
          scope: 'profile',
          created_at: Math.floor(w.app.now() / 1000),
        },
      )
      const headers = { Authorization: `Bearer ${token.access_token}` }
      const self = bodyOf(await w.anyone.get('/oauth/userinfo', headers))
      assert.equal(self.iss, 'https://here.example/')
      assert.equal(self.sub, w.cast.bob.uri)
      assert.equal(self.preferred_username, 'bob')
      assert.deepEqual(bodyOf(await w.anyone.post('/oauth/userinfo', {}, headers)), self)
    })

    test('OAU-01 an address that is not registered is answered with a page, never with a way there', async () => {
      for (const changes of [
        { redirect_uri: 'https://evil.example/' },
        { client_id: 'nobody' },
      ] as Fields[]) {
        const answer = await page(changes)
        assert.equal(answer.status, 400)
        assert.equal(answer.headers.get('location'), null)
        assert.equal((await send('/oauth/authorize', asked(changes), cookie)).headers.get('location'), null)
      }
    })

    test('OAU-15 consent is asked for every time, and names the scopes', async () => {
      await decide('allow')
      const again = await page()
      assert.equal(again.status, 200)
      assert.match(again.text, /name="decision"/)
      const visitor = await page({}, {})
      assert.equal(visitor.status, 303)
      assert.match(visitor.headers.get('location') ?? '', /^\/auth\/sign_in\?next=/)
    })

    test('OAU-19 state, issuer and the own query of the address come back as they were', async () => {
      const metadata = bodyOf(await w.anyone.get('/.well-known/oauth-authorization-server'))
      for (const answer of [
        await decide('allow'),
        await decide('deny'),
        await page({ scope: 'write' }),
        await page({ response_type: 'token' }),
      ]) {
        const url = back(answer)
        assert.equal(url.searchParams.get('state'), 'a b&c=ü')
        assert.equal(url.searchParams.get('iss'), metadata.issuer)
        assert.equal(url.searchParams.get('kept'), '1')
        assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
      }
      assert.equal(back(await decide('deny')).searchParams.get('error'), 'access_denied')
      assert.equal(back(await page({ scope: 'write' })).searchParams.get('error'), 'invalid_scope')
    })

    test('OAU-20 a code that is shown stays on its page', async () => {
      const answer = await decide('allow', { redirect_uri: OUT_OF_BAND })
      const text = await answer.text()
      const code = /<output[^>]*>([^<]+)</.exec(text)?.[1] ?? ''
      assert.ok(code.length >= 22)
      assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
      assert.equal(/<title>[^<]*<\/title>/.exec(text)?.[0].includes(code), false)
      const wrong = await page({ redirect_uri: OUT_OF_BAND, scope: 'write' })
      assert.equal(wrong.status, 400)
      assert.equal(wrong.headers.get('location'), null)
    })

    test('OAU-21 consent is given by a form of ours only, and not inside a frame', async () => {
      const forged = await send('/oauth/authorize', { ...asked(), decision: 'allow', csrf: 'guess' }, cookie)
      assert.equal(forged.status, 403)
      assert.match((await page()).headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    })

    test('OAU-07 a client is known by both halves of its name, in a header or in the form', async () => {
      const other = await registerApplication(w.app, form)
      const ask = { grant_type: 'client_credentials' }
      const id = tusk.application.client_id
      const header = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` })
      assert.equal((await send('/oauth/token', { ...ask, ...own() })).status, 200)
      assert.equal((await send('/oauth/token', ask, header(`${id}:${tusk.secret}`))).status, 200)
      for (const fields of [
        {},
        { client_id: id },
        { client_id: id, client_secret: other.secret },
      ] as Fields[]) {
        const answer = await send('/oauth/token', { ...ask, ...fields })
        assert.equal(answer.status, 401)
        assert.equal(((await answer.json()) as Fields).error, 'invalid_client')
        assert.equal(answer.headers.get('www-authenticate'), null)
      }
      for (const text of [`${id}:wrong`, id, '%zz:%', '']) {
        const answer = await send('/oauth/token', { ...ask }, header(text))
        assert.equal(answer.status, 401, text)
        if (text) assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic /)
      }
    })

    test('OAU-08 an app gets no more for itself than it registered for', async () => {
      const ask = { grant_type: 'client_credentials', ...own() }
      assert.equal((await send('/oauth/token', { ...ask, scope: 'read:statuses' })).status, 200)
      for (const scope of ['write', 'read write', 'nonsense']) {
        const answer = await send('/oauth/token', { ...ask, scope })
        assert.equal(answer.status, 400)
        assert.equal(((await answer.json()) as Fields).error, 'invalid_scope')
      }
    })

    test('OAU-10 passwords and other grants are not taken', async () => {
      for (const grant_type of ['password', 'refresh_token', 'implicit', '']) {
        const login = { username: 'bob', password: 'correct horse battery' }
        const answer = await send('/oauth/token', { grant_type, ...login, ...own() })
        assert.equal(answer.status, 400)
        assert.equal(((await answer.json()) as Fields).error, 'unsupported_grant_type')
      }
    })

    test('OAU-11 only its own client ends a token; of unknown ones nothing is told', async () => {
      const other = await registerApplication(w.app, form)
      const token = await tokenOf(bob.id, ['read'])
      const strangers = { client_id: other.application.client_id, client_secret: other.secret }
      for (const fields of [{}, strangers, { ...own(), client_secret: 'wrong' }] as Fields[]) {
        const answer = await send('/oauth/revoke', { token, ...fields })
        assert.equal(answer.status, 403)
        assert.equal(((await answer.json()) as Fields).error, 'unauthorized_client')
      }
      assert.ok(await findToken(w.app, token))
      assert.equal((await send('/oauth/revoke', { token: 'no-such-token', ...own() })).status, 200)
      assert.equal((await send('/oauth/revoke', { token, ...own() })).status, 200)
      assert.equal(await findToken(w.app, token), null)
      assert.equal((await send('/oauth/revoke', { token, ...own() })).status, 200)
    })

    test('who somebody is needs its own scope, and somebody', async () => {
      const ask = async (userId: number | null, scopes: string[]) => {
        const headers = { Authorization: `Bearer ${await tokenOf(userId, scopes)}` }
        return (await w.anyone.get('/oauth/userinfo', headers)).status
      }
      assert.equal(await ask(bob.id, ['profile']), 200)
      assert.equal(await ask(bob.id, ['read']), 403)
      assert.equal(await ask(null, ['profile']), 422)
    })

    test('OAU-22 the metadata name the configured host, whatever Host was asked for', async () => {
      const split = await world({ database, settings: { WEB_DOMAIN: 'web.here.example' } })
      const path = '/.well-known/oauth-authorization-server'
      for (const host of ['here.example', 'web.here.example']) {
        const answer = await split.anyone.get(path, { Host: host, 'X-Forwarded-Host': 'evil.example' })
        for (const [name, value] of Object.entries(bodyOf(answer)))
          if (/endpoint$|^issuer$/.test(name)) assert.match(String(value), /^https:\/\/web\.here\.example\//)
      }
      assert.equal((await split.anyone.get(path, { Host: 'evil.example' })).status, 421)
      await split.close()
    })
  })
}
