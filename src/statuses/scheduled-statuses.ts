import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import type { StatusForm } from './compose.ts'

/** A post that waits for its time. */
export type ScheduledRow = {
  id: number
  account_id: number
  application_id: number | null
  /** JSON of the form as it was typed (`StatusForm`). */
  params: string
  scheduled_at: number
  created_at: number
}

export type ScheduledTables = { scheduled_status: ScheduledRow }

/** From this year on a publication time means a draft, which is never published by itself. */
export const DRAFTS_FROM = Date.UTC(3000, 0, 1)
/** The last moment that clients of drafts use. */
export const LATEST = Date.UTC(5057, 0, 1) - 1

/** Whether a post waits for its author instead of for its time. */
export const isDraft = (row: Pick<ScheduledRow, 'scheduled_at'>) => row.scheduled_at >= DRAFTS_FROM

/** What was typed, as it was typed. */
export const paramsOf = (row: Pick<ScheduledRow, 'params'>) => JSON.parse(row.params) as StatusForm

/** The account's own scheduled post, or a refusal that does not tell whether it exists (PRIV-23). */
export async function ownScheduled(
  app: App,
  account: Pick<AccountRow, 'id'>,
  id: number | null,
): Promise<ScheduledRow> {
  const row =
    id === null
      ? undefined
      : await app.db
          .selectFrom('scheduled_status')
          .selectAll()
          .where('id', '=', id)
          .where('account_id', '=', account.id)
          .executeTakeFirst()
  if (!row) throw notFound()
  return row
}
