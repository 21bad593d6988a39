import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { notFound } from '#platform/errors.ts'
import { hashToken, randomToken } from '#platform/secrets.ts'
import { DAY } from '#platform/times.ts'
import type { RecoveryRow, UserRow } from './users.ts'
import { userById } from './users.ts'

/** How long a link that confirms an address works, and how long a newcomer may leave it, in ms. */
export const CONFIRMATION_MS = 7 * DAY

const DEAD_LINK = 'This link was used already or is too old.'

/** Gives the token of a link that confirms the person's address; earlier ones stop working. */
export async function createConfirmation(app: App, user: UserRow): Promise<string> {
  const token = randomToken()
  await app.inTransaction(async (tx) => {
    const own = tx.db.deleteFrom('recovery').where('user_id', '=', user.id)
    await own.where('email', 'is not', null).execute()
    const times = { created_at: tx.now(), expires_at: tx.now() + CONFIRMATION_MS, used_at: null }
    const row = {
      id: tx.newId(),
      token_hash: hashToken(token),
      user_id: user.id,
      email: user.email,
      ...times,
    }
    await tx.db.insertInto('recovery').values(row).execute()
  })
  return token
}

/** The address that a link would confirm, or null when it is too old, or of an address that is not theirs any more. */
export async function addressToConfirm(app: App, token: string): Promise<string | null> {
  const row = await openConfirmation(app, token)
  const user = row && (await userById(app, row.user_id))
  return user && user.email === row.email ? row.email : null
}

/** Counts the address as confirmed and gives the person; a second use changes nothing. Throws `notFound`. */
export async function confirmByLink(app: App, token: string): Promise<UserRow> {
  return app.inTransaction(async (tx) => {
    const row = await openConfirmation(tx, token)
    const user = row && (await userById(tx, row.user_id))
    if (!user || user.email !== row.email) throw notFound(DEAD_LINK)
    if (user.confirmed_at !== null) return user
    const confirmed = { confirmed_at: tx.now() }
    await tx.db.updateTable('user').set(confirmed).where('id', '=', user.id).execute()
    await tx.emit(rightsChanged, { userId: user.id })
    return { ...user, ...confirmed }
  })
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
