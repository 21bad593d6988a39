import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { ADMIN, MODERATOR } from '#auth/roles.ts'
import { setRole, signUp } from '#auth/sign-up.ts'
import type { UserRow } from '#auth/users.ts'
import { userByAccount } from '#auth/users.ts'
import { saveSite } from '#instance/site.ts'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const PATH = '/admin/people'
type Action = 'approve' | 'reject' | 'reset-link'

for (const database of databases) {
  describe(`the people page (${database})`, () => {
    let w: World
    let alice: Browser
    let waiting: UserRow
    beforeEach(async () => {
      w = await world({ database })
      alice = openBrowser(w)
      await alice.enter('alice')
      waiting = await ask('walter')
    })
    afterEach(() => w.close())

    const ask = async (username: string) => {
      const [domain] = w.app.domains.all()
      assert.ok(domain)
      await saveSite(w.app, domain.id, { registrations: 'approved' })
      const form = { username, password: 'long enough', agreement: true, reason: 'I bring <cake>' }
      return (await signUp(w.app, domain, form)).user
    }
    const userOf = async (name: Name) => (await userByAccount(w.app, w.cast[name].id)) as UserRow
    const act = async (browser: Browser, id: number | string, action: Action) => {
      const csrf = /name="csrf" value="([^"]+)"/.exec((await browser.get('/about')).text)?.[1] ?? ''
      return browser.post(`${PATH}/${id}/${action}`, { csrf })
    }
    const staff = async (name: Name, role: number) => {
      await setRole(w.app, await userOf(name), role)
      const browser = openBrowser(w)
      await browser.enter(name)
      return browser
    }

    test('who waits is shown with their reason, as text', async () => {
      const { text } = await alice.get(PATH)
      assert.match(text, /walter/)
      assert.match(text, /I bring &lt;cake&gt;/)
      assert.match(text, /bob@mail\.example/)
    })

    test('who is approved may sign in, and stands in the world', async () => {
      assert.equal((await openBrowser(w).signIn('walter', 'long enough')).status, 401)
      assert.equal((await act(alice, waiting.id, 'approve')).leadsTo, PATH)
      assert.equal((await openBrowser(w).signIn('walter', 'long enough')).status, 303)
      assert.equal((await w.anyone.get('/@walter', { Accept: 'text/html' })).status, 200)
    })

    test('who is rejected never was, and the name is free again', async () => {
      assert.equal((await act(alice, waiting.id, 'reject')).leadsTo, PATH)
      assert.doesNotMatch((await alice.get(PATH)).text, /walter/)
      assert.equal((await openBrowser(w).signIn('walter', 'long enough')).status, 401)
      await ask('walter')
      assert.match((await alice.get(PATH)).text, /walter/)
    })

    test('a member who is in already cannot be rejected', async () => {
      const bob = await userOf('bob')
      assert.equal((await act(alice, bob.id, 'reject')).status, 403)
      assert.equal((await openBrowser(w).signIn('bob')).status, 303)
    })

    test('a reset link is shown once and lets its person choose a new password', async () => {
      const made = await act(alice, (await userOf('bob')).id, 'reset-link')
      assert.equal(made.headers.get('cache-control'), 'private, no-store')
      const link = /https:\/\/here\.example(\/auth\/password\/edit\?reset_password_token=[\w-]+)/.exec(
        made.text,
      )?.[1]
      assert.ok(link)
      assert.doesNotMatch((await alice.get(PATH)).text, /reset_password_token/)
      const bob = openBrowser(w)
      await bob.submit(await bob.get(link), '/auth/password', { password: 'a whole new one' })
      assert.equal((await openBrowser(w).signIn('bob', 'a whole new one')).status, 303)
    })

    test('AZ-13 members and strangers see and do nothing here', async () => {
      const bob = openBrowser(w)
      await bob.enter('bob')
      const page = await bob.get(PATH)
      assert.equal(page.status, 403)
      assert.doesNotMatch(page.text, /walter|@mail\.example/)
      for (const action of ['approve', 'reject', 'reset-link'] as const) {
        assert.equal((await act(bob, waiting.id, action)).status, 403)
        assert.equal((await act(bob, (await userOf('bob')).id, action)).status, 403)
        assert.equal((await openBrowser(w).post(`${PATH}/${waiting.id}/${action}`, {})).status, 403)
      }
      assert.match((await openBrowser(w).get(PATH)).leadsTo, /^\/auth\/sign_in\?next=/)
      assert.doesNotMatch((await bob.get('/about')).text, /\/admin\/people/)
    })

    test('AZ-14 nobody acts on their equals or on those above them', async () => {
      const moderator = await staff('bob', MODERATOR)
      const admin = await staff('carol', ADMIN)
      await setRole(w.app, await userOf('mallory'), MODERATOR)
      for (const [browser, name] of [
        [moderator, 'alice'],
        [moderator, 'carol'],
        [moderator, 'mallory'],
        [admin, 'alice'],
      ] as const) {
        const refused = await act(browser, (await userOf(name)).id, 'reset-link')
        assert.equal(refused.status, 403, name)
        assert.doesNotMatch(refused.text, /reset_password_token/)
      }
      assert.equal((await act(admin, (await userOf('mallory')).id, 'reset-link')).status, 200)
      assert.equal((await act(moderator, waiting.id, 'approve')).status, 303)
    })

    test('OAU-18 a role taken away is gone at the next click', async () => {
      const moderator = await staff('bob', MODERATOR)
      assert.equal((await moderator.get(PATH)).status, 200)
      await setRole(w.app, await userOf('bob'), null)
      assert.equal((await moderator.get(PATH)).status, 403)
      assert.equal((await act(moderator, waiting.id, 'approve')).status, 403)
    })

    test('AZ-16 people of another domain do not exist here', async () => {
      const bob = await userOf('bob')
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('user').set({ domain_id: 4711 }).where('id', '=', bob.id).execute()
      })
      assert.equal((await act(alice, bob.id, 'reset-link')).status, 404)
      assert.doesNotMatch((await alice.get(PATH)).text, /bob@mail\.example/)
      for (const id of ['1', '0', '-1', 'x', '9'.repeat(30)])
        assert.equal((await act(alice, id, 'reset-link')).status, 404, id)
    })

    test('more people than fit are on further pages', async () => {
      for (let n = 0; n < 5; n++) await copyOf(await userOf('bob'), n, 12)
      const first = await alice.get(PATH)
      const older = /href="(\/admin\/people\?max_id=\d+)"/.exec(first.text)?.[1]
      assert.ok(older)
      const second = await alice.get(older)
      assert.equal(second.status, 200)
      assert.match(second.text, /@alice/)
      assert.equal((await alice.get(`${PATH}?max_id=x`)).status, 200)
    })

    const copyOf = (user: UserRow, round: number, many: number) =>
      w.app.inTransaction(async (tx) => {
        const account = await tx.db
          .selectFrom('account')
          .selectAll()
          .where('id', '=', user.account_id)
          .executeTakeFirstOrThrow()
        for (let n = 0; n < many; n++) {
          const [id, name] = [tx.newId(), `extra${round}_${n}`]
          const own = { id, username: name, username_lower: name, uri: `${account.uri}/${name}` }
          await tx.db
            .insertInto('account')
            .values({ ...account, ...own })
            .execute()
          const theirs = { id: tx.newId(), account_id: id, email: null, email_lower: null }
          await tx.db
            .insertInto('user')
            .values({ ...user, ...theirs })
            .execute()
        }
      })
  })
}
