import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { reblogUndone, statusReblogged } from '#happenings.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { idForPast } from '#platform/ids.ts'
import { believable } from './create-status.ts'
import { erase, leaveTombstone, lower } from './delete-status.ts'
import type { StatusRow, Visibility } from './statuses.ts'
import { insertStatus, isTombstoned, statusById } from './statuses.ts'
import { mayReblog } from './visibility.ts'

type Foreign = { uri: string; publishedAt: number } | null

/**
 * Boosts a status, once per account, and gives the wrapping status. The caller has checked that the account
 * may see it. Throws `invalid` for what may not be boosted.
 */
export async function reblog(
  app: App,
  account: AccountRow,
  status: StatusRow,
  visibility: Visibility = 'public',
  foreign: Foreign = null,
): Promise<StatusRow> {
  if (status.reblog_of_id !== null) throw invalid('A boost cannot be boosted')
  if (!mayReblog(status, account.id)) throw invalid('Validation failed: This post cannot be boosted')
  return app.inTransaction(async (tx) => {
    const known = await reblogOf(tx, account.id, status.id)
    if (known) return known
    if (foreign && (await isTombstoned(tx, foreign.uri, account.uri))) throw notFound()
    const row = await wrapper(tx, account, status, visibility, foreign)
    await insertStatus(tx, row)
    await tx.db
      .updateTable('status')
      .set((each) => ({ reblogs_count: each('reblogs_count', '+', 1) }))
      .where('id', '=', status.id)
      .execute()
    await tx.db
      .updateTable('account')
      .set((each) => ({ statuses_count: each('statuses_count', '+', 1), last_status_at: row.created_at }))
      .where('id', '=', account.id)
      .execute()
    const origin = foreign ? 'elsewhere' : 'here'
    await tx.emit(statusReblogged, { reblogId: row.id, statusId: status.id, accountId: account.id, origin })
    return row
  })
}

async function wrapper(
  tx: App,
  account: AccountRow,
  status: StatusRow,
  wanted: Visibility,
  foreign: Foreign,
): Promise<StatusRow> {
  const createdAt = foreign ? believable(foreign.publishedAt, tx.now()) : tx.now()
  let id = tx.newId()
  if (foreign) {
    const past = idForPast(createdAt, account.id % 4093)
    if (!(await statusById(tx, past))) id = past
  }
  return {
    id,
    uri: foreign?.uri ?? `${account.uri}/statuses/${id}/activity`,
    url: null,
    account_id: account.id,
    domain_id: account.domain_id,
    visibility: status.visibility === 'private' ? 'private' : wanted,
    content: '',
    source: null,
    content_type: 'text/html',
    spoiler_text: '',
    sensitive: status.sensitive,
    language: status.language,
    in_reply_to_id: null,
    in_reply_to_account_id: null,
    in_reply_to_uri: null,
    conversation_id: null,
    reblog_of_id: status.id,
    application_id: null,
    poll_id: null,
    quote_id: null,
    card_id: null,
    local_only: status.local_only,
    quote_policy: null,
    interaction_policy: null,
    quotes_count: 0,
    parts: 0,
    reactions_count: 0,
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
    created_at: createdAt,
    edited_at: null,
  }
}

/** Takes a boost back; does nothing when there is none. */
export async function unreblog(
  app: App,
  account: AccountRow,
  status: StatusRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const known = await reblogOf(tx, account.id, status.id)
    if (!known) return
    await erase(tx, [known.id])
    await leaveTombstone(tx, known.uri, account.uri, account.domain_id !== null)
    await lower(tx, status.id, 'reblogs_count')
    await tx.db
      .updateTable('account')
      .set((each) => ({ statuses_count: each('statuses_count', '-', 1) }))
      .where('id', '=', account.id)
      .where('statuses_count', '>', 0)
      .execute()
    await tx.emit(reblogUndone, {
      statusId: status.id,
      accountId: account.id,
      uri: known.uri,
      reblogId: known.id,
      origin,
    })
  })
}

/** The account's boost of a status, or undefined. */
export async function reblogOf(
  app: App,
  accountId: number,
  statusId: number,
): Promise<StatusRow | undefined> {
  return app.db
    .selectFrom('status')
    .selectAll()
    .where('reblog_of_id', '=', statusId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
}
