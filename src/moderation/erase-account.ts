import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, isLocal } from '#accounts/accounts.ts'
import { dropArchive } from '#accounts/archives.ts'
import { placePicture } from '#accounts/profile-pictures.ts'
import type { App } from '#app.ts'
import { dropMedia } from '#media/drop-media.ts'
import { job } from '#platform/jobs/declare.ts'
import { MINUTE } from '#platform/times.ts'
import { deleteStatus } from '#statuses/delete-status.ts'

const BATCH = 100
/** How often it is looked whether everybody was told, in ms. */
const LOOK_AGAIN = 10 * MINUTE

/** Rows of an account alone, by the column that names it. */
const OWN: [table: string, column: string][] = [
  ['account_conversation', 'account_id'],
  ['account_domain_block', 'account_id'],
  ['account_severance', 'account_id'],
  ['severed_follow', 'account_id'],
  ['announcement_reaction', 'account_id'],
  ['announcement_read', 'account_id'],
  ['bookmark', 'account_id'],
  ['conversation_mute', 'account_id'],
  ['featured_tag', 'account_id'],
  ['idempotency', 'account_id'],
  ['list_member', 'owner_id'],
  ['list_member', 'account_id'],
  ['list', 'account_id'],
  ['marker', 'account_id'],
  ['mention', 'account_id'],
  // Their votes stay counted, as they were cast; who cast them is forgotten.
  ['poll_vote', 'account_id'],
  ['push_subscription', 'account_id'],
  ['scheduled_status', 'account_id'],
  ['status_pin', 'account_id'],
  ['tag_follow', 'account_id'],
]
/** Ties of one account to another. */
const TIES = [
  'block',
  'mute',
  'endorsement',
  'account_note',
  'suggestion_dismissal',
  'follow_request',
] as const

/** What is left of a profile when it has ended. */
const EMPTY = {
  display_name: '',
  note: '',
  note_source: null,
  fields: '[]',
  also_known_as: '[]',
  attribution_domains: '[]',
  discoverable: 0,
  indexable: 0,
  statuses_count: 0,
  followers_count: 0,
  following_count: 0,
  last_status_at: null,
}

/** Erases what an account that ended leaves behind, in batches; whatever a crash interrupts goes on where it was. */
export const eraseAccount = job({
  name: 'erase account',
  queue: 'bulk',
  tries: 8,
  payload: z.object({ accountId: z.number().int() }),
  async run(app, { accountId }) {
    const account = await accountById(app, accountId)
    if (!account || account.deleted_at === null) return
    await erasePosts(app, account)
    await eraseTies(app, account.id)
    await app.inTransaction((tx) => eraseProfile(tx, account))
    if (isLocal(account)) await app.inTransaction((tx) => dropKeys(tx, account))
  },
})

/** Deletes all posts of an account. Nobody is told of each: they hear that the account has ended. */
export async function erasePosts(app: App, account: AccountRow): Promise<void> {
  for (;;) {
    const rows = await app.db
      .selectFrom('status')
      .selectAll()
      .where('account_id', '=', account.id)
      .limit(BATCH)
      .execute()
    for (const row of rows) await deleteStatus(app, row, 'elsewhere', { deleteMedia: true })
    if (rows.length < BATCH) return
  }
}

/** Cuts everything between an account and others, with the counts on the other side. */
export async function eraseTies(app: App, id: number): Promise<void> {
  await eraseFollows(app, id, 'account_id', 'target_id', 'followers_count')
  await eraseFollows(app, id, 'target_id', 'account_id', 'following_count')
  await eraseMarks(app, id)
  for (const table of TIES)
    for (const column of ['account_id', 'target_id']) await clear(app, table, column, id)
  for (const [table, column] of OWN) await clear(app, table, column, id)
}

type Side = 'account_id' | 'target_id'

async function eraseFollows(
  app: App,
  id: number,
  own: Side,
  other: Side,
  count: 'followers_count' | 'following_count',
): Promise<void> {
  for (let removed = BATCH; removed === BATCH; ) {
    removed = await app.inTransaction(async (tx) => {
      const gone = await sql<{ id: number }>`delete from follow where id in
        (select id from follow where ${sql.ref(own)} = ${id} limit ${BATCH}) returning ${sql.ref(other)} as id`.execute(
        tx.db,
      )
      const ids = gone.rows.map((row) => row.id)
      await sql`update account set ${sql.ref(count)} = ${sql.ref(count)} - 1
        where ${tx.dialect.among(sql`id`, ids)} and ${sql.ref(count)} > 0`.execute(tx.db)
      return ids.length
    })
  }
}

/** Favourites go with their count on what was liked. */
async function eraseMarks(app: App, id: number): Promise<void> {
  for (let removed = BATCH; removed === BATCH; ) {
    removed = await app.inTransaction(async (tx) => {
      const gone = await sql<{ id: number }>`delete from favourite where id in
        (select id from favourite where account_id = ${id} limit ${BATCH}) returning status_id as id`.execute(
        tx.db,
      )
      const ids = gone.rows.map((row) => row.id)
      await sql`update status set favourites_count = favourites_count - 1
        where ${tx.dialect.among(sql`id`, ids)} and favourites_count > 0`.execute(tx.db)
      return ids.length
    })
  }
}

async function clear(app: App, table: string, column: string, id: number): Promise<void> {
  await app.inTransaction((tx) =>
    sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${id}`.execute(tx.db),
  )
}

async function eraseProfile(tx: App, account: AccountRow): Promise<void> {
  const media = await tx.db.selectFrom('media').selectAll().where('account_id', '=', account.id).execute()
  await dropMedia(tx, media)
  const filters = tx.db.selectFrom('custom_filter').select('id').where('account_id', '=', account.id)
  await tx.db.deleteFrom('filter_keyword').where('filter_id', 'in', filters).execute()
  await tx.db.deleteFrom('filter_status').where('filter_id', 'in', filters).execute()
  await tx.db.deleteFrom('custom_filter').where('account_id', '=', account.id).execute()
  for (const row of await tx.db
    .selectFrom('archive')
    .selectAll()
    .where('account_id', '=', account.id)
    .execute())
    await dropArchive(tx, row)
  const pictures = await withoutPictures(tx, account)
  await tx.db
    .updateTable('account')
    .set({ ...EMPTY, ...pictures })
    .where('id', '=', account.id)
    .execute()
}

async function withoutPictures(tx: App, account: AccountRow): Promise<Partial<AccountRow>> {
  const domain = account.domain_id === null ? undefined : tx.domains.byId(account.domain_id)
  if (!domain) return { avatar_url: null, header_url: null, avatar_description: '', header_description: '' }
  return {
    ...(await placePicture(tx, domain, account, 'avatar', null)),
    ...(await placePicture(tx, domain, account, 'header', null)),
  }
}

/**
 * Its keys go when nothing waits any more that they sign; until then it is looked again. A small account may be erased
 * before its end is written down for others, so that nothing waits yet: the first look is never the last.
 */
async function dropKeys(tx: App, account: AccountRow): Promise<void> {
  const owing = await tx.db
    .selectFrom('outgoing')
    .select('id')
    .where('account_id', '=', account.id)
    .limit(1)
    .execute()
  const isEarly = tx.now() < (account.deleted_at ?? 0) + LOOK_AGAIN
  if (owing.length === 0 && !isEarly)
    return void (await tx.db.deleteFrom('account_key').where('account_id', '=', account.id).execute())
  const again = { at: tx.now() + LOOK_AGAIN, unique: `erase ${account.id}` }
  await tx.later(eraseAccount, { accountId: account.id }, again)
}
