import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createRecovery } from '#auth/recover.ts'
import type { UserRow } from '#auth/users.ts'
import { userByAccount } from '#auth/users.ts'
import { openBrowser } from '../../test/browser.ts'
import { PASSWORD } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const HOUR = 3_600_000
const SETTINGS = '/settings/account'

for (const database of databases) {
  describe(`signing in and out on pages (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const userOf = async (name: 'alice' | 'bob') => (await userByAccount(w.app, w.cast[name].id)) as UserRow

    test('a member comes in by name, handle or mail address, and where they were going', async () => {
      for (const login of [
        'bob',
        'BOB',
        '@bob',
        'bob@here.example',
        '@bob@here.example',
        'Bob@mail.example',
      ]) {
        const browser = openBrowser(w)
        const asked = await browser.get(SETTINGS)
        assert.equal(asked.leadsTo, '/auth/sign_in?next=%2Fsettings%2Faccount')
        const form = await browser.follow(asked)
        const inside = await browser.submit(form, '/auth/sign_in', { login, password: PASSWORD })
        assert.equal(inside.leadsTo, SETTINGS, login)
        assert.match((await browser.follow(inside)).text, /@bob@here\.example/)
      }
    })

    test('ACC-06 a wrong name and a wrong password get one answer', async () => {
      const texts: string[] = []
      for (const login of ['bob', 'nobody']) {
        const browser = openBrowser(w)
        const form = await browser.get('/auth/sign_in')
        const refused = await browser.submit(form, '/auth/sign_in', { login, password: 'not it at all' })
        assert.equal(refused.status, 401)
        assert.doesNotMatch(refused.text, /not it at all/)
        texts.push(refused.text.replaceAll(login, '').replace(/name="csrf" value="[^"]*"/g, ''))
      }
      assert.equal(texts[0], texts[1])
    })

    test('the typed name stays, as text (XSS-21)', async () => {
      const browser = openBrowser(w)
      const login = '"><script>x</script>'
      const form = await browser.get('/auth/sign_in')
      const refused = await browser.submit(form, '/auth/sign_in', { login, password: 'x' })
      assert.match(refused.text, /value="&quot;&gt;&lt;script&gt;x/)
      assert.doesNotMatch(refused.text, /<script>x/)
    })

    test('ACC-01, ACC-03 each sign-in is a session of its own, and after signing out it is worth nothing', async () => {
      const browser = openBrowser(w)
      await browser.signIn('bob')
      const first = browser.cookies.get('__Host-hyrax_session') ?? ''
      assert.equal((await browser.get(SETTINGS)).status, 200)
      await browser.submit(await browser.get('/about'), '/auth/sign_out')
      assert.equal(browser.cookies.has('__Host-hyrax_session'), false)
      await browser.signIn('bob')
      assert.notEqual(browser.cookies.get('__Host-hyrax_session'), first)
      browser.cookies.set('__Host-hyrax_session', first)
      assert.equal((await browser.get(SETTINGS)).status, 303)
    })

    test('a session that a stranger chose is not taken over', async () => {
      const browser = openBrowser(w)
      browser.cookies.set('__Host-hyrax_session', 'planted')
      await browser.signIn('bob')
      assert.notEqual(browser.cookies.get('__Host-hyrax_session'), 'planted')
    })

    test('ACC-04 a reset link works once, ends what was signed in, and dies after six hours', async () => {
      const before = openBrowser(w)
      await before.signIn('bob')
      const link = async () =>
        `/auth/password/edit?reset_password_token=${await createRecovery(w.app, await userOf('bob'))}`
      const browser = openBrowser(w)
      const page = await browser.get(await link())
      assert.match(page.text, /@bob@here\.example/)
      const short = await browser.submit(page, '/auth/password', { password: 'short' })
      assert.equal(short.status, 422)
      const done = await browser.submit(short, '/auth/password', { password: 'a whole new one' })
      assert.equal(done.leadsTo, '/auth/sign_in')
      assert.equal((await before.get(SETTINGS)).status, 303)
      assert.equal((await browser.submit(page, '/auth/password', { password: 'another one' })).status, 404)
      assert.equal((await openBrowser(w).signIn('bob')).status, 401)
      assert.equal((await openBrowser(w).signIn('bob', 'a whole new one')).status, 303)
      const late = await link()
      w.clock.advance(6 * HOUR + 1)
      assert.equal((await browser.get(late)).status, 404)
      for (const word of ['', 'x', '%00', '../x'])
        assert.equal((await browser.get(`/auth/password/edit?reset_password_token=${word}`)).status, 404)
    })

    test('WEB-10 a reset link that an evil Host asked for is never made', async () => {
      const user = await userOf('bob')
      const alice = openBrowser(w)
      await alice.signIn('alice')
      const page = await alice.get('/admin/people')
      const action = `/admin/people/${user.id}/reset-link`
      const made = await alice.post(action, hiddenOf(page.text), { 'X-Forwarded-Host': 'evil.example' })
      assert.equal(made.status, 200)
      assert.match(made.text, /https:\/\/here\.example\/auth\/password\/edit\?reset_password_token=/)
      assert.doesNotMatch(made.text, /evil\.example/)
    })
  })

  test(`ACC-07 after 25 tries an address is told to wait, others are not (${database})`, async () => {
    const w = await world({ database, settings: { RATE_LIMITS: 'on' } })
    const guesser = openBrowser(w, { ip: '192.0.2.1' })
    const form = await guesser.get('/auth/sign_in')
    const guess = (password: string) => guesser.submit(form, '/auth/sign_in', { login: 'x', password })
    // A password over the limit is refused before any work is done for it.
    for (let turn = 0; turn < 25; turn++) assert.equal((await guess('y'.repeat(5000))).status, 401)
    const refused = await guess(PASSWORD)
    assert.equal(refused.status, 429)
    assert.equal((await guesser.signIn('bob')).status, 429)
    assert.equal((await openBrowser(w, { ip: '192.0.2.2' }).signIn('bob')).status, 303)
    w.clock.advance(5 * 60_000)
    assert.equal((await guesser.signIn('bob')).status, 303)
    await w.close()
  })
}

const hiddenOf = (text: string) => ({ csrf: /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '' })
