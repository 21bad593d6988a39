import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { Refusal } from '#platform/errors.ts'
import { randomToken } from '#platform/secrets.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { OUT_OF_BAND, registerApplication } from './apps.ts'
import { changePassword } from './change-password.ts'
import { exchangeCode, grantCode, issuerOf, metadataOf, OAuthRefusal, readAuthorizeRequest } from './oauth.ts'
import { findToken } from './tokens.ts'
import type { ApplicationRow, UserRow } from './users.ts'
import { userByAccount } from './users.ts'

const CALLBACK = 'https://app.example/callback'
const LOOPBACK = 'http://127.0.0.1/back'
const MINUTE = 60_000
const verifier = randomToken()
const challenge = createHash('sha256').update(verifier).digest('base64url')
const proven = { code_challenge: challenge, code_challenge_method: 'S256' }
const untrusted = (error: unknown) => (error as Refusal).kind === 'invalid'
const badGrant = (error: unknown) => error instanceof OAuthRefusal && error.error === 'invalid_grant'

for (const database of databases) {
  describe(`OAuth (${database})`, () => {
    let w: World
    let bob: UserRow
    let tusk: ApplicationRow
    let other: ApplicationRow
    before(async () => {
      w = await world({ database })
      bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
      const form = {
        name: 'Tusk',
        redirectUris: [CALLBACK, LOOPBACK, OUT_OF_BAND],
        scopes: 'read write:media',
      }
      tusk = (await registerApplication(w.app, form)).application
      other = (await registerApplication(w.app, form)).application
    })
    after(() => w.close())

    const ask = (changes: Record<string, string> = {}) =>
      readAuthorizeRequest(w.app, {
        response_type: 'code',
        client_id: tusk.client_id,
        redirect_uri: CALLBACK,
        ...changes,
      })
    const codeFor = async (changes: Record<string, string> = {}) => grantCode(w.app, bob, await ask(changes))
    const exchange = (code: string, changes: { redirectUri?: string; verifier?: string } = {}, app = tusk) =>
      exchangeCode(w.app, app, { code, redirectUri: CALLBACK, verifier: undefined, ...changes })

    test('a code becomes a token of the member who gave it, with what they agreed to', async () => {
      const { token, scopes } = await exchange(await codeFor({ scope: 'read:statuses write:media' }))
      assert.deepEqual(scopes, ['read:statuses', 'write:media'])
      const found = await findToken(w.app, token)
      assert.equal(found?.viewer?.account.id, w.cast.bob.id)
      assert.deepEqual(found?.scopes, scopes)
    })

    test('an app that does not say reads; spaces around the scopes do not matter', async () => {
      assert.deepEqual((await ask()).scopes, ['read'])
      assert.deepEqual((await ask({ scope: ' ' })).scopes, ['read'])
      assert.deepEqual((await ask({ scope: ' read  write:media ' })).scopes, ['read', 'write:media'])
    })

    test('OAU-01 an unknown client or address is thrown, not sent back', async () => {
      for (const changes of [
        { client_id: 'nobody' },
        { client_id: '' },
        { redirect_uri: '' },
        { redirect_uri: 'https://evil.example/callback' },
      ] as Record<string, string>[]) {
        await assert.rejects(ask(changes), untrusted)
      }
    })

    test('OAU-02 an address that is nearly the registered one is another address', async () => {
      for (const uri of [
        `${CALLBACK}/`,
        `${CALLBACK}/more`,
        `${CALLBACK}?a=b`,
        `${CALLBACK}#a`,
        'https://app.example/callbac',
        'https://app.example/x/../callback',
        'https://app.example/Callback',
        'https://APP.example/callback',
        'https://app.example:443/callback',
        'https://user@app.example/callback',
        'https://app.example@evil.example/callback',
        'http://app.example/callback',
        ' https://app.example/callback',
      ]) {
        await assert.rejects(ask({ redirect_uri: uri }), untrusted, uri)
      }
    })

    test('OAU-02 only the port of a loopback address is free', async () => {
      assert.equal((await ask({ redirect_uri: 'http://127.0.0.1:51004/back' })).error, undefined)
      for (const uri of [
        'http://127.0.0.1:51004/other',
        'http://127.0.0.1:51004@evil.example/back',
        'http://user@127.0.0.1:51004/back',
        'http://127.0.0.1:99999/back',
        'http://127.0.0.1:/back',
        'https://127.0.0.1:51004/back',
        'http://localhost:51004/back',
      ]) {
        await assert.rejects(ask({ redirect_uri: uri }), untrusted, uri)
      }
    })

    test('OAU-04 of twenty exchanges of one code one succeeds, and trying again ended its token', async () => {
      const code = await codeFor()
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => exchange(code)))
      const tokens = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value.token] : []))
      assert.equal(tokens.length, 1)
      assert.ok(tries.every((each) => each.status === 'fulfilled' || badGrant(each.reason)))
      assert.equal(await findToken(w.app, tokens[0] ?? ''), null)
    })

    test('OAU-04 a token that is in use ends when its code comes again', async () => {
      const code = await codeFor()
      const { token } = await exchange(code)
      assert.ok(await findToken(w.app, token))
      await assert.rejects(exchange(code), badGrant)
      assert.equal(await findToken(w.app, token), null)
    })

    test('OAU-05 a code is for one client, at one address, for ten minutes', async () => {
      const code = await codeFor()
      await assert.rejects(exchange(code, {}, other), badGrant)
      // The wrong client did not use it up.
      assert.ok(await exchange(code))
      await assert.rejects(exchange(await codeFor(), { redirectUri: LOOPBACK }), badGrant)
      const late = await codeFor()
      w.clock.advance(11 * MINUTE)
      await assert.rejects(exchange(late), badGrant)
      await assert.rejects(exchange('no-such-code'), badGrant)
    })

    test('OAU-06 a challenge needs its verifier', async () => {
      assert.ok(await exchange(await codeFor(proven), { verifier }))
      for (const wrong of [undefined, '', challenge, randomToken(), 'short']) {
        const given = wrong === undefined ? {} : { verifier: wrong }
        await assert.rejects(exchange(await codeFor(proven), given), badGrant, wrong)
      }
    })

    test('OAU-06 a verifier without a challenge says that the challenge was taken out', async () => {
      await assert.rejects(exchange(await codeFor(), { verifier }), badGrant)
    })

    test('OAU-06 challenges other than S256 are refused before anybody consents', async () => {
      for (const changes of [
        { code_challenge: verifier, code_challenge_method: 'plain' },
        { code_challenge: challenge },
        { code_challenge_method: 'S256' },
        { code_challenge: 'short', code_challenge_method: 'S256' },
      ]) {
        assert.equal((await ask(changes as Record<string, string>)).error, 'invalid_request')
      }
    })

    test('OAU-08 an app is given no more than it registered for', async () => {
      assert.equal((await ask({ scope: 'read:statuses write:media' })).error, undefined)
      for (const scope of ['write', 'read write', 'write:statuses', 'push', 'admin:read', 'nonsense']) {
        assert.equal((await ask({ scope })).error, 'invalid_scope', scope)
      }
    })

    test('only codes are given out', async () => {
      for (const response_type of ['token', 'id_token', '']) {
        assert.equal((await ask({ response_type })).error, 'unsupported_response_type')
      }
    })

    test('ACC-02 a code that waits is worth nothing after the password was changed', async () => {
      const code = await codeFor()
      const change = { current: 'correct horse battery', password: 'another horse', ip: '192.0.2.1' }
      await changePassword(w.app, bob, change)
      await assert.rejects(exchange(code), badGrant)
    })

    test('OAU-17 neither code nor token can be read from the database', async () => {
      const code = await codeFor()
      const { token } = await exchange(code)
      const rows = JSON.stringify([
        await w.app.db.selectFrom('grant').selectAll().execute(),
        await w.app.db.selectFrom('token').selectAll().execute(),
      ])
      assert.equal(rows.includes(code), false)
      assert.equal(rows.includes(token), false)
    })

    test('OAU-22 the metadata speak of the configured origin, under one issuer', () => {
      const domain = w.app.domains.all()[0]
      assert.ok(domain)
      const metadata = metadataOf(domain)
      assert.equal(metadata.issuer, issuerOf(domain))
      assert.equal(metadata.token_endpoint, 'https://here.example/oauth/token')
      assert.deepEqual(metadata.code_challenge_methods_supported, ['S256'])
      assert.equal(metadata.grant_types_supported.includes('password'), false)
    })
  })
}
