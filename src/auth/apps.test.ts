import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Refusal } from '#platform/errors.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { ApplicationForm } from './apps.ts'
import {
  applicationByClient,
  authenticateClient,
  OUT_OF_BAND,
  ownApplication,
  redirectUrisOf,
  registerApplication,
} from './apps.ts'

const form: ApplicationForm = { name: 'Tusk', redirectUris: ['https://app.example/callback'] }
const refused = (error: unknown) => (error as Refusal).kind === 'invalid'

for (const database of databases) {
  describe(`applications (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())
    const register = (changes: Partial<ApplicationForm>) =>
      registerApplication(w.app, { ...form, ...changes })

    test('an application reads unless it asks for more', async () => {
      assert.equal((await register({})).application.scopes, 'read')
      assert.equal((await register({ scopes: '' })).application.scopes, 'read')
      assert.equal((await register({ scopes: 'read write push' })).application.scopes, 'read write push')
    })

    test('OAU-08 a scope that does not exist is refused', async () => {
      await assert.rejects(register({ scopes: 'read crypto' }), refused)
    })

    test('addresses come as a list or one a line, of any scheme that leads to an app', async () => {
      const uris = ['https://app.example/a', 'tusk://back', 'com.example.tusk:/back', 'http://127.0.0.1/back']
      const listed = await register({ redirectUris: [...uris, OUT_OF_BAND] })
      assert.deepEqual(redirectUrisOf(listed.application), [...uris, OUT_OF_BAND])
      const lines = await register({ redirectUris: [uris.join('\n')] })
      assert.deepEqual(redirectUrisOf(lines.application), uris)
    })

    test('OAU-03 addresses that run script or carry content are refused', async () => {
      for (const uri of [
        'javascript:alert(1)',
        'JavaScript:alert(1)',
        '\u0001javascript:alert(1)',
        'data:text/html,<script>alert(1)</script>',
        'vbscript:msgbox(1)',
        'blob:https://app.example/1',
        'file:///etc/passwd',
        'about:blank',
      ]) {
        await assert.rejects(register({ redirectUris: [uri] }), refused, uri)
        await assert.rejects(register({ redirectUris: [`https://app.example/\n${uri}`] }), refused, uri)
      }
    })

    test('addresses that are none, or have a fragment, are refused', async () => {
      for (const uri of ['', ' ', '/callback', 'app.example', 'https://app.example/#here', 'https://a/#']) {
        await assert.rejects(register({ redirectUris: [uri] }), refused, uri)
      }
      await assert.rejects(register({ redirectUris: [] }), refused)
    })

    test('OAU-14 names, addresses and websites have a longest length', async () => {
      const long = `https://app.example/${'a'.repeat(2000)}`
      assert.ok(await register({ name: '🐘'.repeat(60) }))
      for (const changes of [
        { name: '' },
        { name: ' ' },
        { name: 'a'.repeat(61) },
        { redirectUris: [long] },
        { redirectUris: Array.from({ length: 51 }, (_, n) => `https://app.example/${n}`) },
        { website: long },
      ]) {
        await assert.rejects(register(changes), refused, JSON.stringify(changes).slice(0, 80))
      }
    })

    test('a website is a web page', async () => {
      assert.equal(
        (await register({ website: 'https://app.example' })).application.website,
        'https://app.example',
      )
      for (const website of ['javascript:alert(1)', 'app.example', 'mailto:app@app.example']) {
        await assert.rejects(register({ website }), refused, website)
      }
    })

    test('OAU-07 an application is known by its own secret only, and the database does not hold it', async () => {
      const [one, other] = [await register({}), await register({})]
      const { client_id: id } = one.application
      assert.equal((await authenticateClient(w.app, id, one.secret))?.id, one.application.id)
      for (const secret of [other.secret, '', one.application.secret_hash, `${one.secret} `]) {
        assert.equal(await authenticateClient(w.app, id, secret), null)
      }
      assert.equal(await authenticateClient(w.app, 'nobody', one.secret), null)
      assert.equal(JSON.stringify(await applicationByClient(w.app, id)).includes(one.secret), false)
    })

    test('the command line has one application, and nobody can pass for it', async () => {
      const ids = await Promise.all([
        ownApplication(w.app, 'hyrax-command-line'),
        ownApplication(w.app, 'hyrax-command-line'),
      ])
      assert.equal(ids[0]?.id, ids[1]?.id)
      assert.equal(await authenticateClient(w.app, 'hyrax-command-line', ''), null)
    })
  })
}
