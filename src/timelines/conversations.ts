import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'

/** A thread of direct statuses as one of its members keeps it; `participants` are the others' ids, sorted. */
export type AccountConversationRow = {
  id: number
  account_id: number
  conversation_id: number
  participants: string
  last_status_id: number
  unread: number
  updated_at: number
}

export type ConversationTables = { account_conversation: AccountConversationRow }

/** Others in a conversation, by id. */
export const participantsOf = ({ participants }: AccountConversationRow): number[] =>
  participants === '' ? [] : participants.split(',').map(Number)

/** The member's conversation of this id; throws `notFound` for nobody's and for other people's. */
export async function ownConversation(
  app: App,
  account: Pick<AccountRow, 'id'>,
  id: string,
): Promise<AccountConversationRow> {
  const number = readId(id)
  const row = number === null ? undefined : await conversationById(app, account.id, number)
  if (!row) throw notFound()
  return row
}

/** An account's conversation, or undefined for nobody's and for other people's. */
export async function conversationById(
  app: App,
  accountId: number,
  id: number,
): Promise<AccountConversationRow | undefined> {
  return app.db
    .selectFrom('account_conversation')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
}

type Ask = { me: number; above: number; below: number; most: number }

const pageOf = (ascending: boolean) =>
  prepared<Ask, AccountConversationRow>(
    (_, { me, above, below, most }) => sql<AccountConversationRow>`
      select * from account_conversation c
      where c.account_id = ${me} and c.last_status_id > ${above} and c.last_status_id < ${below}
      order by c.last_status_id ${sql.raw(ascending ? 'asc' : 'desc')} limit ${most}`,
  )
const newestFirst = pageOf(false)
const oldestFirst = pageOf(true)

/** A page of the member's conversations by their last statuses, newest first; those statuses' ids are the cursors. */
export async function conversationsOf(
  app: App,
  account: Pick<AccountRow, 'id'>,
  page: Page,
): Promise<AccountConversationRow[]> {
  const ascending = page.minId !== null
  const rows = await (ascending ? oldestFirst : newestFirst)(app, {
    me: account.id,
    above: Math.max(page.sinceId ?? 0, page.minId ?? 0),
    below: page.maxId ?? Number.MAX_SAFE_INTEGER,
    most: page.limit,
  })
  return ascending ? rows.reverse() : rows
}

/** Marks a conversation as read or not. */
export async function markConversation(
  app: App,
  conversation: AccountConversationRow,
  unread: boolean,
): Promise<AccountConversationRow> {
  const changes = { unread: unread ? 1 : 0 }
  await app.inTransaction((tx) =>
    tx.db.updateTable('account_conversation').set(changes).where('id', '=', conversation.id).execute(),
  )
  return { ...conversation, ...changes }
}

/** Takes a conversation off the member's list; its statuses stay, and a new one brings it back. */
export async function removeConversation(app: App, conversation: AccountConversationRow): Promise<void> {
  await app.inTransaction((tx) =>
    tx.db.deleteFrom('account_conversation').where('id', '=', conversation.id).execute(),
  )
}
