import type { App } from '#app.ts'
import { passwordChanged } from '#happenings.ts'
import { invalid } from '#platform/errors.ts'
import { hashPassword, verifyPassword } from '#platform/secrets.ts'
import { MINUTE } from '#platform/times.ts'
import { countAttempt } from './attempts.ts'
import { endEverything } from './end-everything.ts'
import { openSession } from './sessions.ts'
import { checkPassword } from './sign-up-checks.ts'
import type { UserRow } from './users.ts'

const CHANGES = 10

export type PasswordChange = {
  current: string
  password: string
  ip: string
  userAgent?: string | null
}

/**
 * Changes a password for somebody who knows the old one, ends every session and token, and gives the token of a
 * fresh session for the browser that asked. Throws `invalid` with details by field, and when asked too often.
 */
export async function changePassword(app: App, user: UserRow, change: PasswordChange): Promise<string> {
  await countAttempt(app, [{ key: `password ${user.id}`, most: CHANGES, spanMs: 10 * MINUTE }])
  if (!(await verifyPassword(change.current, user.password_hash))) {
    const description = 'is not your password'
    throw invalid(`Current password ${description}`, {
      current_password: [{ error: 'ERR_INVALID', description }],
    })
  }
  const hash = await resetPassword(app, user, change.password)
  return openSession(
    app,
    { ...user, password_hash: hash },
    { ip: change.ip, userAgent: change.userAgent ?? null },
  )
}

/**
 * Sets a password without asking for the old one (the keeper's doors), ends everything signed in with it, and
 * gives the new hash. Throws `invalid`.
 */
export async function resetPassword(app: App, user: UserRow, password: string): Promise<string> {
  const problem = checkPassword(password)
  if (problem) throw invalid(`Password ${problem.description}`, { password: [problem] })
  const hash = await hashPassword(password)
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('user').set({ password_hash: hash }).where('id', '=', user.id).execute()
    await endEverything(tx, user.id)
    await tx.emit(passwordChanged, { userId: user.id })
  })
  return hash
}
