import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { signUpByKeeper } from '#auth/sign-up.ts'
import { siteOf } from '#instance/site.ts'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, SETUP_CODE, world } from '../../test/world.ts'

const PATH = `/setup?code=${SETUP_CODE}`
const right = { domain: 'here.example', audience: 'open', owner: 'olga', password: 'long enough', disk: '20' }

for (const database of databases) {
  describe(`the first start (${database})`, () => {
    let w: World
    let keeper: Browser
    beforeEach(async () => {
      w = await world({ database, setUp: false })
      keeper = openBrowser(w)
    })
    afterEach(() => w.close())

    const answer = async (fields: Record<string, string>) =>
      keeper.submit(await keeper.get(PATH), '/setup', fields)
    const site = () => siteOf(w.app, w.app.domains.all()[0]?.id ?? 0)

    test('six answers make a server: the owner signs in, and the page is dead', async () => {
      const page = await keeper.get(PATH)
      assert.equal(page.status, 200)
      assert.match(page.text, /name="domain"[^>]* value="here\.example"/)
      const done = await keeper.submit(page, '/setup', { ...right, email: 'olga@mail.example' })
      assert.equal(done.status, 200)
      assert.match(done.text, /@olga@here\.example/)
      assert.equal((await keeper.signIn('olga', 'long enough')).status, 303)
      assert.equal((await keeper.get('/admin/people')).status, 200)
      assert.equal((await site()).media_budget, 20 * 1024 ** 3)
      assert.equal((await keeper.get(PATH)).status, 410)
      assert.equal((await keeper.submit(page, '/setup', { ...right, owner: 'second' })).status, 410)
      assert.equal((await openBrowser(w).get('/@second')).status, 404)
    })

    test('what is wrong is said by field; what was typed stays, but for the password', async () => {
      const wrong = { ...right, domain: 'https://other.example/', owner: 'no name', password: 'short!' }
      const refused = await answer({ ...wrong, email: 'no mail', audience: 'approval' })
      assert.equal(refused.status, 422)
      for (const field of ['domain', 'owner', 'password', 'email'])
        assert.match(refused.text, new RegExp(`id="e-${field}"`), field)
      assert.match(refused.text, /value="no name"/)
      assert.match(refused.text, /value="approval"[^>]* checked/)
      assert.match(refused.text, /name="disk"[^>]* value="20"/)
      assert.doesNotMatch(refused.text, /short!/)
      for (const fields of [{ disk: '0' }, { disk: 'much' }, { audience: 'whoever' }, { domain: '' }])
        assert.equal((await answer({ ...right, ...fields })).status, 422, JSON.stringify(fields))
      assert.equal((await answer(right)).status, 200)
    })

    test('an owner cannot be called like the server or like somebody who is there already', async () => {
      const [domain] = w.app.domains.all()
      assert.ok(domain)
      const form = {
        username: 'Olga',
        password: 'long enough',
        roleId: null,
        approved: true,
        confirmed: true,
      }
      await signUpByKeeper(w.app, domain, form)
      const refused = await answer(right)
      assert.equal(refused.status, 422)
      assert.match(refused.text, /id="e-owner"/)
      assert.equal((await answer({ ...right, owner: 'other' })).status, 200)
    })

    test('the answers come again after each mistake, until they are right', async () => {
      let page = await keeper.get(PATH)
      for (const owner of ['', 'a b', 'x'.repeat(31)]) {
        page = await keeper.submit(page, '/setup', { ...right, owner })
        assert.equal(page.status, 422)
      }
      assert.equal((await keeper.submit(page, '/setup', right)).status, 200)
    })

    for (const [audience, registrations, single] of [
      ['me', 'none', true],
      ['approval', 'approved', false],
    ] as const) {
      test(`a server for «${audience}» takes sign-ups: ${registrations}`, async () => {
        assert.equal((await answer({ ...right, audience })).status, 200)
        const { registrations: stored, single_user } = await site()
        assert.deepEqual([stored, single_user], [registrations, single])
        const join = await openBrowser(w).get('/auth/sign_up')
        assert.equal(/name="password"/.test(join.text), registrations !== 'none')
        const front = await openBrowser(w).get('/')
        assert.equal(/og:type" content="profile"/.test(front.text), single)
      })
    }

    test('two who answer at once make one server', async () => {
      const page = await keeper.get(PATH)
      const other = openBrowser(w)
      const both = await Promise.all([
        keeper.submit(page, '/setup', right),
        other.submit(page, '/setup', { ...right, owner: 'rival' }),
      ])
      assert.deepEqual(both.map(({ status }) => status).sort(), [200, 410])
      const owners = await w.app.db.selectFrom('user').select('id').execute()
      assert.equal(owners.length, 1)
    })
  })

  describe(`the first start and strangers (${database})`, () => {
    let w: World
    let keeper: Browser
    before(async () => {
      w = await world({ database, setUp: false })
      keeper = openBrowser(w)
    })
    after(() => w.close())

    test('ACC-19 without the printed code nobody sees or sends the form', async () => {
      const page = await keeper.get(PATH)
      for (const code of ['', 'wrong', SETUP_CODE.toUpperCase(), `${SETUP_CODE} `, `${SETUP_CODE}x`]) {
        const stranger = openBrowser(w, { ip: '192.0.2.9' })
        const shown = await stranger.get(`/setup?code=${encodeURIComponent(code)}`)
        assert.equal(shown.status, 403, code)
        assert.doesNotMatch(shown.text, /name="password"/)
        assert.equal((await stranger.submit(page, '/setup', { ...right, code })).status, 403)
        assert.equal((await stranger.post('/setup', { ...right, code })).status, 403)
      }
      assert.equal((await openBrowser(w).get('/setup')).status, 403)
      assert.equal(w.app.domains.all()[0]?.confirmed_at, null)
    })

    test('another site cannot send it, whatever it knows', async () => {
      const sent = { ...right, code: SETUP_CODE }
      const evil = await keeper.post('/setup', sent, { Origin: 'https://evil.example' })
      assert.equal(evil.status, 403)
      assert.equal(w.app.domains.all()[0]?.confirmed_at, null)
    })

    test('ACC-20 before it nobody can sign in or join', async () => {
      for (const [login, password] of [
        ['admin', 'admin'],
        ['owner', 'password'],
        ['root', ''],
        ['here.example', ''],
      ] as const)
        assert.equal((await openBrowser(w).signIn(login, password)).status, 401)
      const join = await keeper.get('/auth/sign_up')
      assert.doesNotMatch(join.text, /name="password"/)
    })
  })

  describe(`the first start under no name of its own (${database})`, () => {
    test('any host leads to it until there is a domain, then strangers are refused', async () => {
      const settings = { LOCAL_DOMAIN: '' }
      const w = await world({ database, setUp: false, domain: 'localhost:3000', settings })
      const keeper = openBrowser(w, { host: '192.0.2.5:3000' })
      const page = await keeper.get(PATH)
      assert.equal(page.status, 200)
      const fields = { ...right, domain: 'Fresh.Example' }
      const sent = await keeper.submit(page, '/setup', fields)
      assert.equal(sent.status, 200, sent.text)
      assert.match(sent.text, /@olga@fresh\.example/)
      const lost = await keeper.get('/')
      assert.equal(lost.status, 421)
      assert.match(lost.text, /href="https:\/\/fresh\.example"/)
      const stranger = await openBrowser(w, { host: 'guess.social' }).get('/')
      assert.equal(stranger.status, 421)
      assert.doesNotMatch(stranger.text, /fresh/)
      const inside = openBrowser(w)
      assert.equal((await inside.signIn('olga', 'long enough')).status, 303)
      await w.close()
    })

    test('localhost is a name for the server, so nobody else bears it', async () => {
      const w = await world({ database, setUp: false, domain: 'localhost', settings: { LOCAL_DOMAIN: '' } })
      const keeper = openBrowser(w)
      const page = await keeper.get(PATH)
      const fields = { ...right, domain: 'localhost' }
      const refused = await keeper.submit(page, '/setup', { ...fields, owner: 'localhost' })
      assert.equal(refused.status, 422)
      assert.match(refused.text, /id="e-owner"/)
      assert.equal((await keeper.submit(page, '/setup', fields)).status, 200)
      await w.close()
    })
  })
}
