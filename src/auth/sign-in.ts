import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { notAllowed, unauthenticated } from '#platform/errors.ts'
import { networkOf } from '#platform/http/client-address.ts'
import { hashPassword, hashToken, isWeakHash, verifyPassword } from '#platform/secrets.ts'
import { HOUR, MINUTE } from '#platform/times.ts'
import { countAttempt } from './attempts.ts'
import { openSession } from './sessions.ts'
import type { UserState } from './user-state.ts'
import { stateOf } from './user-state.ts'
import type { UserRow } from './users.ts'
import { userBySignIn } from './users.ts'

export type SignInForm = { login: string; password: string; ip: string; userAgent: string | null }

const TRIES = 25

/**
 * Signs somebody in by name or mail address and password, and gives the session's token. Whoever guesses learns
 * nothing: an unknown name takes as long as a wrong password and is refused in the same words (ACC-06).
 */
export async function signIn(app: App, domain: HostedDomain, form: SignInForm): Promise<string> {
  // Somebody who moves about in their own network stays one guesser (ACC-21).
  const network = networkOf(form.ip)
  // By account and network together, so that strangers cannot lock anybody out (ACC-07).
  await countAttempt(app, [
    { key: `sign-in ${network}`, most: TRIES, spanMs: 5 * MINUTE },
    { key: `sign-in ${network} ${hashToken(form.login.trim().toLowerCase())}`, most: TRIES, spanMs: HOUR },
  ])
  const user = await userBySignIn(app, domain, form.login)
  const isRight = await verifyPassword(form.password, user?.password_hash ?? null)
  if (!user || !isRight) throw unauthenticated('That name and password do not fit together.')
  await refuseStates(app, user)
  return openSession(app, await withCurrentHash(app, user, form.password), form)
}

const sentences: Record<Exclude<UserState, 'active'>, string> = {
  suspended: 'Your account has been suspended.',
  disabled: 'Your account has been frozen. Ask the staff of this server.',
  pending: 'Your account still waits for somebody of the staff to let you in.',
  unconfirmed: 'Your mail address has not been confirmed yet.',
}

/** Only who knows the password is told what state the account is in. */
async function refuseStates(app: App, user: UserRow): Promise<void> {
  const account = await accountById(app, user.account_id)
  const state = account ? stateOf(user, account) : 'suspended'
  if (state !== 'active') throw notAllowed(sentences[state])
}

/** The person with their password hashed at today's cost. */
async function withCurrentHash(app: App, user: UserRow, password: string): Promise<UserRow> {
  const { password_hash: old } = user
  if (old === null || !isWeakHash(old)) return user
  const hash = await hashPassword(password)
  const renewed = await app.inTransaction((tx) =>
    tx.db
      .updateTable('user')
      .set({ password_hash: hash })
      .where('id', '=', user.id)
      // A password chosen in the meantime must not be undone by its predecessor.
      .where('password_hash', '=', old)
      .executeTakeFirst(),
  )
  return renewed.numUpdatedRows === 1n ? { ...user, password_hash: hash } : user
}
