import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { hashToken, randomToken } from '#platform/secrets.ts'
import { DAY, MINUTE } from '#platform/times.ts'
import { onRightsChanged } from './rights.ts'
import type { SessionRow, UserRow } from './users.ts'
import { userById } from './users.ts'

/** How many browsers one person may be signed in with; the oldest goes first (surface j). */
const MOST_SESSIONS = 10
const YEAR = 365 * DAY
const SEEN_EVERY = 10 * MINUTE

/** A signed-in browser with its person. */
export type Session = { id: number; csrf: string; user: UserRow; account: AccountRow }

type Kept = { sessions: LRUCache<string, Session & { lastUsed: number }> }
const kept = keptBy<Kept>(() => ({ sessions: new LRUCache({ max: 5000, ttl: MINUTE }) }))

/** Signs a browser in, and gives the token for its cookie; stored is only the token's hash. */
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
    await tx.db.insertInto('session').values(row).execute()
    await tx.db.updateTable('user').set({ last_sign_in_at: tx.now() }).where('id', '=', user.id).execute()
    const old = await tx.db
      .selectFrom('session')
      .select('id')
      .where('user_id', '=', user.id)
      .orderBy('id', 'desc')
      .offset(MOST_SESSIONS)
      .limit(100)
      .execute()
    if (old.length > 0)
      await tx.db
        .deleteFrom('session')
        .where(
          'id',
          'in',
          old.map((each) => each.id),
        )
        .execute()
  })
  return token
}

/** The session a cookie means: null when it ended, is older than a year, or its person may not sign in any more. */
export async function sessionFor(app: App, token: string): Promise<Session | null> {
  const memory = kept(app)
  onRightsChanged(app, 'sessions', () => memory.sessions.clear())
  const hash = hashToken(token)
  let session = memory.sessions.get(hash)
  if (!session) {
    const found = await load(app, hash)
    if (!found) return null
    session = found
    memory.sessions.set(hash, session)
  }
  if (app.now() - session.lastUsed > SEEN_EVERY) {
    const id = session.id
    session.lastUsed = app.now()
    await app.inTransaction(async (tx) => {
      await tx.db.updateTable('session').set({ last_used_at: tx.now() }).where('id', '=', id).execute()
    })
  }
  // Profiles change without their rights changing, so the account is always read.
  const account = await accountById(app, session.account.id)
  return account && account.suspended_at === null ? { ...session, account } : null
}

async function load(app: App, hash: string): Promise<(Session & { lastUsed: number }) | null> {
  const row = await app.db.selectFrom('session').selectAll().where('token_hash', '=', hash).executeTakeFirst()
  if (!row || row.last_used_at < app.now() - YEAR) return null
  const user = await userById(app, row.user_id)
  const account = user && (await accountById(app, user.account_id))
  if (!user || !account || user.disabled_at !== null || user.approved_at === null) return null
  return { id: row.id, csrf: row.csrf, user, account, lastUsed: row.last_used_at }
}

/** Ends the session of this token; its cookie is worth nothing afterwards (ACC-03). */
export async function signOut(app: App, token: string): Promise<void> {
  const hash = hashToken(token)
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('session').where('token_hash', '=', hash).execute()
  })
  kept(app).sessions.delete(hash)
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

/** Ends one session of the person; somebody else's is left alone (AZ-10). */
export async function revokeSession(app: App, user: UserRow, id: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('session').where('id', '=', id).where('user_id', '=', user.id).execute()
  })
  kept(app).sessions.clear()
}

/** Ends all sessions of the person but one. */
export async function revokeOtherSessions(app: App, user: UserRow, keep: number | null): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('session')
      .where('user_id', '=', user.id)
      .where('id', '<>', keep ?? 0)
      .execute()
  })
  kept(app).sessions.clear()
}
