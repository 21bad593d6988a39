import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { SiteSettings } from '#instance/site.ts'
import { saveSite } from '#instance/site.ts'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const PATH = '/auth/sign_up'
const named = (username: string) => ({ username, password: 'long enough for me' })
const zoe = named('zoe')

for (const database of databases) {
  describe(`joining on the page (${database})`, () => {
    let w: World
    let visitor: Browser
    before(async () => {
      w = await world({ database })
    })
    beforeEach(async () => {
      visitor = openBrowser(w)
      await site({ registrations: 'open', single_user: false, min_age: null })
      await w.app.inTransaction(async (tx) => void (await tx.db.deleteFrom('rule').execute()))
    })
    after(() => w.close())

    const domainId = () => w.app.domains.all()[0]?.id ?? 0
    const site = (changes: Partial<SiteSettings>) => saveSite(w.app, domainId(), changes)
    const join = async (fields: Record<string, string>) =>
      visitor.submit(await visitor.get(PATH), PATH, fields)
    const addRule = () =>
      w.app.inTransaction(async (tx) => {
        const row = { id: tx.newId(), domain_id: domainId(), position: 1, text: 'Be kind <b>', hint: '' }
        await tx.db
          .insertInto('rule')
          .values({ ...row, translations: '{}', created_at: tx.now() })
          .execute()
      })

    test('where it is open a new member is in at once, and their profile stands', async () => {
      const done = await join(zoe)
      assert.equal(done.status, 200)
      assert.match(done.text, /@zoe@here\.example/)
      assert.match(done.text, /action="\/auth\/sign_out"/)
      assert.equal((await visitor.get('/settings/account')).status, 200)
      assert.equal((await visitor.get('/@zoe')).status, 200)
      assert.equal((await visitor.get(PATH)).leadsTo, '/')
      assert.equal((await openBrowser(w).signIn('zoe', zoe.password)).status, 303)
    })

    test('rules must be agreed to where there are any', async () => {
      const yves = named('yves')
      await addRule()
      const page = await visitor.get(PATH)
      assert.match(page.text, /Be kind &lt;b&gt;/)
      const refused = await join(yves)
      assert.equal(refused.status, 422)
      assert.match(refused.text, /id="e-agreement"/)
      assert.equal((await join({ ...yves, agreement: '1' })).status, 200)
    })

    test('what was typed stays when something is wrong, but for the password', async () => {
      await addRule()
      const typed = { username: 'no name', email: 'no mail', password: 'short!', agreement: '1' }
      const { status, text } = await join(typed)
      assert.equal(status, 422)
      for (const field of ['username', 'email', 'password']) assert.match(text, new RegExp(`id="e-${field}"`))
      assert.match(text, /value="no name"/)
      assert.match(text, /value="no mail"/)
      assert.match(text, /name="agreement" value="1" checked/)
      assert.doesNotMatch(text, /short!/)
    })

    test('taken and reserved names are refused', async () => {
      const wim = named('wim')
      for (const username of ['alice', 'ALICE', 'admin', 'Setup']) {
        const { status, text } = await join({ ...wim, username })
        assert.equal(status, 422, username)
        assert.match(text, /id="e-username"/)
      }
    })

    test('who is too young stays out, and the date is not kept', async () => {
      const vera = named('vera')
      await site({ min_age: 16 })
      assert.match((await visitor.get(PATH)).text, /name="date_of_birth"/)
      for (const date_of_birth of ['', 'yesterday', '2010-06-02', '2011-02-31'])
        assert.equal((await join({ ...vera, date_of_birth })).status, 422, date_of_birth)
      assert.equal((await join({ ...vera, date_of_birth: '2010-06-01' })).status, 200)
      const rows = await w.app.db
        .selectFrom('user')
        .selectAll()
        .where('age_verified_at', 'is not', null)
        .execute()
      assert.equal(rows.length, 1)
      assert.doesNotMatch(JSON.stringify(rows), /2010-06/)
    })

    test('where staff decides, one waits: not signed in, not shown', async () => {
      const ugo = named('ugo')
      await site({ registrations: 'approved' })
      const done = await join({ ...ugo, reason: 'I like it' })
      assert.equal(done.status, 200)
      assert.equal((await visitor.get('/settings/account')).status, 303)
      assert.equal((await visitor.get('/@ugo')).status, 404)
      const early = await visitor.signIn('ugo', ugo.password)
      assert.equal(early.status, 401)
      assert.match(early.text, /waits/)
    })

    test('a closed door shows no form and takes none', async () => {
      const tess = named('tess')
      const form = await visitor.get(PATH)
      await site({ registrations: 'none' })
      const page = await visitor.get(PATH)
      assert.equal(page.status, 200)
      assert.doesNotMatch(page.text, /name="password"/)
      assert.equal((await visitor.submit(form, PATH, tess)).status, 403)
      await site({ registrations: 'open', single_user: true })
      assert.equal((await visitor.submit(form, PATH, tess)).status, 403)
      assert.equal((await visitor.get('/@tess')).status, 404)
    })

    test('AZ-15 nobody joins as more than a member', async () => {
      await join({
        ...named('sven'),
        role: 'Owner',
        role_id: '3',
        admin: '1',
        approved: '1',
        account_id: '1',
      })
      assert.equal((await visitor.get('/admin/people')).status, 403)
    })
  })

  test(`more than 25 tries in five minutes from one address are too many (${database})`, async () => {
    const w = await world({ database, settings: { RATE_LIMITS: 'on' } })
    const visitor = openBrowser(w, { ip: '2001:db8::1' })
    const form = await visitor.get(PATH)
    for (let turn = 0; turn < 25; turn++)
      assert.equal((await visitor.submit(form, PATH, { username: '' })).status, 422)
    assert.equal((await visitor.submit(form, PATH, zoe)).status, 429)
    await w.close()
  })
}
