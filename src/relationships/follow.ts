import type { AccountRow } from '#accounts/accounts.ts'
import { isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { followAccepted, followed, followRejected, followRequested, unfollowed } from '#happenings.ts'
import { invalid, notAllowed, notFound } from '#platform/errors.ts'
import { dropEndorsement } from './endorse.ts'
import { dropFromLists } from './list-members.ts'
import type { FollowRequestRow, FollowRow } from './relationships.ts'
import { followOf, followRequestOf, isKeptApart } from './relationships.ts'

export type FollowChoices = { reblogs?: boolean; notify?: boolean; languages?: string[] | null }
type Foreign = { uri: string } | null

const MOST_FOLLOWS = 7500

/**
 * Follows an account, or asks to where the target answers by hand. Following again only changes the choices
 * that are given. A follow of somebody elsewhere stays a request until their server accepts (ACT-18).
 */
export async function follow(
  app: App,
  account: AccountRow,
  target: AccountRow,
  choices: FollowChoices = {},
  foreign: Foreign = null,
): Promise<'following' | 'requested'> {
  if (account.id === target.id) throw notAllowed()
  if (target.suspended_at !== null || target.moved_to_id !== null) throw notFound()
  return app.inTransaction(async (tx) => {
    if (await isKeptApart(tx, account, target)) throw notAllowed()
    const standing = await followOf(tx, account.id, target.id)
    if (standing) return change(tx, 'follow', standing, choices, 'following')
    const waiting = await followRequestOf(tx, account.id, target.id)
    if (waiting) return change(tx, 'follow_request', waiting, choices, 'requested')
    if (isLocal(account)) await refuseTooMany(tx, account)
    const byHand = !isLocal(target) || target.locked === 1 || account.silenced_at !== null
    const id = tx.newId()
    const row: FollowRow = {
      id,
      account_id: account.id,
      target_id: target.id,
      uri: foreign?.uri ?? `${account.uri}#follows/${id}`,
      show_reblogs: choices.reblogs === false ? 0 : 1,
      notify: choices.notify ? 1 : 0,
      languages: choices.languages?.length ? JSON.stringify(choices.languages) : null,
      created_at: tx.now(),
    }
    const origin = foreign ? 'elsewhere' : 'here'
    const relation = { accountId: account.id, targetId: target.id, uri: row.uri, origin } as const
    if (byHand) {
      await tx.db.insertInto('follow_request').values(row).execute()
      await tx.emit(followRequested, relation)
      return 'requested'
    }
    await insertFollow(tx, row)
    await tx.emit(followed, relation)
    return 'following'
  })
}

/** Members follow 7,500 accounts at most, or a tenth more than follow them (surface j). */
async function refuseTooMany(tx: App, account: AccountRow): Promise<void> {
  const counted = await tx.db
    .selectFrom('account')
    .select(['following_count', 'followers_count'])
    .where('id', '=', account.id)
    .executeTakeFirst()
  const most = Math.max(MOST_FOLLOWS, Math.round((counted?.followers_count ?? 0) * 1.1))
  if ((counted?.following_count ?? 0) >= most)
    throw invalid(`Validation failed: You cannot follow more than ${most} people`)
}

async function change<T extends 'following' | 'requested'>(
  tx: App,
  table: 'follow' | 'follow_request',
  row: FollowRow,
  choices: FollowChoices,
  state: T,
): Promise<T> {
  const changes = {
    ...(choices.reblogs === undefined ? {} : { show_reblogs: choices.reblogs ? 1 : 0 }),
    ...(choices.notify === undefined ? {} : { notify: choices.notify ? 1 : 0 }),
    ...(choices.languages === undefined
      ? {}
      : { languages: choices.languages?.length ? JSON.stringify(choices.languages) : null }),
  }
  if (Object.keys(changes).length > 0) {
    await tx.db.updateTable(table).set(changes).where('id', '=', row.id).execute()
  }
  return state
}

async function insertFollow(tx: App, row: FollowRow) {
  await tx.db.insertInto('follow').values(row).execute()
  await countFollow(tx, row.account_id, row.target_id, 1)
}

/** Moves both counters of a follow by one, never below nothing; in the caller's transaction. */
async function countFollow(tx: App, accountId: number, targetId: number, step: 1 | -1) {
  await tx.db
    .updateTable('account')
    .set((row) => ({ following_count: row('following_count', '+', step) }))
    .where('id', '=', accountId)
    .where('following_count', '>=', step === 1 ? 0 : 1)
    .execute()
  await tx.db
    .updateTable('account')
    .set((row) => ({ followers_count: row('followers_count', '+', step) }))
    .where('id', '=', targetId)
    .where('followers_count', '>=', step === 1 ? 0 : 1)
    .execute()
}

/** Ends a follow or takes a request back; does nothing when there is neither. */
export async function unfollow(
  app: App,
  account: AccountRow,
  target: AccountRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const ended = await endFollow(tx, account.id, target.id)
    if (!ended) return
    const { uri } = ended.row
    await tx.emit(unfollowed, { accountId: account.id, targetId: target.id, uri, origin })
  })
}

/** A follow that was ended, or a request that was taken back (`stood` is false). */
export type Ended = { row: FollowRow; stood: boolean }

async function endFollow(tx: App, accountId: number, targetId: number): Promise<Ended | undefined> {
  const standing = await followOf(tx, accountId, targetId)
  if (standing) {
    await tx.db.deleteFrom('follow').where('id', '=', standing.id).execute()
    await countFollow(tx, accountId, targetId, -1)
    await dropEndorsement(tx, accountId, targetId)
    await dropFromLists(tx, accountId, targetId)
    return { row: standing, stood: true }
  }
  const waiting = await followRequestOf(tx, accountId, targetId)
  if (!waiting) return undefined
  await tx.db.deleteFrom('follow_request').where('id', '=', waiting.id).execute()
  await dropFromLists(tx, accountId, targetId)
  return { row: waiting, stood: false }
}

/** The target accepts a waiting follow; throws `notFound` when none waits. */
export async function acceptFollow(
  app: App,
  target: AccountRow,
  account: AccountRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const waiting = await followRequestOf(tx, account.id, target.id)
    if (!waiting) throw notFound()
    await tx.db.deleteFrom('follow_request').where('id', '=', waiting.id).execute()
    await insertFollow(tx, waiting)
    await tx.emit(followAccepted, { accountId: account.id, targetId: target.id, uri: waiting.uri, origin })
  })
}

/** The target refuses a waiting follow, or ends one that stood; throws `notFound` when there is neither. */
export async function rejectFollow(
  app: App,
  target: AccountRow,
  account: AccountRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const ended = await endFollow(tx, account.id, target.id)
    if (!ended) throw notFound()
    const { uri } = ended.row
    await tx.emit(followRejected, { accountId: account.id, targetId: target.id, uri, origin })
  })
}

/** Ends follows and requests between two accounts in both directions, as a block does; in the caller's transaction. */
export async function severFollows(
  tx: App,
  one: AccountRow,
  other: AccountRow,
  origin: 'here' | 'elsewhere',
): Promise<Ended[]> {
  const all: Ended[] = []
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const ended = await endFollow(tx, from.id, to.id)
    if (!ended) continue
    all.push(ended)
    // Each side tells its own: ours undo what they began and refuse what began elsewhere.
    const relation = { accountId: from.id, targetId: to.id, uri: ended.row.uri }
    if (isLocal(from))
      await tx.emit(unfollowed, { ...relation, origin: origin === 'here' ? 'here' : 'elsewhere' })
    else await tx.emit(followRejected, { ...relation, origin })
  }
  return all
}

/** A follow whose Follow activity this is, standing or waiting. */
export async function followByUri(app: App, uri: string): Promise<FollowRow | FollowRequestRow | undefined> {
  const standing = await app.db.selectFrom('follow').selectAll().where('uri', '=', uri).executeTakeFirst()
  return standing ?? app.db.selectFrom('follow_request').selectAll().where('uri', '=', uri).executeTakeFirst()
}

/** Removes a follower; throws `invalid` when it is oneself. */
export async function removeFollower(app: App, target: AccountRow, account: AccountRow): Promise<void> {
  if (target.id === account.id) throw invalid('This is yourself')
  if (await followOf(app, account.id, target.id)) await rejectFollow(app, target, account)
}
