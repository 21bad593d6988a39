import { accountById } from '#accounts/accounts.ts'
import type { App, Viewer } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { TokenVerdict } from '#platform/http/caller.ts'
import { hashToken, randomToken } from '#platform/secrets.ts'
import { DAY } from '#platform/times.ts'
import { keptWhileRightsStand } from './rights.ts'
import type { UserState } from './user-state.ts'
import { stateOf } from './user-state.ts'
import type { TokenRow, UserRow } from './users.ts'
import { userById } from './users.ts'

export type NewToken = {
  applicationId: number
  userId: number | null
  scopes: string[]
  grantId?: number | null
}

/** Makes an access token and gives it in clear, this once; stored is only its hash (OAU-17). */
export async function createToken(app: App, wanted: NewToken): Promise<string> {
  const token = randomToken()
  await app.inTransaction(async (tx) => {
    await tx.db
      .insertInto('token')
      .values(tokenRow(tx, token, wanted))
      .execute()
  })
  return token
}

function tokenRow(tx: App, token: string, wanted: NewToken): TokenRow {
  return {
    id: tx.newId(),
    token_hash: hashToken(token),
    application_id: wanted.applicationId,
    user_id: wanted.userId,
    grant_id: wanted.grantId ?? null,
    session_id: null,
    scopes: wanted.scopes.join(' '),
    created_at: tx.now(),
    last_used_at: null,
    revoked_at: null,
  }
}

type Known = { token: TokenRow; user: UserRow | null; scopes: string[] }
const remembered = keptWhileRightsStand<Known>()
const byHash = prepared<{ hash: string }, TokenRow>((db, { hash }) =>
  db.selectFrom('token').selectAll().where('token_hash', '=', hash).where('revoked_at', 'is', null),
)

/** What a token means: whose it is, what it may do, and why its member may not act; null when it is nothing. */
export async function findToken(app: App, text: string): Promise<TokenVerdict> {
  const hash = hashToken(text)
  const known = await remembered(app, hash, () => load(app, hash))
  if (!known) return null
  noteUse(app, known.token)
  const { token, user, scopes } = known
  if (!user) return { token, scopes, viewer: null }
  // Profile and counters change without the rights changing, so the account is always read.
  const account = await accountById(app, user.account_id)
  if (!account) return null
  const viewer: Viewer = { account, user, token, scopes }
  const state = stateOf(user, account)
  return state === 'active' ? { token, scopes, viewer } : { token, scopes, viewer, refusal: refusals[state] }
}

async function load(app: App, hash: string): Promise<Known | null> {
  const token = (await byHash(app, { hash }))[0]
  if (!token) return null
  if (token.session_id !== null && !(await hasSession(app, token.session_id))) return null
  const scopes = token.scopes.split(' ')
  if (token.user_id === null) return { token, user: null, scopes }
  const user = await userById(app, token.user_id)
  return user ? { token, user, scopes } : null
}

/** Whether the browser a token was made for is still signed in. */
async function hasSession(app: App, id: number): Promise<boolean> {
  return (
    (await app.db.selectFrom('session').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
  )
}

const refusals: Record<Exclude<UserState, 'active'>, string> = {
  suspended: 'Your account has been suspended',
  disabled: 'Your login is currently disabled',
  pending: 'Your login is currently pending approval',
  unconfirmed: 'Your login is missing a confirmed e-mail address',
}

/** Remembers that the token is in use, at most once a day, and without making the request wait. */
function noteUse(app: App, token: TokenRow): void {
  if (token.last_used_at !== null && app.now() - token.last_used_at < DAY) return
  token.last_used_at = app.now()
  const saved = app.inTransaction(async (tx) => {
    await tx.db.updateTable('token').set({ last_used_at: tx.now() }).where('id', '=', token.id).execute()
  })
  saved.catch((error) => app.log.warn({ err: error }, 'a token’s last use was not noted'))
}

/** Ends one token; streams and caches hear of it. */
export async function revokeToken(app: App, token: TokenRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('token').set({ revoked_at: tx.now() }).where('id', '=', token.id).execute()
    await tx.emit(rightsChanged, { userId: token.user_id ?? 0 })
  })
}

/** The token with this text, revoked or not; undefined when there never was one. */
export async function tokenByText(app: App, text: string): Promise<TokenRow | undefined> {
  return app.db.selectFrom('token').selectAll().where('token_hash', '=', hashToken(text)).executeTakeFirst()
}
