import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { CompiledQuery } from 'kysely'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { ownApplication } from './apps.ts'
import { may } from './roles.ts'
import { approveUser, disableUser, enableUser, setRole } from './sign-up.ts'
import { createToken, findToken, revokeToken, tokenByText } from './tokens.ts'
import type { TokenRow, UserRow } from './users.ts'
import { userByAccount } from './users.ts'

const DAY = 86_400_000

for (const database of databases) {
  describe(`tokens (${database})`, () => {
    let w: World
    let bob: UserRow
    let applicationId: number
    beforeEach(async () => {
      w = await world({ database })
      bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
      applicationId = (await ownApplication(w.app, 'hyrax-command-line')).id
    })
    afterEach(() => w.close())

    const make = (userId: number | null = bob.id, scopes = ['read', 'write']) =>
      createToken(w.app, { applicationId, userId, scopes })
    const home = (token: string, scheme = 'Bearer') =>
      w.anyone.get('/api/v1/timelines/home', { Authorization: `${scheme} ${token}` })
    const rowOf = async (token: string) => (await tokenByText(w.app, token)) as TokenRow
    const setUser = (columns: Partial<UserRow>) =>
      w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('user').set(columns).where('id', '=', bob.id).execute()
      })

    test('a token says whose it is and what it may do', async () => {
      const found = await findToken(w.app, await make())
      assert.equal(found?.viewer?.account.id, w.cast.bob.id)
      assert.deepEqual(found?.scopes, ['read', 'write'])
      assert.equal(found?.refusal, undefined)
      assert.equal(await findToken(w.app, 'no-such-token'), null)
    })

    test('OAU-12 a token that is revoked is nothing at once, also where it was remembered', async () => {
      const token = await make()
      assert.equal((await home(token)).status, 200)
      await revokeToken(w.app, await rowOf(token))
      assert.equal((await home(token)).status, 401)
    })

    test('OAU-12 a token that ends while it is being looked up is not remembered', async () => {
      const token = await make()
      const row = await rowOf(token)
      // Stands for a slow read: the answer is from before the change and arrives after it.
      let slow: (() => Promise<void>) | null = () => revokeToken(w.app, row)
      const db = new Proxy(w.app.db, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (name !== 'executeQuery') return typeof value === 'function' ? value.bind(target) : value
          return async (query: CompiledQuery) => {
            const answer = await target.executeQuery(query)
            const after = slow
            slow = null
            await after?.()
            return answer
          }
        },
      })
      await findToken({ ...w.app, db }, token)
      assert.equal(await findToken(w.app, token), null)
    })

    test('OAU-13 the token of somebody who may not act is refused, and says why', async () => {
      const token = await make()
      const answer = async () => {
        const { status, body } = await home(token)
        return `${status} ${(body as { error?: string }).error ?? ''}`.trim()
      }
      assert.equal(await answer(), '200')
      await disableUser(w.app, bob)
      assert.equal(await answer(), '401 The access token is invalid')
      const fresh = await make()
      const verdict = async () => (await findToken(w.app, fresh))?.refusal
      assert.equal(await verdict(), 'Your login is currently disabled')
      await setUser({ approved_at: null })
      await enableUser(w.app, bob)
      assert.equal(await verdict(), 'Your login is currently pending approval')
      assert.equal((await home(fresh)).status, 403)
      await setUser({ confirmed_at: null })
      await approveUser(w.app, { ...bob, approved_at: null })
      assert.equal(await verdict(), 'Your login is missing a confirmed e-mail address')
      assert.equal((await home(fresh)).status, 403)
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set({ suspended_at: 1 }).where('id', '=', w.cast.bob.id).execute()
      })
      assert.equal(await verdict(), 'Your account has been suspended')
      assert.equal((await home(fresh)).status, 403)
    })

    test("OAU-09 an application's own token is nobody", async () => {
      const token = await make(null)
      assert.equal((await findToken(w.app, token))?.viewer, null)
      for (const path of [
        '/api/v1/timelines/home',
        '/api/v1/accounts/verify_credentials',
        '/api/v1/notifications',
        '/api/v1/preferences',
      ]) {
        const answer = await w.anyone.get(path, { Authorization: `Bearer ${token}` })
        assert.equal(answer.status, 422, path)
      }
    })

    test('OAU-08 a token does not reach beyond its scopes', async () => {
      const token = await make(bob.id, ['read:accounts'])
      const headers = { Authorization: `Bearer ${token}` }
      assert.equal((await w.anyone.get('/api/v1/accounts/verify_credentials', headers)).status, 200)
      assert.equal((await w.anyone.get('/api/v1/timelines/home', headers)).status, 403)
      assert.equal((await w.anyone.post('/api/v1/statuses', { status: 'hi' }, headers)).status, 403)
    })

    test('OAU-16 a token counts only as a Bearer', async () => {
      const token = await make()
      for (const scheme of ['Token', 'Basic', 'Bearer:', 'OAuth'])
        assert.equal((await home(token, scheme)).status, 401, scheme)
      assert.equal((await home(token, 'bearer')).status, 200)
    })

    test('OAU-18 a moderator who is one no longer may do nothing more with their token', async () => {
      const alice = (await userByAccount(w.app, w.cast.alice.id)) as UserRow
      const token = await make(alice.id)
      const mayNow = async () => {
        const viewer = (await findToken(w.app, token))?.viewer
        return viewer ? may(w.app, viewer.user, 'manage_users') : null
      }
      assert.equal(await mayNow(), true)
      await setRole(w.app, alice, null)
      assert.equal(await mayNow(), false)
    })

    test('OAU-17 stored is what does not work as a token', async () => {
      const token = await make()
      const row = await rowOf(token)
      assert.equal(JSON.stringify(row).includes(token), false)
      assert.equal((await home(row.token_hash)).status, 401)
    })

    test('when a token was last used is noted once a day', async () => {
      const token = await make()
      const used = async () => {
        await home(token)
        // The note is written beside the request; a write of our own waits behind it.
        await w.app.inTransaction(async () => {})
        return (await rowOf(token)).last_used_at
      }
      const first = await used()
      assert.equal(first, w.app.now())
      w.clock.advance(DAY - 1)
      assert.equal(await used(), first)
      w.clock.advance(1)
      assert.equal(await used(), w.app.now())
    })
  })
}
