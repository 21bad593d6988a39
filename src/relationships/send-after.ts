import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { accountMoved } from '#happenings.ts'
import { Refusal } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { block } from './block.ts'
import { follow, unfollow } from './follow.ts'
import { mute } from './mute.ts'
import type { FollowRow } from './relationships.ts'

const BATCH = 100

/**
 * What members had with an account that moved, they have with the one it moved to: follows with their choices, places in
 * lists, blocks, mutes and notes.
 */
export const sendAfter = job({
  name: 'send followers after a move',
  queue: 'bulk',
  tries: 8,
  payload: accountMoved.payload,
  async run(app, { accountId, targetId }) {
    const [from, to] = [await accountById(app, accountId), await accountById(app, targetId)]
    // Called back in the meantime.
    if (!from || !to || from.moved_to_id !== to.id) return
    await moveFollows(app, from, to)
    for (const member of await membersWith(app, 'block', from)) await block(app, member, to).catch(overlook)
    for (const member of await membersWith(app, 'mute', from)) await mute(app, member, to).catch(overlook)
    await copyNotes(app, from, to)
  },
})

async function moveFollows(app: App, from: AccountRow, to: AccountRow): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await app.db
      .selectFrom('follow')
      .innerJoin('account', 'account.id', 'follow.account_id')
      .selectAll('follow')
      .where('follow.target_id', '=', from.id)
      .where('follow.id', '>', after)
      .where('account.domain_id', 'is not', null)
      .orderBy('follow.id')
      .limit(BATCH)
      .execute()
    const followers = await accountsByIds(
      app,
      rows.map((row) => row.account_id),
    )
    for (const row of rows) {
      const follower = followers.get(row.account_id)
      if (follower && follower.id !== to.id) await moveFollow(app, follower, row, from, to)
    }
    if (rows.length < BATCH) return
    after = rows.at(-1)?.id ?? after
  }
}

async function moveFollow(app: App, follower: AccountRow, row: FollowRow, from: AccountRow, to: AccountRow) {
  const choices = {
    reblogs: row.show_reblogs === 1,
    notify: row.notify === 1,
    languages: row.languages === null ? null : (JSON.parse(row.languages) as string[]),
  }
  try {
    await follow(app, follower, to, choices)
    await moveListPlaces(app, follower, from, to)
    await unfollow(app, follower, from)
  } catch (error) {
    overlook(error)
  }
}

async function moveListPlaces(app: App, owner: AccountRow, from: AccountRow, to: AccountRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    const mine = tx.db.selectFrom('list').select('id').where('account_id', '=', owner.id)
    const there = tx.db.selectFrom('list_member').select('list_id').where('account_id', '=', to.id)
    await tx.db
      .updateTable('list_member')
      .set({ account_id: to.id })
      .where('account_id', '=', from.id)
      .where('list_id', 'in', mine)
      .where('list_id', 'not in', there)
      .execute()
  })
}

async function membersWith(app: App, table: 'block' | 'mute', from: AccountRow): Promise<AccountRow[]> {
  const rows = await sql<{ id: number }>`select t.account_id as id from ${sql.table(table)} t
    join account a on a.id = t.account_id
    where t.target_id = ${from.id} and a.domain_id is not null limit 10000`.execute(app.db)
  return [
    ...(
      await accountsByIds(
        app,
        rows.rows.map(({ id }) => id),
      )
    ).values(),
  ]
}

async function copyNotes(app: App, from: AccountRow, to: AccountRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    const notes = await tx.db
      .selectFrom('account_note')
      .selectAll()
      .where('target_id', '=', from.id)
      .execute()
    for (const note of notes)
      await tx.db
        .insertInto('account_note')
        .values({ ...note, ...('id' in note ? { id: tx.newId() } : {}), target_id: to.id })
        .onConflict((clash) => clash.columns(['account_id', 'target_id']).doNothing())
        .execute()
  })
}

/** Who may not follow, or blocks already, is left as they are. */
function overlook(error: unknown): void {
  if (!(error instanceof Refusal)) throw error
}
