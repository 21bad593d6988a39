import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { HostedDomain } from '#app.ts'
import type { Refusal, RefusalKind } from '#platform/errors.ts'
import { PASSWORD } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { ownApplication } from './apps.ts'
import { changePassword, resetPassword } from './change-password.ts'
import { createRecovery, recoveryHandle, useRecovery } from './recover.ts'
import { openSession, sessionFor } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { createToken, findToken } from './tokens.ts'
import type { UserRow } from './users.ts'
import { userByAccount } from './users.ts'

const HOUR = 3_600_000
const NEW = 'another good horse'
const ip = '192.0.2.1'
const refused = (kind: RefusalKind) => (error: unknown) => (error as Refusal).kind === kind

for (const database of databases) {
  describe(`new passwords (${database})`, () => {
    let w: World
    let bob: UserRow
    let domain: HostedDomain
    const open = async (settings: Record<string, string> = {}) => {
      w = await world({ database, settings })
      bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
      domain = w.app.domains.all()[0] as HostedDomain
    }
    beforeEach(() => open())
    afterEach(() => w.close())

    const enters = (password: string) =>
      signIn(w.app, domain, { login: 'bob', password, ip, userAgent: null })
    const change = (current: string, password = NEW) =>
      changePassword(w.app, bob, { current, password, ip, userAgent: 'Browser' })

    const three: [string, () => Promise<unknown>][] = [
      ['a change', () => change(PASSWORD)],
      ['the command line', () => resetPassword(w.app, bob, NEW)],
      ['a reset link', async () => useRecovery(w.app, await createRecovery(w.app, bob), NEW)],
    ]
    for (const [name, run] of three) {
      test(`ACC-02 ${name} ends every session and token, and only the new password leads in`, async () => {
        const applicationId = (await ownApplication(w.app, 'hyrax-command-line')).id
        const sessions = [await openSession(w.app, bob, { ip, userAgent: null }), await enters(PASSWORD)]
        bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
        const token = await createToken(w.app, { applicationId, userId: bob.id, scopes: ['read'] })
        for (const session of sessions) assert.ok(await sessionFor(w.app, session))
        assert.ok(await findToken(w.app, token))
        await run()
        for (const session of sessions) assert.equal(await sessionFor(w.app, session), null)
        assert.equal(await findToken(w.app, token), null)
        await assert.rejects(enters(PASSWORD), refused('unauthenticated'))
        assert.ok(await sessionFor(w.app, await enters(NEW)))
      })
    }

    test('ACC-01 the browser that changed the password goes on in a fresh session', async () => {
      const fresh = await change(PASSWORD)
      assert.equal((await sessionFor(w.app, fresh))?.account.id, w.cast.bob.id)
    })

    test('a change needs the old password, and a new one that can be one', async () => {
      await assert.rejects(change('wrong horse'), (error: Refusal) => {
        return error.details?.current_password?.[0]?.error === 'ERR_INVALID'
      })
      for (const [password, code] of [
        ['', 'ERR_BLANK'],
        ['short', 'ERR_TOO_SHORT'],
        ['ö'.repeat(2049), 'ERR_TOO_LONG'],
      ] as const) {
        await assert.rejects(change(PASSWORD, password), (error: Refusal) => {
          return error.details?.password?.[0]?.error === code
        })
      }
      assert.ok(await enters(PASSWORD))
    })

    test('ACC-08 the eleventh try within ten minutes is refused', async () => {
      await w.close()
      await open({ RATE_LIMITS: 'on' })
      for (let n = 0; n < 10; n++) await assert.rejects(change('wrong horse'), refused('invalid'))
      await assert.rejects(change(PASSWORD), refused('too-many'))
      w.clock.advance(600_000)
      assert.ok(await change(PASSWORD))
    })

    test('ACC-04 a reset link works once, also when it is used twice at the same moment', async () => {
      const link = await createRecovery(w.app, bob)
      assert.equal(await recoveryHandle(w.app, link), '@bob@here.example')
      const both = [useRecovery(w.app, link, NEW), useRecovery(w.app, link, 'a third good horse')]
      const outcomes = (await Promise.allSettled(both)).map(({ status }) => status).sort()
      assert.deepEqual(outcomes, ['fulfilled', 'rejected'])
      await assert.rejects(useRecovery(w.app, link, 'a third good horse'), refused('not-found'))
      assert.equal(await recoveryHandle(w.app, link), null)
    })

    test('ACC-04 a reset link is worth nothing after six hours, a newer link, or another change', async () => {
      const late = await createRecovery(w.app, bob)
      w.clock.advance(6 * HOUR)
      await assert.rejects(useRecovery(w.app, late, NEW), refused('not-found'))
      const first = await createRecovery(w.app, bob)
      const second = await createRecovery(w.app, bob)
      await assert.rejects(useRecovery(w.app, first, NEW), refused('not-found'))
      await change(PASSWORD)
      await assert.rejects(useRecovery(w.app, second, 'a third good horse'), refused('not-found'))
    })

    test('ACC-04 a reset link cannot be guessed or read from the database, and is for one person', async () => {
      const link = await createRecovery(w.app, bob)
      assert.ok(Buffer.from(link, 'base64url').length >= 16)
      const rows = await w.app.db.selectFrom('recovery').selectAll().execute()
      assert.equal(JSON.stringify(rows).includes(link), false)
      for (const guess of [rows[0]?.token_hash ?? '', `${link}x`, '']) {
        await assert.rejects(useRecovery(w.app, guess, NEW), refused('not-found'))
      }
      await useRecovery(w.app, link, NEW)
      const form = { login: 'carol', password: NEW, ip, userAgent: null }
      await assert.rejects(signIn(w.app, domain, form), refused('unauthenticated'))
    })

    test('a reset link that met a bad password still works', async () => {
      const link = await createRecovery(w.app, bob)
      await assert.rejects(useRecovery(w.app, link, 'short'), refused('invalid'))
      await useRecovery(w.app, link, NEW)
    })
  })
}
