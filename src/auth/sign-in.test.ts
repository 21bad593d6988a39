import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { App, HostedDomain } from '#app.ts'
import type { Refusal, RefusalKind } from '#platform/errors.ts'
import { openPubSub } from '#platform/pubsub.ts'
import { hashPassword, isWeakHash } from '#platform/secrets.ts'
import { PASSWORD } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { resetPassword } from './change-password.ts'
import { openSession, sessionFor } from './sessions.ts'
import { signIn } from './sign-in.ts'
import type { UserRow } from './users.ts'
import { userByAccount } from './users.ts'

const HOUR = 3_600_000
const refused = (kind: RefusalKind) => (error: unknown) => (error as Refusal).kind === kind

for (const database of databases) {
  describe(`signIn (${database})`, () => {
    let w: World
    let domain: HostedDomain
    const open = async (settings: Record<string, string> = {}) => {
      w = await world({ database, settings })
      domain = w.app.domains.all()[0] as HostedDomain
    }
    beforeEach(() => open())
    afterEach(() => w.close())

    const enter = (login: string, password = PASSWORD, ip = '192.0.2.1', app: App = w.app) =>
      signIn(app, domain, { login, password, ip, userAgent: 'Browser' })
    const change = (columns: Partial<UserRow>) =>
      w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('user').set(columns).where('account_id', '=', w.cast.bob.id).execute()
      })
    const suspend = () =>
      w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set({ suspended_at: 1 }).where('id', '=', w.cast.bob.id).execute()
      })

    test('a name, a handle and a mail address lead in, in any case', async () => {
      for (const login of ['bob', ' BOB ', '@bob', 'Bob@here.example', 'BOB@mail.example']) {
        const session = await sessionFor(w.app, await enter(login))
        assert.equal(session?.account.id, w.cast.bob.id, login)
      }
    })

    test('ACC-01 every sign-in is a session of its own, with a form token of its own', async () => {
      const tokens = [await enter('bob'), await enter('bob')]
      const sessions = await Promise.all(tokens.map((token) => sessionFor(w.app, token)))
      assert.notEqual(tokens[0], tokens[1])
      assert.notEqual(sessions[0]?.csrf, sessions[1]?.csrf)
    })

    test('ACC-06 an unknown name is refused in the words of a wrong password', async () => {
      const said: string[] = []
      for (const login of ['bob', 'nobody', 'nobody@mail.example', 'bob@elsewhere.example', '', '@']) {
        await enter(login, 'wrong horse').catch((error: Refusal) =>
          said.push(`${error.kind} ${error.message}`),
        )
      }
      assert.equal(said.length, 6)
      assert.equal(new Set(said).size, 1)
      assert.match(said[0] ?? '', /^unauthenticated/)
    })

    test('ACC-06 an unknown name takes as long as a wrong password', async () => {
      await change({ password_hash: await hashPassword(PASSWORD) })
      const took = async (login: string) => {
        const start = performance.now()
        await enter(login, 'wrong horse').catch(() => {})
        return performance.now() - start
      }
      const known: number[] = []
      const unknown: number[] = []
      for (let n = 0; n < 6; n++) {
        known.push(await took('bob'))
        unknown.push(await took('nobody'))
      }
      // The quickest of each: whatever else the machine does only makes a try slower.
      const ratio = Math.min(...unknown) / Math.min(...known)
      assert.ok(ratio > 0.4 && ratio < 2.5, `ratio ${ratio}`)
    })

    test('ACC-24 what state an account is in is told only with the right password', async () => {
      const states: [Partial<UserRow>, RegExp][] = [
        [{ confirmed_at: null }, /not been confirmed/],
        [{ approved_at: null }, /waits for somebody of the staff/],
        [{ disabled_at: 1 }, /frozen/],
      ]
      for (const [columns, sentence] of states) {
        await change(columns)
        await assert.rejects(enter('bob', 'wrong horse'), refused('unauthenticated'))
        await assert.rejects(enter('bob'), sentence)
      }
      await suspend()
      await assert.rejects(enter('bob', 'wrong horse'), refused('unauthenticated'))
      await assert.rejects(enter('bob'), /suspended/)
      assert.equal((await w.app.db.selectFrom('session').select('id').execute()).length, 0)
    })

    test('ACC-07 too many tries close the door to their network, and leave it open to others', async () => {
      await w.close()
      await open({ RATE_LIMITS: 'on' })
      for (let n = 0; n < 25; n++) await assert.rejects(enter('bob', ''), refused('unauthenticated'))
      await assert.rejects(enter('bob'), refused('too-many'))
      await assert.rejects(enter('carol'), refused('too-many'))
      assert.ok(await enter('bob', PASSWORD, '192.0.2.2'))
      w.clock.advance(5 * 60_000)
      assert.ok(await enter('carol'))
      await assert.rejects(enter('bob'), refused('too-many'))
      w.clock.advance(HOUR)
      assert.ok(await enter('bob'))
    })

    test('ACC-21, ACC-22 neither another address of the same network nor a restart gives new tries', async () => {
      await w.close()
      await open({ RATE_LIMITS: 'on' })
      const from = (n: number) => `2001:db8:1:2::${n.toString(16)}`
      const tries = Array.from({ length: 25 }, (_, n) => enter('bob', '', from(n)))
      for (const tried of await Promise.allSettled(tries)) {
        assert.equal(((tried as PromiseRejectedResult).reason as Refusal).kind, 'unauthenticated')
      }
      const restarted: App = { ...w.app, events: openPubSub('') }
      await assert.rejects(enter('bob', PASSWORD, from(99), restarted), refused('too-many'))
      assert.ok(await enter('bob', PASSWORD, '2001:db8:1:3::1', restarted))
    })

    test('ACC-25 a hash that costs too little is made again at sign-in, and the password stays', async () => {
      const before = await userByAccount(w.app, w.cast.bob.id)
      assert.ok(isWeakHash(before?.password_hash ?? ''))
      await enter('bob')
      const after = await userByAccount(w.app, w.cast.bob.id)
      assert.equal(isWeakHash(after?.password_hash ?? ''), false)
      await enter('bob')
      assert.equal((await userByAccount(w.app, w.cast.bob.id))?.password_hash, after?.password_hash)
    })

    test('a password that was changed while it was being checked opens nothing', async () => {
      const checked = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
      await resetPassword(w.app, checked, 'another horse')
      await assert.rejects(
        openSession(w.app, checked, { ip: '192.0.2.1', userAgent: null }),
        refused('unauthenticated'),
      )
    })

    test('a password of more than 4,096 bytes is refused before any work is done for it', async () => {
      await assert.rejects(enter('bob', 'ö'.repeat(2049)), refused('invalid'))
    })
  })
}
