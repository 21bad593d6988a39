import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createOAuthAPIClient, createRestAPIClient } from 'masto'
import { openBrowser } from '../browser.ts'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage, SCOPES } from './stage.ts'

const SHOWN = 'urn:ietf:wg:oauth:2.0:oob'
const CALLBACK = 'tusk://signed-in'

for (const database of databases) {
  describe(`masto.js signs in (${database})`, () => {
    let stage: ClientStage
    before(async () => {
      stage = await clientStage(database)
    })
    after(() => stage.close())

    const register = async () => {
      const form = { clientName: 'Tusk', redirectUris: `${SHOWN}\n${CALLBACK}`, scopes: SCOPES }
      const app = await stage.anyone.v1.apps.create(form)
      return { clientId: String(app.clientId), clientSecret: String(app.clientSecret) }
    }
    const oauth = () => createOAuthAPIClient({ url: stage.url })
    const as = (accessToken: string) => createRestAPIClient({ url: stage.url, accessToken })

    /** What the person does whom an app has sent here: signs in, and consents. */
    async function consent(path: string) {
      const browser = openBrowser(stage.w)
      const asked = await browser.get(path)
      assert.match(asked.leadsTo, /^\/auth\/sign_in/)
      const form = await browser.follow(asked)
      const signedIn = await browser.submit(form, '/auth/sign_in', {
        login: 'bob',
        password: 'correct horse battery',
      })
      const page = await browser.follow(signedIn)
      assert.match(page.text, /Tusk/)
      return { browser, decided: await browser.submit(page, '/oauth/authorize', { decision: 'allow' }) }
    }

    test('an app that has an address gets its code there, and a token for it with its verifier (PKCE)', async () => {
      const app = await register()
      const verifier = randomBytes(32).toString('base64url')
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: app.clientId,
        redirect_uri: CALLBACK,
        scope: SCOPES,
        state: 'st',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })
      const { decided } = await consent(`/oauth/authorize?${query}`)
      const back = new URL(decided.leadsTo)
      assert.deepEqual([back.protocol, back.searchParams.get('state')], ['tusk:', 'st'])
      const grant = {
        grantType: 'authorization_code' as const,
        ...app,
        redirectUri: CALLBACK,
        code: String(back.searchParams.get('code')),
      }
      await assert.rejects(oauth().token.create({ ...grant, codeVerifier: 'another one' } as typeof grant))
      const again = await consent(`/oauth/authorize?${query}`)
      const code = String(new URL(again.decided.leadsTo).searchParams.get('code'))
      const token = await oauth().token.create({ ...grant, code, codeVerifier: verifier } as typeof grant)
      assert.equal(token.scope, SCOPES)
      assert.equal((await as(token.accessToken).v1.accounts.verifyCredentials()).username, 'bob')
      assert.equal((await as(token.accessToken).v1.apps.verifyCredentials()).name, 'Tusk')
      await oauth().revoke({ ...app, token: token.accessToken })
      await assert.rejects(as(token.accessToken).v1.accounts.verifyCredentials(), { status: 401 })
    })

    test('an app without an address asks with a slash at the end of the path, and is shown its code', async () => {
      const app = await register()
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: app.clientId,
        redirect_uri: SHOWN,
        scope: 'read write',
      })
      const { browser, decided } = await consent(`/oauth/authorize/?${query}`)
      const page = await browser.follow(decided)
      const code = /<output[^>]*>([^<]+)<\/output>/.exec(page.text)?.[1] ?? ''
      const grant = { grantType: 'authorization_code' as const, ...app, redirectUri: SHOWN, code }
      const token = await oauth().token.create(grant)
      assert.equal(token.scope, 'read write')
      const posted = await as(token.accessToken).v1.statuses.create({ status: 'by way of a code' })
      assert.equal(posted.account.username, 'bob')
      await assert.rejects(oauth().token.create(grant))
    })

    test('an app registers itself, gets a token of its own and signs somebody up', async () => {
      const app = await register()
      const grant = { grantType: 'client_credentials' as const, ...app, redirectUri: SHOWN, scope: SCOPES }
      const token = await oauth().token.create(grant)
      const made = await as(token.accessToken).v1.accounts.create({
        username: 'eve',
        email: 'eve@mail.example',
        password: 'eight good letters',
        agreement: true,
        locale: 'en',
      })
      assert.ok(made.accessToken)
      assert.equal((await stage.anyone.v2.instance.fetch()).domain, 'here.example')
      assert.match((await stage.anyone.v1.instance.fetch()).version, /^4\.\d+\.\d+ \(compatible; /)
      await assert.rejects(as(token.accessToken).v1.statuses.create({ status: 'nobody' }), {
        status: 422,
      })
    })
  })
}
