import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { isDuplicate } from '#platform/database/dialect.ts'
import { notFound } from '#platform/errors.ts'
import { hashToken, randomToken } from '#platform/secrets.ts'
import { DAY } from '#platform/times.ts'
import type { RecoveryRow, UserRow } from './users.ts'
import { userById } from './users.ts'

/** How long a link that confirms an address works, and how long a newcomer may leave it, in ms. */
export const CONFIRMATION_MS = 7 * DAY

const DEAD_LINK = 'This link was used already or is too old.'

/** Gives the token of a link that confirms an address of the person, theirs or the one that is to be; earlier ones stop working. */
export async function createConfirmation(app: App, user: UserRow, email: string): Promise<string> {
  const token = randomToken()
  await app.inTransaction(async (tx) => {
    await forgetConfirmations(tx, user)
    const times = { created_at: tx.now(), expires_at: tx.now() + CONFIRMATION_MS, used_at: null }
    const row = { id: tx.newId(), token_hash: hashToken(token), user_id: user.id, email, ...times }
    await tx.db.insertInto('recovery').values(row).execute()
  })
  return token
}

/** The links that would confirm an address of the person stop working; in the caller's transaction. */
export async function forgetConfirmations(tx: App, user: Pick<UserRow, 'id'>): Promise<void> {
  const own = tx.db.deleteFrom('recovery').where('user_id', '=', user.id)
  await own.where('email', 'is not', null).execute()
}

/** The address that a link would confirm, or null when it is none of ours or too old. */
export async function addressToConfirm(app: App, token: string): Promise<string | null> {
  return (await openConfirmation(app, token))?.email ?? null
}

/** Makes the address the person's, confirmed, and gives the person; a second use changes nothing. Throws `notFound`. */
export async function confirmByLink(app: App, token: string): Promise<UserRow> {
  try {
    return await app.inTransaction((tx) => confirm(tx, token))
  } catch (error) {
    // Somebody else took the address meanwhile.
    throw isDuplicate(error) ? notFound(DEAD_LINK) : error
  }
}

async function confirm(tx: App, token: string): Promise<UserRow> {
  const row = await openConfirmation(tx, token)
  const user = row && (await userById(tx, row.user_id))
  if (!user || row.email === null) throw notFound(DEAD_LINK)
  if (user.email === row.email && user.confirmed_at !== null) return user
  const confirmed = {
    email: row.email,
    email_lower: row.email.toLowerCase(),
    confirmed_at: user.confirmed_at ?? tx.now(),
  }
  await tx.db.updateTable('user').set(confirmed).where('id', '=', user.id).execute()
  await tx.emit(rightsChanged, { userId: user.id })
  return { ...user, ...confirmed }
}

async function openConfirmation(app: App, token: string): Promise<RecoveryRow | undefined> {
  return app.db
    .selectFrom('recovery')
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .where('email', 'is not', null)
    .where('expires_at', '>', app.now())
    .executeTakeFirst()
}
