import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import {
  ADMIN,
  EVERYONE,
  MODERATOR,
  may,
  OWNER,
  permissions,
  permissionsOf,
  ROLES_CHANGED,
  roleByName,
  roleOf,
  seedRoles,
} from './roles.ts'

for (const database of databases) {
  describe(`roles (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())
    const change = async (id: number, columns: { name?: string; permissions?: number }) => {
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('role').set(columns).where('id', '=', id).execute()
        tx.afterCommit(() => w.app.events.publish(ROLES_CHANGED, null))
      })
    }

    test('the seeds are there once, and keep what the staff made of them', async () => {
      await change(MODERATOR, { name: 'Warden' })
      await w.app.inTransaction(seedRoles)
      const rows = await w.app.db
        .selectFrom('role')
        .select(['id', 'name', 'position'])
        .orderBy('id')
        .execute()
      const found = rows.map((row) => ({ ...row }))
      assert.deepEqual(found, [
        { id: EVERYONE, name: '', position: -1 },
        { id: MODERATOR, name: 'Warden', position: 10 },
        { id: ADMIN, name: 'Admin', position: 100 },
        { id: OWNER, name: 'Owner', position: 1000 },
      ])
    })

    test('a role is found by its name in any case; the one of everybody has none', async () => {
      assert.equal((await roleByName(w.app, 'oWNER'))?.id, OWNER)
      assert.equal(await roleByName(w.app, 'King'), undefined)
      assert.equal(await roleByName(w.app, ''), undefined)
    })

    test('an administrator may do everything, a moderator their part, others nothing', async () => {
      for (const name of Object.keys(permissions) as (keyof typeof permissions)[]) {
        assert.equal(await may(w.app, { role_id: OWNER }, name), true, name)
        assert.equal(await may(w.app, { role_id: null }, name), false, name)
      }
      assert.equal(await may(w.app, { role_id: MODERATOR }, 'manage_reports'), true)
      assert.equal(await may(w.app, { role_id: MODERATOR }, 'manage_roles'), false)
      assert.equal(await may(w.app, { role_id: ADMIN }, 'manage_roles'), true)
      assert.equal(await may(w.app, { role_id: ADMIN }, 'administrator'), false)
    })

    test('what everybody may, each may', async () => {
      await change(EVERYONE, { permissions: permissions.invite_users })
      assert.equal(await may(w.app, { role_id: null }, 'invite_users'), true)
      assert.equal(await may(w.app, { role_id: MODERATOR }, 'invite_users'), true)
    })

    test('somebody whose role is gone is as everybody', async () => {
      assert.equal((await roleOf(w.app, { role_id: 999 })).id, EVERYONE)
      assert.equal(await permissionsOf(w.app, { role_id: 999 }), 0)
    })

    test('the bits are the ones that clients of Mastodon know', () => {
      assert.equal(permissions.manage_users, 0x400)
      assert.equal(permissions.delete_user_data, 0x80000)
      const bits = Object.values(permissions)
      assert.deepEqual(
        bits,
        bits.map((_, place) => 2 ** place),
      )
    })
  })

  test(`roles that were missing when somebody looked are seen once they are made (${database})`, async () => {
    const w = await world({ database, setUp: false })
    assert.equal(await roleByName(w.app, 'Owner'), undefined)
    await w.app.inTransaction(seedRoles)
    assert.equal((await roleByName(w.app, 'Owner'))?.id, OWNER)
    await w.close()
  })
}
