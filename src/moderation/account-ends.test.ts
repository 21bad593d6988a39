import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import { openBrowser } from '../../test/browser.ts'
import { PASSWORD } from '../../test/cast.ts'
import { runIn } from '../../test/command-line.ts'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import type { Client, World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { deleteLongSuspended } from './delete-account.ts'
import type { AdminAccount } from './present-admin-account.ts'

const SCOPES = 'read write follow admin:read admin:write'
const JSON_TYPE = { Accept: 'application/activity+json' }
type Told = { type: string; moderation_warning?: { action: string; text: string }; event?: { type: string } }

for (const database of databases) {
  describe(`what the staff does about accounts (${database})`, () => {
    let network: Network
    let here: World
    let there: World
    beforeEach(async () => {
      network = openNetwork()
      here = await world({ database, domain: 'here.example', http: network })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('there.example', there.site)
      network.host('here.example', here.site)
      network.host('elsewhere.example', async () => ({ status: 202, headers: {}, body: Buffer.from('') }))
    })
    afterEach(async () => {
      await here.close()
      await there.close()
    })

    const settle = async () => {
      for (let turn = 0; turn < 4; turn++) {
        await here.settle()
        await there.settle()
      }
    }
    const me = (who: keyof World['cast']) => here.as(here.cast[who], SCOPES)
    const keeper = () => me('alice')
    const admin = (who: keyof World['cast']) => `/api/v1/admin/accounts/${here.cast[who].id}`
    const act = (who: keyof World['cast'], type: string, more = {}) =>
      keeper().post(`${admin(who)}/action`, { type, ...more })
    const find = async (client: Client, handle: string) => {
      const query = `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`
      return ((await client.get(query)).body as { accounts: Account[] }).accounts[0]
    }
    /** bob of here is followed by bob of there, and his post has arrived. */
    const befriend = async () => {
      const reader = there.as(there.cast.bob, SCOPES)
      const bob = await find(reader, '@bob@here.example')
      assert.ok(bob)
      await reader.post(`/api/v1/accounts/${bob.id}/follow`)
      await settle()
      const posted = await me('bob').post('/api/v1/statuses', { status: 'from here' })
      assert.equal(posted.status, 200, posted.text)
      await settle()
      const home = async () => ((await reader.get('/api/v1/timelines/home')).body as unknown[]).length
      assert.equal(await home(), 1)
      return { id: bob.id, reader, home }
    }

    test('a suspended member is gone for everybody here and elsewhere, is told why, and can come back', async () => {
      const { id, reader } = await befriend()
      assert.equal((await act('bob', 'suspend', { text: 'That was spam.' })).status, 200)
      await settle()
      assert.equal((await me('bob').get('/api/v1/timelines/home')).status, 403)
      assert.equal((await openBrowser(here).get('/@bob')).status, 410)
      assert.equal((await openBrowser(here).signIn('bob')).status, 401)
      assert.equal(((await reader.get(`/api/v1/accounts/${id}`)).body as Account).suspended, true)
      const shown = (await keeper().get(admin('bob'))).body as AdminAccount
      assert.deepEqual([shown.suspended, shown.email], [true, 'bob@mail.example'])
      here.clock.advance(1000)
      const back = await keeper().post(`${admin('bob')}/unsuspend`)
      assert.equal((back.body as AdminAccount).suspended, false)
      await settle()
      assert.equal(((await reader.get(`/api/v1/accounts/${id}`)).body as Account).suspended, undefined)
      assert.equal((await openBrowser(here).get('/@bob')).status, 200)
      const told = (await me('bob').get('/api/v1/notifications')).body as Told[]
      const [warning] = told.filter(({ type }) => type === 'moderation_warning')
      assert.deepEqual(
        [warning?.moderation_warning?.action, warning?.moderation_warning?.text],
        ['suspend', 'That was spam.'],
      )
    })

    test('a deleted member is deleted everywhere, answers 410, and nobody gets the name', async () => {
      const { id, reader, home } = await befriend()
      await me('bob').post(`/api/v1/accounts/${here.cast.carol.id}/follow`)
      const before = ((await keeper().get('/api/v1/accounts/lookup?acct=alice')).body as Account)
        .followers_count
      assert.equal(before, 1)
      assert.equal((await keeper().delete(admin('bob'))).status, 403)
      await act('bob', 'suspend')
      assert.equal((await keeper().delete(admin('bob'))).status, 200)
      await settle()
      assert.equal(await home(), 0)
      assert.equal((await reader.get(`/api/v1/accounts/${id}`)).status, 404)
      const { uri } = here.cast.bob
      for (const [path, headers] of [
        [new URL(uri).pathname, JSON_TYPE],
        ['/.well-known/webfinger?resource=acct:bob@here.example', {}],
        ['/@bob', { Accept: 'text/html' }],
      ] as const) {
        const answer = await here.site.request(`https://here.example${path}`, {
          headers: { Host: 'here.example', ...headers },
        })
        assert.equal(answer.status, 410, path)
      }
      assert.equal((await keeper().get(admin('bob'))).status, 404)
      assert.equal((await keeper().get(`/api/v1/accounts/${here.cast.bob.id}`)).status, 404)
      const alice = (await keeper().get('/api/v1/accounts/lookup?acct=alice')).body as Account
      assert.equal(alice.followers_count, 0)
      for (const name of ['bob', 'BOB']) {
        const { code, err } = await runIn(here, 'accounts', 'create', name)
        assert.deepEqual([code, /already been taken/.test(err)], [1, true])
      }
      const keys = here.app.db.selectFrom('account_key').select('id')
      assert.notDeepEqual(await keys.where('account_id', '=', here.cast.bob.id).execute(), [])
      here.clock.advance(11 * 60_000)
      await settle()
      for (const table of ['status', 'follow', 'media', 'account_key', 'outgoing'] as const) {
        const left = await here.app.db
          .selectFrom(table)
          .select('id')
          .where('account_id', '=', here.cast.bob.id)
          .execute()
        assert.deepEqual(left, [], table)
      }
    })

    test('ACC-23 a member ends their own account with their password, and with nothing else', async () => {
      const carol = me('carol')
      assert.equal((await carol.get('/api/v1/timelines/home')).status, 200)
      const browser = openBrowser(here)
      await browser.enter('carol')
      const page = await browser.get('/settings/delete')
      const refused = await browser.submit(page, '/settings/delete', { password: 'guess' })
      assert.equal(refused.status, 422)
      assert.match(refused.text, /id="e-password"/)
      assert.equal((await openBrowser(here).get('/@carol')).status, 200)
      const done = await browser.submit(page, '/settings/delete', { password: PASSWORD })
      assert.deepEqual([done.status, done.leadsTo], [303, '/'])
      assert.equal((await openBrowser(here).get('/@carol')).status, 410)
      assert.equal((await carol.get('/api/v1/timelines/home')).status, 401)
    })

    test('AZ-14 nobody acts on themselves, on their equals or on whom is above them; others need the permission', async () => {
      await runIn(here, 'accounts', 'modify', 'bob', '--role', 'moderator')
      await runIn(here, 'accounts', 'modify', 'carol', '--role', 'moderator')
      const bob = me('bob')
      for (const who of ['alice', 'carol', 'bob'] as const)
        assert.equal((await bob.post(`${admin(who)}/action`, { type: 'silence' })).status, 403, who)
      assert.equal((await bob.post(`${admin('mallory')}/action`, { type: 'silence' })).status, 200)
      assert.equal((await bob.post(`${admin('mallory')}/action`, { type: 'hug' })).status, 422)
      assert.equal((await me('mallory').get(admin('bob'))).status, 403)
      assert.equal((await bob.get('/api/v1/admin/accounts/1')).status, 404)
    })

    test('a frozen member cannot sign in until they are let in again; a limited one is found by followers alone', async () => {
      await act('mallory', 'disable')
      assert.equal((await openBrowser(here).signIn('mallory')).status, 401)
      await keeper().post(`${admin('mallory')}/enable`)
      assert.equal((await openBrowser(here).signIn('mallory')).status, 303)
      await me('mallory').post('/api/v1/statuses', { status: 'hm' })
      const open = async () => ((await me('carol').get('/api/v1/timelines/public')).body as unknown[]).length
      assert.equal(await open(), 1)
      await act('mallory', 'silence')
      assert.equal(await open(), 0)
      const free = await keeper().post(`${admin('mallory')}/unsilence`)
      assert.equal((free.body as AdminAccount).silenced, false, free.text)
      assert.equal(await open(), 1)
      await act('mallory', 'sensitive')
      const covered = await me('mallory').post('/api/v1/statuses', { status: 'look' })
      assert.equal((covered.body as { sensitive: boolean }).sensitive, true)
      assert.equal(
        ((await keeper().post(`${admin('mallory')}/unsensitive`)).body as AdminAccount).sensitized,
        false,
      )
    })

    test('suspending an account of another server cuts its follows and tells whom it cost something', async () => {
      const bob = await find(there.as(there.cast.bob, SCOPES), '@alice@here.example')
      const reader = there.as(there.cast.bob, SCOPES)
      await reader.post(`/api/v1/accounts/${bob?.id}/follow`)
      await settle()
      const staff = there.as(there.cast.alice, SCOPES)
      const path = `/api/v1/admin/accounts/${bob?.id}`
      assert.equal((await staff.post(`${path}/action`, { type: 'disable' })).status, 422)
      assert.equal((await staff.post(`${path}/action`, { type: 'suspend' })).status, 200)
      await settle()
      const told = (await reader.get('/api/v1/notifications')).body as Told[]
      assert.equal(
        told.find(({ type }) => type === 'severed_relationships')?.event?.type,
        'account_suspension',
      )
      const [relation] = (
        await reader.get(`/api/v1/accounts/relationships?id[]=${bob?.id}&with_suspended=true`)
      ).body as { following: boolean }[]
      assert.equal(relation?.following, false)
      const list = (await staff.get('/api/v2/admin/accounts?origin=remote&status=suspended'))
        .body as AdminAccount[]
      assert.deepEqual(
        list.map(({ username, domain, email }) => [username, domain, email]),
        [['alice', 'here.example', null]],
      )
    })

    test('accounts are found by name, address, role and state, a page at a time', async () => {
      const names = async (query: string) =>
        ((await keeper().get(`/api/${query}`)).body as AdminAccount[]).map(({ username }) => username)
      assert.deepEqual(await names('v2/admin/accounts?origin=local&username=MAL'), ['mallory'])
      assert.deepEqual(await names('v2/admin/accounts?email=carol@'), ['carol'])
      assert.deepEqual(await names('v2/admin/accounts?permissions=staff'), ['alice'])
      assert.deepEqual(await names('v1/admin/accounts?remote=true'), ['dan'])
      assert.deepEqual(await names('v1/admin/accounts?local=true&limit=2'), ['mallory', 'carol'])
      assert.deepEqual(await names(`v1/admin/accounts?local=true&max_id=${here.cast.carol.id}`), [
        'bob',
        'alice',
      ])
      assert.deepEqual(await names('v2/admin/accounts?username=100%25'), [])
    })

    test('by command: said first, then done; deleting wants a yes', async () => {
      const run = (...line: string[]) => runIn(here, 'accounts', ...line)
      assert.match((await run('suspend', 'bob', '--dry-run')).out, /@bob@here.example would be suspended/)
      assert.equal((await openBrowser(here).get('/@bob')).status, 200)
      assert.equal((await run('suspend', 'bob', '--reason', 'spam')).out, 'OK\n')
      assert.equal((await openBrowser(here).get('/@bob')).status, 410)
      assert.equal((await run('unsuspend', '@bob@here.example')).out, 'OK\n')
      assert.equal((await run('delete', 'bob')).code, 2)
      assert.equal((await openBrowser(here).get('/@bob')).status, 200)
      assert.equal((await run('delete', 'bob', '--yes')).out, 'OK\n')
      assert.equal((await openBrowser(here).get('/@bob')).status, 410)
      assert.equal((await run('delete', 'bob', '--yes')).code, 1)
    })

    test('what was suspended thirty days ago is deleted by itself', async () => {
      await act('bob', 'suspend')
      here.clock.advance(31 * 86_400_000)
      await deleteLongSuspended(here.app)
      await here.settle()
      assert.equal((await keeper().post(`${admin('bob')}/unsuspend`)).status, 404)
    })
  })
}
