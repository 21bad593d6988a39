import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, SETUP_CODE, world } from '../../test/world.ts'

const OPEN = ['/', '/about', '/@alice', '/@alice/with_replies', '/@alice/media', '/tags/anything']
const DOORS = ['/auth/sign_in', '/auth/sign_up', '/auth/password/edit?reset_password_token=x']
const MEMBERS = ['/settings/account', '/admin/people', '/authorize_interaction?uri=x']
const BROKEN = ['/nowhere', '/@nobody', '/@alice/1', '/oauth/authorize?client_id=none', '/setup?code=wrong']

/** A page as it is without the app; the app's own shell is tested in app-pages.test.ts. */
const plain = (path: string) => `${path}?plain=1`

for (const database of databases) {
  describe(`what every page carries (${database})`, () => {
    let w: World
    let alice: Browser
    before(async () => {
      w = await world({ database })
      alice = openBrowser(w)
      await alice.enter('alice')
    })
    after(() => w.close())

    test('WEB-01, WEB-02, WEB-21 the same strict headers on every answer, errors too', async () => {
      for (const browser of [openBrowser(w), alice]) {
        for (const path of [...OPEN, ...DOORS, ...MEMBERS, ...BROKEN]) {
          const { status, headers } = await browser.get(plain(path))
          if (status === 303) continue
          const policy = headers.get('content-security-policy') ?? ''
          assert.match(policy, /^default-src 'none'; .*base-uri 'none'; frame-ancestors 'none'/, path)
          assert.doesNotMatch(policy, /unsafe|\*|script-src/, path)
          assert.equal(headers.get('referrer-policy'), 'same-origin', path)
          assert.equal(headers.get('x-frame-options'), 'DENY', path)
          assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
          assert.match(headers.get('content-type') ?? '', /^text\/html; charset=utf-8$/i, path)
        }
      }
    })

    test('no page holds script or style of its own', async () => {
      for (const path of [...OPEN, ...DOORS, ...MEMBERS, ...BROKEN]) {
        const { text } = await alice.get(plain(path))
        assert.doesNotMatch(
          text,
          /<script(?! type="application\/ld\+json")|<style| style="| on[a-z]+="/,
          path,
        )
      }
    })

    test('what a member or a form sees is kept by no cache; what all see only for seconds', async () => {
      for (const path of OPEN) {
        assert.equal((await alice.get(plain(path))).headers.get('cache-control'), 'private, no-store', path)
        const kept = (await openBrowser(w).get(path)).headers
        assert.match(kept.get('cache-control') ?? '', /^public, max-age=\d\d?$/, path)
        assert.match(kept.get('vary') ?? '', /Cookie/, path)
        assert.equal(kept.get('set-cookie'), null, path)
      }
      for (const path of DOORS)
        assert.equal((await openBrowser(w).get(path)).headers.get('cache-control'), 'private, no-store', path)
    })

    test('WEB-07 every cookie is for this host, over TLS, and out of reach for script', async () => {
      const browser = openBrowser(w)
      const form = await browser.get('/auth/sign_in')
      const cookies = [form, await browser.submit(form, '/auth/sign_in', { login: 'bob', password: 'no' })]
      cookies.push(await browser.signIn('bob'))
      cookies.push(await browser.submit(await browser.get('/about'), '/auth/sign_out'))
      const lines = cookies.flatMap((page) => page.headers.getSetCookie())
      assert.equal(lines.length, 3)
      for (const line of lines) {
        assert.match(
          line,
          /^__Host-[a-z_]+=[A-Za-z0-9_-]*; Path=\/; HttpOnly; SameSite=Lax; Secure(; Max-Age=\d+)?$/,
        )
      }
    })

    test('WEB-10 a Host that is not ours is served by nobody', async () => {
      const stranger = openBrowser(w, { host: 'evil.example' })
      for (const path of [...OPEN, ...DOORS, '/setup', '/admin/people', '/nowhere']) {
        const { status, text } = await stranger.get(path)
        assert.equal(status, 421, path)
        assert.doesNotMatch(text, /evil\.example/)
      }
      const sent = await stranger.post('/auth/sign_in', { login: 'bob', password: 'x' })
      assert.equal(sent.status, 421)
    })

    test('WEB-09 no spelling of a path leads around a guard', async () => {
      const spellings = [
        '/admin/people',
        '//admin/people',
        '/admin//people',
        '/admin/people/',
        '/admin%2fpeople',
        '/%61dmin/people',
        '/ADMIN/people',
        '/x/..%2fadmin/people',
        '/admin/people;x',
        '/admin\\people',
        '/admin/people%00',
        '/settings//account',
        '/settings/account/',
      ]
      for (const path of spellings) {
        const { status, text, leadsTo } = await openBrowser(w).get(path)
        if (status === 303) assert.match(leadsTo, /^\/auth\/sign_in\?/)
        else assert.equal(status, 404, path)
        assert.doesNotMatch(text, /bob@mail\.example/)
      }
    })

    test('WEB-05 the session’s cookie opens no part of the API', async () => {
      const paths = ['/api/v1/accounts/verify_credentials', '/api/v1/timelines/home', '/oauth/userinfo']
      for (const path of paths) assert.equal((await alice.get(path)).status, 401, path)
      const csrf = /name="csrf" value="([^"]+)"/.exec((await alice.get('/about')).text)?.[1] ?? ''
      const sent = await alice.post('/api/v1/statuses', { status: 'by cookie', csrf })
      assert.equal(sent.status, 401)
    })

    test('WEB-06 pages are for no other origin’s script', async () => {
      const evil = { Origin: 'https://evil.example' }
      for (const path of [...OPEN, ...DOORS, ...MEMBERS]) {
        const { headers } = await alice.get(path, evil)
        const allowed = headers.get('access-control-allow-origin')
        assert.ok(allowed === null || allowed === '*', path)
        assert.equal(headers.get('access-control-allow-credentials'), null, path)
      }
    })

    test('a setup page that is over says so', async () => {
      const { status, text } = await openBrowser(w).get(`/setup?code=${SETUP_CODE}`)
      assert.equal(status, 410)
      assert.doesNotMatch(text, /name="password"/)
    })

    test('style and drawings may be kept for ever', async () => {
      const path = /href="(\/assets\/style-[^"]+)"/.exec((await alice.get('/about')).text)?.[1] ?? ''
      const { status, headers } = await alice.get(path)
      assert.equal(status, 200)
      assert.match(headers.get('cache-control') ?? '', /immutable/)
      assert.equal((await alice.get('/assets/style-other.css')).status, 404)
      assert.match((await alice.get('/robots.txt')).text, /Disallow: \/settings\//)
    })
  })
}
