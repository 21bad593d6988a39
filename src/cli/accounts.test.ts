import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { saveSite } from '#instance/site.ts'
import { openBrowser } from '../../test/browser.ts'
import { runIn } from '../../test/command-line.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

for (const database of databases) {
  describe(`commands about accounts (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const run = async (...line: string[]) => {
      const said = await runIn(w, ...line)
      assert.equal(said.code, 0, said.err)
      return said.out
    }
    const passwordIn = (out: string) => /^New password: (\S+)$/m.exec(out)?.[1] ?? ''

    test('an account made with Mastodon’s options has a password that signs in, and its role', async () => {
      const options = ['--email', 'zoe@mail.example', '--confirmed', '--approve', '--role', 'Owner']
      const out = await run('accounts', 'create', 'Zoe', ...options)
      assert.match(out, /^OK\n@Zoe@here\.example\nNew password: \S{16}\n$/)
      const browser = openBrowser(w)
      assert.equal((await browser.signIn('zoe@mail.example', passwordIn(out))).status, 303)
      assert.equal((await browser.get('/admin/people')).status, 200)
    })

    test('an account whose name or address cannot be is refused with a sentence', async () => {
      for (const [line, sentence] of [
        [['alice'], /Username has already been taken/],
        [['no name'], /Username must contain only/],
        [['yves', '--email', 'nothing'], /Email is not a mail address/],
        [['yves', '--email', 'bob@mail.example'], /Email has already been taken/],
      ] as const) {
        const { code, out, err } = await runIn(w, 'accounts', 'create', ...line)
        assert.equal(code, 1)
        assert.equal(out, '')
        assert.match(err, sentence)
        assert.doesNotMatch(err, /^ +at /m)
      }
      const { code, err } = await runIn(w, 'accounts', 'create', 'yves', '--role', 'King')
      assert.equal(code, 2)
      assert.match(err, /there is no role named King/)
    })

    test('a closed door is none for the keeper; where staff decides, --approve does', async () => {
      const domainId = w.app.domains.all()[0]?.id ?? 0
      await saveSite(w.app, domainId, { registrations: 'approved' })
      const waits = passwordIn(await run('accounts', 'create', 'xara'))
      assert.equal((await openBrowser(w).signIn('xara', waits)).status, 401)
      assert.equal(await run('accounts', 'modify', 'xara', '--approve'), 'OK\n')
      assert.equal((await openBrowser(w).signIn('xara', waits)).status, 303)
      await saveSite(w.app, domainId, { registrations: 'none' })
      const comes = passwordIn(await run('accounts', 'create', 'admin'))
      assert.equal((await openBrowser(w).signIn('admin', comes)).status, 303)
      await saveSite(w.app, domainId, { registrations: 'open' })
    })

    test('OAU-18 a role is given and taken at once', async () => {
      const bob = openBrowser(w)
      await bob.enter('bob')
      await run('accounts', 'modify', 'bob', '--role', 'moderator')
      assert.equal((await bob.get('/admin/people')).status, 200)
      await run('accounts', 'modify', '@bob@here.example', '--remove-role')
      assert.equal((await bob.get('/admin/people')).status, 403)
      assert.equal((await runIn(w, 'accounts', 'modify', 'bob', '--role', 'King')).code, 2)
    })

    test('ACC-02 a new password by command ends what was signed in', async () => {
      const carol = openBrowser(w)
      await carol.enter('carol')
      const client = w.as('carol')
      assert.equal((await client.get('/api/v1/accounts/verify_credentials')).status, 200)
      const out = await run('accounts', 'modify', 'carol', '--reset-password')
      assert.equal((await carol.get('/settings/account')).status, 303)
      assert.equal((await client.get('/api/v1/accounts/verify_credentials')).status, 401)
      assert.equal((await openBrowser(w).signIn('carol', passwordIn(out))).status, 303)
    })

    test('a reset link opens the page to choose a password', async () => {
      const out = await run('accounts', 'modify', 'bob', '--reset-link')
      const link =
        /^https:\/\/here\.example(\/auth\/password\/edit\?reset_password_token=\S+)$/m.exec(out)?.[1] ?? ''
      assert.match((await openBrowser(w).get(link)).text, /@bob@here\.example/)
    })

    test('a frozen account is out until it is thawed', async () => {
      const mallory = openBrowser(w)
      await mallory.enter('mallory')
      await run('accounts', 'modify', 'mallory', '--disable')
      assert.equal((await mallory.get('/settings/account')).status, 303)
      assert.equal((await openBrowser(w).signIn('mallory')).status, 401)
      await run('accounts', 'modify', 'mallory', '--enable', '--email', 'm@mail.example')
      assert.equal((await openBrowser(w).signIn('m@mail.example')).status, 303)
    })

    test('the list tells who is here, in what state', async () => {
      await run('accounts', 'modify', 'mallory', '--disable')
      const out = await run('accounts', 'list')
      assert.match(out, /^account +mail +role +state +signed in\n/)
      assert.match(out, /^alice@here\.example +alice@mail\.example +Owner +active +never$/m)
      assert.match(out, /^mallory@here\.example +m@mail\.example +disabled +2026-06-01$/m)
      assert.doesNotMatch(out, /dan/)
    })

    test('a token is printed alone, and works with its scopes', async () => {
      const scopes = 'read write follow push'
      const token = (await run('tokens', 'create', 'bob', '--scopes', scopes)).trim()
      assert.match(token, /^[\w-]{43}$/)
      const bearer = { Authorization: `Bearer ${token}` }
      assert.equal((await w.anyone.post('/api/v1/statuses', { status: 'by command' }, bearer)).status, 200)
      const reads = { Authorization: `Bearer ${(await run('tokens', 'create', 'bob')).trim()}` }
      assert.equal((await w.anyone.get('/api/v1/timelines/home', reads)).status, 200)
      assert.equal((await w.anyone.post('/api/v1/statuses', { status: 'no' }, reads)).status, 403)
    })

    test('nobody’s token and unknown scopes are refused', async () => {
      const nobody = await runIn(w, 'tokens', 'create', 'nobody')
      assert.deepEqual([nobody.code, nobody.out], [1, ''])
      assert.match(nobody.err, /There is no account named nobody here/)
      const odd = await runIn(w, 'tokens', 'create', 'bob', '--scopes', 'read everything')
      assert.deepEqual([odd.code, odd.out], [1, ''])
      assert.match(odd.err, /everything/)
    })

    test('jobs tells what waits', async () => {
      await w.settle()
      assert.equal(await run('jobs'), 'Nothing waits.\n')
    })
  })
}
