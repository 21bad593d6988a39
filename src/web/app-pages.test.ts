import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

type Boot = { token: string; me: { username: string }; home: { id: string; content: string }[] | null }
const bootOf = (text: string): Boot =>
  JSON.parse(/<script type="application\/json" id="boot">(.*?)<\/script>/s.exec(text)?.[1] ?? 'null')

for (const database of databases) {
  describe(`the member app's shell (${database})`, () => {
    let w: World
    let bob: Browser
    beforeEach(async () => {
      w = await world({ database })
      bob = openBrowser(w)
      await bob.enter('bob')
    })
    afterEach(() => w.close())

    const verify = (token: string) =>
      w.site.request('https://here.example/api/v1/accounts/verify_credentials', {
        headers: { Host: 'here.example', Authorization: `Bearer ${token}` },
      })

    test('a member finds home with its first posts in the document, and nobody else does', async () => {
      await w.as('bob').post('/api/v1/statuses', { status: 'first light' })
      const shell = await bob.get('/home')
      assert.equal(shell.status, 200)
      const boot = bootOf(shell.text)
      assert.equal(boot.me.username, 'bob')
      assert.match(boot.home?.[0]?.content ?? '', /first light/)
      assert.equal(shell.headers.get('cache-control'), 'private, no-store')
      const stranger = await openBrowser(w).get('/home')
      assert.equal(stranger.leadsTo, '/auth/sign_in?next=%2Fhome')
    })

    test('WEB-01 the shell runs only pieces of this server, and no inline script', async () => {
      const shell = await bob.get('/home')
      const policy = shell.headers.get('content-security-policy') ?? ''
      assert.match(policy, /script-src 'self';/)
      assert.doesNotMatch(policy, /unsafe/)
      const scripts = [...shell.text.matchAll(/<script\b([^>]*)>/g)].map(([, attributes]) => attributes ?? '')
      const run = scripts.filter((attributes) => !attributes.includes('application/'))
      assert.ok(run.length > 0)
      for (const attributes of run) assert.match(attributes, /src="\/assets\/app\//)
      for (const [, path = ''] of shell.text.matchAll(/(?:src|href)="(\/assets\/app\/[^"]+)"/g))
        assert.equal((await bob.get(path)).status, 200)
    })

    test('WEB-05 the app has a token of its own, the same at every visit, which ends with the session', async () => {
      const { token } = bootOf((await bob.get('/home')).text)
      assert.equal(bootOf((await bob.get('/notifications')).text).token, token)
      assert.equal((await verify(token)).status, 200)
      const page = await bob.get('/settings/account')
      await bob.submit(page, '/auth/sign_out')
      assert.equal((await verify(token)).status, 401)
    })

    test('a member is led from the front page home, and may have the plain pages all the same', async () => {
      assert.equal((await bob.get('/')).leadsTo, '/home')
      assert.match((await bob.get('/@alice')).text, /id="boot"/)
      const plain = await bob.get('/@alice?plain=1')
      assert.doesNotMatch(plain.text, /id="boot"/)
      assert.match(plain.text, /@alice@here\.example/)
      assert.doesNotMatch((await openBrowser(w).get('/@alice')).text, /id="boot"/)
    })

    test('what a post says can never end the data block it lies in', async () => {
      await w.as('bob').post('/api/v1/statuses', { status: '</script><script>alert(1)</script>' })
      const shell = await bob.get('/home')
      assert.doesNotMatch(shell.text, /<script>alert/)
      assert.match(bootOf(shell.text).home?.[0]?.content ?? '', /alert\(1\)/)
    })
  })
}
