import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { accountMoved, accountUpdated } from '#happenings.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { DAY } from '#platform/times.ts'

/** How long after a move there is no other: of a member, and of somebody elsewhere (ACT-22). */
const COOLDOWN = { here: 30 * DAY, elsewhere: 7 * DAY }
const MOST_ALIASES = 20

/** The addresses of accounts that an account names as its own. */
export const aliasesOf = (account: AccountRow) => JSON.parse(account.also_known_as) as string[]

/** Says that another account is the member's too, so that it may move here; throws `invalid` for themselves and too many. */
export async function addAlias(app: App, account: AccountRow, other: AccountRow): Promise<void> {
  if (other.id === account.id) throw invalid('Validation failed: This is the account itself')
  const aliases = aliasesOf(account)
  if (aliases.includes(other.uri)) return
  if (aliases.length >= MOST_ALIASES)
    throw invalid(`Validation failed: There may be ${MOST_ALIASES} aliases at most`)
  await saveAliases(app, account, [...aliases, other.uri])
}

/** Takes that back, by the other account's address; throws `notFound` when it was never said. */
export async function dropAlias(app: App, account: AccountRow, uri: string): Promise<void> {
  const aliases = aliasesOf(account)
  if (!aliases.includes(uri)) throw notFound()
  await saveAliases(
    app,
    account,
    aliases.filter((each) => each !== uri),
  )
}

async function saveAliases(app: App, account: AccountRow, aliases: string[]): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('account')
      .set({ also_known_as: JSON.stringify(aliases), updated_at: Math.max(tx.now(), account.updated_at + 1) })
      .where('id', '=', account.id)
      .execute()
    await tx.emit(accountUpdated, { accountId: account.id, origin: 'here' })
  })
}

/**
 * Moves an account to another that names it as its own: followers are sent after it, and it says so from now on. Throws
 * `invalid` where the other does not name it, moved itself, or the last move was not long ago (ACT-21, ACT-22).
 */
export async function moveAccount(app: App, account: AccountRow, target: AccountRow): Promise<void> {
  const origin = isLocal(account) ? 'here' : 'elsewhere'
  if (target.id === account.id) throw invalid('Validation failed: An account cannot move to itself')
  if (target.suspended_at !== null || target.moved_to_id !== null)
    throw invalid('Validation failed: That account has moved or ended itself')
  if (!aliasesOf(target).includes(account.uri))
    throw invalid(
      `Validation failed: @${target.username}@${target.host} does not name this account as an alias`,
    )
  await app.inTransaction(async (tx) => {
    const present = await accountById(tx, account.id)
    if (!present) throw notFound()
    const since = tx.now() - (present.moved_at ?? Number.NEGATIVE_INFINITY)
    if (since < COOLDOWN[origin]) throw invalid('Validation failed: The last move was not long ago')
    const moved = {
      moved_to_id: target.id,
      moved_at: tx.now(),
      updated_at: Math.max(tx.now(), present.updated_at + 1),
    }
    await tx.db.updateTable('account').set(moved).where('id', '=', account.id).execute()
    await tx.emit(accountUpdated, { accountId: account.id, origin })
    await tx.emit(accountMoved, { accountId: account.id, targetId: target.id, origin })
  })
}

/** Stays after all: the account is as it was, but followers who went stay where they are. */
export async function cancelMove(app: App, account: AccountRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('account')
      .set({ moved_to_id: null, updated_at: Math.max(tx.now(), account.updated_at + 1) })
      .where('id', '=', account.id)
      .execute()
    await tx.emit(accountUpdated, { accountId: account.id, origin: 'here' })
  })
}
