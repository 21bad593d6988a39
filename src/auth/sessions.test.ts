import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import {
  listSessions,
  openSession,
  revokeOtherSessions,
  revokeSession,
  sessionFor,
  signOut,
} from './sessions.ts'
import { disableUser, enableUser } from './sign-up.ts'
import type { UserRow } from './users.ts'
import { userByAccount } from './users.ts'

const DAY = 86_400_000
const browser = { ip: '192.0.2.1', userAgent: 'Browser' }

for (const database of databases) {
  describe(`sessions (${database})`, () => {
    let w: World
    let bob: UserRow
    beforeEach(async () => {
      w = await world({ database })
      bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
    })
    afterEach(() => w.close())

    const open = () => openSession(w.app, bob, browser)
    const stands = async (token: string) => (await sessionFor(w.app, token)) !== null

    test('ACC-03 signing out ends the session for good, also where it was remembered', async () => {
      const token = await open()
      assert.ok(await stands(token))
      await signOut(w.app, token)
      assert.equal(await stands(token), false)
    })

    test('ten browsers may be signed in; the eleventh ends the oldest', async () => {
      const tokens: string[] = []
      for (let n = 0; n < 10; n++) tokens.push(await open())
      assert.ok(await stands(tokens[0] as string))
      tokens.push(await open())
      assert.equal(await stands(tokens[0] as string), false)
      assert.ok(await stands(tokens[1] as string))
      assert.equal((await listSessions(w.app, bob)).length, 10)
    })

    test('ACC-27 a session that is revoked from another browser ends at once', async () => {
      const [lost, own] = [await open(), await open()]
      const session = await sessionFor(w.app, lost)
      await revokeSession(w.app, bob, session?.id ?? 0)
      assert.equal(await stands(lost), false)
      assert.ok(await stands(own))
    })

    test('AZ-10 nobody ends the session of somebody else', async () => {
      const token = await open()
      const session = await sessionFor(w.app, token)
      const carol = (await userByAccount(w.app, w.cast.carol.id)) as UserRow
      await revokeSession(w.app, carol, session?.id ?? 0)
      await revokeOtherSessions(w.app, carol, null)
      assert.ok(await stands(token))
      assert.deepEqual(await listSessions(w.app, carol), [])
    })

    test('all sessions but this one can be ended together', async () => {
      const [one, two, own] = [await open(), await open(), await open()]
      const session = await sessionFor(w.app, own)
      await revokeOtherSessions(w.app, bob, session?.id ?? null)
      assert.deepEqual([await stands(one), await stands(two), await stands(own)], [false, false, true])
    })

    test('a session that nobody used for a year is nothing any more', async () => {
      const token = await open()
      w.clock.advance(366 * DAY)
      assert.equal(await stands(token), false)
    })

    test('when a session was last used is noted every ten minutes', async () => {
      const token = await open()
      await sessionFor(w.app, token)
      w.clock.advance(11 * 60_000)
      await sessionFor(w.app, token)
      const [row] = await listSessions(w.app, bob)
      assert.equal(row?.last_used_at, w.app.now())
    })

    test('OAU-13 whoever is kept out is signed in no more', async () => {
      const token = await open()
      assert.ok(await stands(token))
      await disableUser(w.app, bob)
      assert.equal(await stands(token), false)
      const later = await open()
      assert.equal(await stands(later), false)
      await enableUser(w.app, bob)
      assert.ok(await stands(later))
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set({ suspended_at: 1 }).where('id', '=', w.cast.bob.id).execute()
      })
      assert.equal(await stands(later), false)
    })

    test('what is stored does not open a session', async () => {
      const token = await open()
      const rows = await w.app.db.selectFrom('session').selectAll().execute()
      assert.equal(JSON.stringify(rows).includes(token), false)
      assert.equal(await stands(rows[0]?.token_hash ?? ''), false)
    })
  })
}
