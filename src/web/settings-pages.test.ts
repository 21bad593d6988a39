import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import { PASSWORD } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const PAGE = '/settings/account'
const CHANGE = '/settings/password'

for (const database of databases) {
  describe(`the account page (${database})`, () => {
    let w: World
    let here: Browser
    let there: Browser
    beforeEach(async () => {
      w = await world({ database })
      here = openBrowser(w)
      there = openBrowser(w, { ip: '198.51.100.7' })
      await here.enter('bob')
      await there.enter('bob')
    })
    afterEach(() => w.close())

    const change = async (current_password: string, password: string, headers = {}) => {
      const page = await here.get(PAGE)
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
      return here.post(CHANGE, { csrf, current_password, password }, headers)
    }
    const isIn = async (browser: Browser) => (await browser.get(PAGE)).status === 200

    test('ACC-02 a changed password signs everybody out but who changed it', async () => {
      const bob = w.as('bob')
      assert.equal((await bob.get('/api/v1/accounts/verify_credentials')).status, 200)
      const firefox = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0' }
      const old = new Map(here.cookies)
      const done = await change(PASSWORD, 'a whole new one', firefox)
      assert.equal(done.leadsTo, PAGE)
      const page = await here.follow(done)
      assert.match(page.text, /Firefox on Linux/)
      assert.equal(await isIn(there), false)
      assert.equal((await bob.get('/api/v1/accounts/verify_credentials')).status, 401)
      const replayed = openBrowser(w)
      for (const [name, value] of old) replayed.cookies.set(name, value)
      assert.equal(await isIn(replayed), false)
      assert.equal((await openBrowser(w).signIn('bob')).status, 401)
    })

    test('a wrong present password or a weak new one changes nothing, and says by which field', async () => {
      for (const [current, fresh, field] of [
        ['not mine at all', 'a whole new one', 'current_password'],
        [PASSWORD, 'short', 'password'],
        [PASSWORD, '', 'password'],
        [PASSWORD, 'x'.repeat(5000), 'password'],
      ] as const) {
        const refused = await change(current, fresh)
        assert.equal(refused.status, 422)
        assert.match(refused.text, new RegExp(`id="e-${field}"`))
        assert.doesNotMatch(refused.text, /not mine at all|a whole new one/)
      }
      assert.equal(await isIn(there), true)
      assert.equal((await openBrowser(w).signIn('bob')).status, 303)
    })

    test('ACC-27 a session ended from another browser is out at once', async () => {
      const page = await here.get(PAGE)
      assert.match(page.text, /198\.51\.100\.7/)
      const action = /action="(\/settings\/sessions\/\d+\/end)"/.exec(page.text)?.[1] ?? ''
      assert.equal(await isIn(there), true)
      await here.submit(page, action)
      assert.equal(await isIn(there), false)
      assert.equal(await isIn(here), true)
    })

    test('all others are ended together', async () => {
      const third = openBrowser(w)
      await third.enter('bob')
      assert.equal(await isIn(third), true)
      await here.submit(await here.get(PAGE), '/settings/sessions/end_others')
      assert.deepEqual([await isIn(here), await isIn(there), await isIn(third)], [true, false, false])
    })

    test('AZ-10 nobody ends the session of somebody else', async () => {
      const [theirs] = await w.app.db.selectFrom('session').select('id').execute()
      const mallory = openBrowser(w)
      await mallory.enter('mallory')
      const csrf = /name="csrf" value="([^"]+)"/.exec((await mallory.get(PAGE)).text)?.[1] ?? ''
      await mallory.post(`/settings/sessions/${theirs?.id}/end`, { csrf })
      assert.deepEqual([await isIn(here), await isIn(there)], [true, true])
      assert.doesNotMatch((await mallory.get(PAGE)).text, /198\.51\.100\.7/)
    })
  })

  test(`ACC-08 a password is changed ten times in ten minutes at most (${database})`, async () => {
    const w = await world({ database, settings: { RATE_LIMITS: 'on' } })
    const browser = openBrowser(w)
    await browser.enter('bob')
    const page = await browser.get(PAGE)
    // Too long to be anybody's: refused without the work of checking it.
    const wrong = { current_password: 'x'.repeat(5000), password: 'a whole new one' }
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    for (let turn = 0; turn < 10; turn++)
      assert.equal((await browser.post(CHANGE, { csrf, ...wrong })).status, 422)
    const refused = await browser.post(CHANGE, { csrf, current_password: PASSWORD, password: 'another one' })
    assert.equal(refused.status, 429)
    await w.close()
  })
}
