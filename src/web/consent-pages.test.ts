import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { disableUser } from '#auth/sign-up.ts'
import { userByAccount } from '#auth/users.ts'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import { PASSWORD } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const CALLBACK = 'https://app.example/back?keep=1'
const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'
const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789'
const challenge = createHash('sha256').update(VERIFIER).digest('base64url')
const PATH = '/oauth/authorize'

type Registered = { client_id: string; client_secret: string }

for (const database of databases) {
  describe(`letting an app in (${database})`, () => {
    let w: World
    let app: Registered
    let bob: Browser
    before(async () => {
      w = await world({ database })
    })
    beforeEach(async () => {
      app = await register({})
      bob = openBrowser(w)
    })
    after(() => w.close())

    const register = async (fields: Record<string, unknown>) => {
      const usual = { client_name: 'Trunk', redirect_uris: [CALLBACK, OUT_OF_BAND, 'trunk://in'] }
      const scopes = 'read write push profile'
      const answer = await w.anyone.post('/api/v1/apps', { ...usual, scopes, ...fields })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Registered
    }
    const asking = (fields: Record<string, string> = {}) => {
      const usual = { response_type: 'code', client_id: app.client_id, redirect_uri: CALLBACK, scope: 'read' }
      return `${PATH}?${new URLSearchParams({ ...usual, ...fields })}`
    }
    const exchange = (fields: Record<string, string>) => {
      const { client_id, client_secret } = app
      const usual = { grant_type: 'authorization_code', client_id, client_secret, redirect_uri: CALLBACK }
      return w.anyone.post('/oauth/token', { ...usual, ...fields })
    }

    test('from nothing to a working token, without script', async () => {
      const state = 'a b&c=d/é%"'
      const asked = await bob.get(
        asking({ state, scope: 'read write', code_challenge: challenge, code_challenge_method: 'S256' }),
      )
      assert.match(asked.leadsTo, /^\/auth\/sign_in\?next=/)
      const door = await bob.follow(asked)
      assert.match(door.text, /Sign in to let Trunk ask for access/)
      const inside = await bob.submit(door, '/auth/sign_in', { login: 'bob', password: PASSWORD })
      const consent = await bob.follow(inside)
      assert.equal(consent.status, 200)
      assert.match(consent.text, /Trunk/)
      assert.match(consent.text, /app\.example/)
      const { searchParams: sent, origin } = new URL(
        (await bob.submit(consent, PATH, { decision: 'allow' })).leadsTo,
      )
      assert.equal(origin, 'https://app.example')
      assert.equal(sent.get('keep'), '1')
      assert.equal(sent.get('state'), state)
      const metadata = (await w.anyone.get('/.well-known/oauth-authorization-server')).body
      assert.equal(sent.get('iss'), (metadata as { issuer: string }).issuer)
      const { body, status } = await exchange({ code: sent.get('code') ?? '', code_verifier: VERIFIER })
      assert.equal(status, 200)
      const { access_token, scope } = body as { access_token: string; scope: string }
      assert.equal(scope, 'read write')
      const who = await w.anyone.get('/api/v1/accounts/verify_credentials', {
        Authorization: `Bearer ${access_token}`,
      })
      assert.equal((who.body as { username: string }).username, 'bob')
    })

    test('OAU-20 an app without an address gets its code by copying, from a page that leaks nothing', async () => {
      await bob.enter('bob')
      const consent = await bob.get(asking({ redirect_uri: OUT_OF_BAND }))
      const page = await bob.submit(consent, PATH, { decision: 'allow' })
      assert.equal(page.status, 200)
      assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
      assert.equal(page.headers.get('cache-control'), 'private, no-store')
      const code = /<output[^>]*>([^<]+)<\/output>/.exec(page.text)?.[1] ?? ''
      assert.doesNotMatch(/<title>.*<\/title>/.exec(page.text)?.[0] ?? '', new RegExp(code))
      assert.equal((await exchange({ code, redirect_uri: OUT_OF_BAND })).status, 200)
    })

    test('an app may insist that people sign in anew, and then asks as before', async () => {
      await bob.enter('bob')
      const asked = await bob.get(asking({ state: 's', force_login: 'true', lang: 'de' }))
      assert.match(asked.leadsTo, /^\/auth\/sign_in\?next=.+&again=1$/)
      const door = await bob.follow(asked)
      assert.match(door.text, /Sign in to let Trunk ask for access/)
      const consent = await bob.follow(
        await bob.submit(door, '/auth/sign_in', { login: 'bob', password: PASSWORD }),
      )
      const { searchParams: sent } = new URL((await bob.submit(consent, PATH, { decision: 'allow' })).leadsTo)
      assert.equal(sent.get('state'), 's')
      assert.equal((await exchange({ code: sent.get('code') ?? '' })).status, 200)
    })

    test('a refusal is told to the app, and to nobody where it has no address', async () => {
      await bob.enter('bob')
      const refused = await bob.submit(await bob.get(asking({ state: 's' })), PATH, { decision: 'refuse' })
      const { searchParams: told } = new URL(refused.leadsTo)
      assert.equal(told.get('error'), 'access_denied')
      assert.equal(told.get('state'), 's')
      assert.equal(told.get('code'), null)
      const alone = await bob.get(asking({ redirect_uri: OUT_OF_BAND }))
      assert.equal((await bob.submit(alone, PATH, { decision: 'refuse' })).status, 403)
      assert.equal((await bob.submit(alone, PATH, {})).status, 403)
    })

    test('OAU-01, OAU-02 an address that is not the registered one is never gone to', async () => {
      await bob.enter('bob')
      for (const redirect_uri of [
        'https://evil.example/',
        'https://app.example/back',
        `${CALLBACK}&x=1`,
        `${CALLBACK}#x`,
        'https://app.example/back/../back?keep=1',
        'https://app.example:443/back?keep=1',
        'https://x@app.example/back?keep=1',
        'https://APP.example/back?keep=1',
        'http://app.example/back?keep=1',
        'trunk://in/more',
        '',
      ]) {
        for (const decision of ['', 'allow']) {
          const page = decision
            ? await bob.submit(await bob.get(asking()), PATH, { redirect_uri, decision })
            : await bob.get(asking({ redirect_uri }))
          assert.equal(page.status, 400, redirect_uri)
          assert.equal(page.headers.get('location'), null)
        }
      }
      assert.equal((await bob.get(asking({ client_id: 'none' }))).status, 400)
    })

    test('the port of a loopback address is the app’s own choice (RFC 8252)', async () => {
      app = await register({ redirect_uris: 'http://127.0.0.1/in\nhttp://[::1]:1/in' })
      await bob.enter('bob')
      for (const redirect_uri of ['http://127.0.0.1:4567/in', 'http://[::1]:9/in', 'http://127.0.0.1/in'])
        assert.equal((await bob.get(asking({ redirect_uri }))).status, 200, redirect_uri)
      for (const redirect_uri of ['http://127.0.0.1:4567/out', 'http://127.0.0.2/in', 'http://localhost/in'])
        assert.equal((await bob.get(asking({ redirect_uri }))).status, 400, redirect_uri)
    })

    test('what is wrong with the request itself is told to the app', async () => {
      await bob.enter('bob')
      for (const [fields, error] of [
        [{ response_type: 'token' }, 'unsupported_response_type'],
        [{ scope: 'admin:read' }, 'invalid_scope'],
        [{ scope: 'nonsense' }, 'invalid_scope'],
        [{ code_challenge: VERIFIER, code_challenge_method: 'plain' }, 'invalid_request'],
        [{ code_challenge: challenge }, 'invalid_request'],
      ] as const) {
        const { leadsTo } = await bob.get(asking({ ...fields, state: 's' }))
        const { searchParams: told } = new URL(leadsTo)
        assert.equal(told.get('error'), error)
        assert.equal(told.get('state'), 's')
        const alone = await bob.get(asking({ ...fields, redirect_uri: OUT_OF_BAND }))
        assert.equal(alone.status, 400)
        assert.equal(alone.headers.get('location'), null)
      }
    })

    test('OAU-15 who has let an app in before is asked again', async () => {
      await bob.enter('bob')
      for (const scope of ['read', 'read', 'read write']) {
        const page = await bob.get(asking({ scope }))
        assert.equal(page.status, 200)
        await bob.submit(page, PATH, { decision: 'allow' })
      }
    })

    test('an app on the same device is gone back to by its own scheme', async () => {
      await bob.enter('bob')
      const page = await bob.get(asking({ redirect_uri: 'trunk://in' }))
      assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self' trunk:/)
      const back = await bob.submit(page, PATH, { decision: 'allow' })
      assert.match(back.leadsTo, /^trunk:\/\/in\/?\?code=/)
    })

    test('another account can be chosen on the way', async () => {
      await bob.enter('mallory')
      const out = await bob.submit(await bob.get(asking()), '/auth/sign_out')
      const door = await bob.follow(out)
      const inside = await bob.submit(door, '/auth/sign_in', { login: 'bob', password: PASSWORD })
      assert.match((await bob.follow(inside)).text, /@bob@here\.example/)
    })

    test('XSS-16 an app’s name and website are text, and only a web address is one', async () => {
      app = await register({ client_name: '<img src=x onerror=a()>', website: 'https://app.example/"><b>' })
      await bob.enter('bob')
      const { text } = await bob.get(asking({ state: '"><script>' }))
      assert.doesNotMatch(text, /<img src=x|<b>"|"><script>|href="https:\/\/app\.example\/"/)
      const refused = { client_name: 'x', redirect_uris: CALLBACK, website: 'javascript:alert(1)' }
      assert.equal((await w.anyone.post('/api/v1/apps', refused)).status, 422)
    })

    test('XSS-21 a code shown by address is shown as text, to members alone', async () => {
      const path = `/oauth/authorize/native?code=${encodeURIComponent('<script>x</script>')}`
      assert.equal((await bob.get(path)).status, 401)
      await bob.enter('bob')
      assert.match((await bob.get(path)).text, /&lt;script&gt;x/)
    })

    test('OAU-13 whose account is frozen between consent and exchange gets no token', async () => {
      await bob.enter('bob')
      const back = await bob.submit(await bob.get(asking()), PATH, { decision: 'allow' })
      const code = new URL(back.leadsTo).searchParams.get('code') ?? ''
      const user = await userByAccount(w.app, w.cast.bob.id)
      assert.ok(user)
      await disableUser(w.app, user)
      assert.equal((await exchange({ code })).status, 400)
    })
  })
}
