import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import type { AccountConversationRow } from './conversations.ts'
import { participantsOf } from './conversations.ts'

/** https://docs.joinmastodon.org/entities/Conversation/ */
export const Conversation = z.object({
  id: z.string(),
  unread: z.boolean(),
  accounts: z.array(Account),
  last_status: Status.nullable(),
})
export type Conversation = z.infer<typeof Conversation>

/** Conversations as their member sees them, in order; one query a kind for all of them. */
export async function presentConversations(
  app: App,
  reader: Reader,
  rows: readonly AccountConversationRow[],
): Promise<Conversation[]> {
  if (rows.length === 0) return []
  const accounts = await presentAccountsById(app, reader, [...new Set(rows.flatMap(participantsOf))])
  const statuses = await presentStatuses(
    app,
    reader,
    rows.map((row) => row.last_status_id),
  )
  const shown = new Map(statuses.map((status) => [status.id, status]))
  return rows.map((row) => ({
    id: String(row.id),
    unread: row.unread === 1,
    accounts: participantsOf(row).flatMap((id) => accounts.get(id) ?? []),
    last_status: shown.get(String(row.last_status_id)) ?? null,
  }))
}
