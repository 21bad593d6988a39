import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { notAllowed, unauthenticated } from '#platform/errors.ts'
import { hashPassword, hashToken, isWeakHash, verifyPassword } from '#platform/secrets.ts'
import { HOUR, MINUTE } from '#platform/times.ts'
import { countAttempt } from './attempts.ts'
import { openSession } from './sessions.ts'
import type { UserRow } from './users.ts'
import { userBySignIn } from './users.ts'

export type SignInForm = { login: string; password: string; ip: string; userAgent: string | null }

const TRIES = 25

/**
 * Signs somebody in by name or mail address and password, and gives the session's token. Whoever guesses learns
 * nothing: an unknown name takes as long as a wrong password and is refused in the same words (ACC-06).
 */
export async function signIn(app: App, domain: HostedDomain, form: SignInForm): Promise<string> {
  // By account and address together, so that strangers cannot lock anybody out (ACC-07).
  await countAttempt(app, [
    { key: `sign-in ${form.ip}`, most: TRIES, spanMs: 5 * MINUTE },
    { key: `sign-in ${form.ip} ${hashToken(form.login.trim().toLowerCase())}`, most: TRIES, spanMs: HOUR },
  ])
  const user = await userBySignIn(app, domain, form.login)
  const isRight = await verifyPassword(form.password, user?.password_hash ?? null)
  if (!user || !isRight) throw unauthenticated('That name and password do not fit together.')
  await refuseStates(app, user)
  await renewHash(app, user, form.password)
  return openSession(app, user, form)
}

/** Only who knows the password is told what state the account is in. */
async function refuseStates(app: App, user: UserRow): Promise<void> {
  if (user.approved_at === null)
    throw notAllowed('Your account still waits for somebody of the staff to let you in.')
  if (user.disabled_at !== null)
    throw notAllowed('Your account has been frozen. Ask the staff of this server.')
  const account = await accountById(app, user.account_id)
  if (!account || account.suspended_at !== null) throw notAllowed('Your account has been suspended.')
}

async function renewHash(app: App, user: UserRow, password: string): Promise<void> {
  if (!user.password_hash || !isWeakHash(user.password_hash)) return
  const hash = await hashPassword(password)
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('user').set({ password_hash: hash }).where('id', '=', user.id).execute()
  })
}
