import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { passwordChanged } from '#happenings.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { hashPassword, hashToken, randomToken } from '#platform/secrets.ts'
import { HOUR } from '#platform/times.ts'
import { endEverything } from './end-everything.ts'
import { checkPassword } from './sign-up-checks.ts'
import type { RecoveryRow, UserRow } from './users.ts'
import { userById } from './users.ts'

/** How long a reset link works, in ms. */
export const RECOVERY_MS = 6 * HOUR

const DEAD_LINK = 'This link was used already or is too old.'

/** Gives the token of a link with which the person chooses a new password, once; earlier links stop working. */
export async function createRecovery(app: App, user: UserRow): Promise<string> {
  const token = randomToken()
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('recovery').where('user_id', '=', user.id).where('email', 'is', null).execute()
    const times = { created_at: tx.now(), expires_at: tx.now() + RECOVERY_MS, used_at: null }
    await tx.db
      .insertInto('recovery')
      .values({ id: tx.newId(), token_hash: hashToken(token), user_id: user.id, email: null, ...times })
      .execute()
  })
  return token
}

/** The handle a reset link is for, or null when it is used, too old or never given out. */
export async function recoveryHandle(app: App, token: string): Promise<string | null> {
  const row = await openRecovery(app, token)
  const user = row && (await userById(app, row.user_id))
  const account = user && (await accountById(app, user.account_id))
  return account ? `@${account.username}@${account.host}` : null
}

/** Sets the new password and ends everything the person was signed in with. Throws `invalid` or `notFound`. */
export async function useRecovery(app: App, token: string, password: string): Promise<void> {
  if (!(await openRecovery(app, token))) throw notFound(DEAD_LINK)
  const problem = checkPassword(password)
  if (problem) throw invalid(`Password ${problem.description}`, { password: [problem] })
  const hash = await hashPassword(password)
  await app.inTransaction(async (tx) => {
    const [claimed] = await tx.db
      .updateTable('recovery')
      .set({ used_at: tx.now() })
      .where('token_hash', '=', hashToken(token))
      .where('email', 'is', null)
      .where('used_at', 'is', null)
      .where('expires_at', '>', tx.now())
      .returning('user_id')
      .execute()
    // Of two uses at once, one finds it used.
    if (!claimed) throw notFound(DEAD_LINK)
    const user = await userById(tx, claimed.user_id)
    // Whoever has the link reads the mail of that address, if it was mailed; the keeper's word is as good.
    const confirmed_at = user?.confirmed_at ?? tx.now()
    await tx.db
      .updateTable('user')
      .set({ password_hash: hash, confirmed_at })
      .where('id', '=', claimed.user_id)
      .execute()
    await endEverything(tx, claimed.user_id)
    if (user) await tx.emit(passwordChanged, { userId: user.id })
  })
}

async function openRecovery(app: App, token: string): Promise<RecoveryRow | undefined> {
  return app.db
    .selectFrom('recovery')
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .where('email', 'is', null)
    .where('used_at', 'is', null)
    .where('expires_at', '>', app.now())
    .executeTakeFirst()
}
