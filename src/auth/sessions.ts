import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { unauthenticated } from '#platform/errors.ts'
import { hashToken, randomToken } from '#platform/secrets.ts'
import { DAY, MINUTE } from '#platform/times.ts'
import { keptWhileRightsStand } from './rights.ts'
import { stateOf } from './user-state.ts'
import type { SessionRow, UserRow } from './users.ts'
import { userById } from './users.ts'

/** How many browsers one person may be signed in with; the oldest goes first (surface j). */
const MOST_SESSIONS = 10
const YEAR = 365 * DAY
const SEEN_EVERY = 10 * MINUTE

/** A signed-in browser with its person. */
export type Session = { id: number; csrf: string; user: UserRow; account: AccountRow }

type Known = Session & { lastUsed: number }
const remembered = keptWhileRightsStand<Known>()

/**
 * Signs a browser in, and gives the token for its cookie; stored is only the token's hash. Throws
 * `unauthenticated` when the person's password is not the one of `user` any more.
 */
export async function openSession(
  app: App,
  user: UserRow,
  browser: { ip: string; userAgent: string | null },
): Promise<string> {
  const token = randomToken()
  await app.inTransaction(async (tx) => {
    const row: SessionRow = {
      id: tx.newId(),
      token_hash: hashToken(token),
      user_id: user.id,
      csrf: randomToken(18),
      ip: browser.ip,
      user_agent: browser.userAgent,
      created_at: tx.now(),
      last_used_at: tx.now(),
    }
    const standing = await tx.db
      .updateTable('user')
      .set({ last_sign_in_at: tx.now() })
      .where('id', '=', user.id)
      .where('password_hash', user.password_hash === null ? 'is' : '=', user.password_hash)
      .executeTakeFirst()
    // The password was changed while this one was being checked: everything signed in with it has ended.
    if (standing.numUpdatedRows === 0n) throw unauthenticated('That name and password do not fit together.')
    await tx.db.insertInto('session').values(row).execute()
    const old = await tx.db
      .selectFrom('session')
      .select('id')
      .where('user_id', '=', user.id)
      .orderBy('id', 'desc')
      .offset(MOST_SESSIONS)
      .limit(100)
      .execute()
    if (old.length === 0) return
    const ids = old.map((each) => each.id)
    await tx.db.deleteFrom('session').where('id', 'in', ids).execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
  return token
}

/** The session a cookie means: null when it ended, is older than a year, or its person may not sign in any more. */
export async function sessionFor(app: App, token: string): Promise<Session | null> {
  const hash = hashToken(token)
  const session = await remembered(app, hash, () => load(app, hash))
  if (!session) return null
  if (app.now() - session.lastUsed > SEEN_EVERY) {
    const { id } = session
    session.lastUsed = app.now()
    await app.inTransaction(async (tx) => {
      await tx.db.updateTable('session').set({ last_used_at: tx.now() }).where('id', '=', id).execute()
    })
  }
  // Profiles change without their rights changing, so the account is always read.
  const account = await accountById(app, session.account.id)
  return account && account.suspended_at === null ? { ...session, account } : null
}

async function load(app: App, hash: string): Promise<Known | null> {
  const row = await app.db.selectFrom('session').selectAll().where('token_hash', '=', hash).executeTakeFirst()
  if (!row || row.last_used_at < app.now() - YEAR) return null
  const user = await userById(app, row.user_id)
  const account = user && (await accountById(app, user.account_id))
  if (!user || !account || stateOf(user, account) !== 'active') return null
  return { id: row.id, csrf: row.csrf, user, account, lastUsed: row.last_used_at }
}

/** Ends the session of this token; its cookie is worth nothing afterwards (ACC-03). */
export async function signOut(app: App, token: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    const ended = await tx.db
      .deleteFrom('session')
      .where('token_hash', '=', hashToken(token))
      .returning('user_id')
      .execute()
    for (const { user_id: userId } of ended) await tx.emit(rightsChanged, { userId })
  })
}

/** The person's sessions, last used first. */
export async function listSessions(app: App, user: UserRow): Promise<SessionRow[]> {
  return app.db
    .selectFrom('session')
    .selectAll()
    .where('user_id', '=', user.id)
    .orderBy('last_used_at', 'desc')
    .execute()
}

/** Ends one session of the person at once; somebody else's is left alone (AZ-10, ACC-27). */
export async function revokeSession(app: App, user: UserRow, id: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('session').where('id', '=', id).where('user_id', '=', user.id).execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
}

/** Ends all sessions of the person but one. */
export async function revokeOtherSessions(app: App, user: UserRow, keep: number | null): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('session')
      .where('user_id', '=', user.id)
      .where('id', '<>', keep ?? 0)
      .execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
}
