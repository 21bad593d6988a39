import { sql } from 'kysely'
import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { isoTime } from '#platform/times.ts'

/** What the staff can do about an account, mildest first; `none` only says something. */
export const actions = ['none', 'sensitive', 'disable', 'silence', 'suspend'] as const
export type Action = (typeof actions)[number]

/** What the staff did about an account of ours, and said to its owner. */
export type WarningRow = {
  id: number
  /** Who of the staff; null for the keeper's command. */
  account_id: number | null
  target_id: number
  report_id: number | null
  action: Action
  text: string
  created_at: number
}
export type WarningTables = { warning: WarningRow }

/** https://docs.joinmastodon.org/entities/AccountWarning/ */
export const AccountWarning = z.object({
  id: z.string(),
  action: z.enum(actions),
  text: z.string(),
  status_ids: z.array(z.string()).nullable(),
  target_account: Account,
  appeal: z.null(),
  created_at: z.string(),
})
export type AccountWarning = z.infer<typeof AccountWarning>

/** These warnings by id; who of the staff gave them is not told. */
export async function presentWarnings(
  app: App,
  reader: Reader,
  ids: readonly number[],
): Promise<Map<number, AccountWarning>> {
  if (ids.length === 0) return new Map()
  const rows = await app.db.selectFrom('warning').selectAll().where(app.dialect.among(sql`id`, ids)).execute()
  const targets = await presentAccountsById(
    app,
    reader,
    rows.map((row) => row.target_id),
  )
  return new Map(
    rows.flatMap((row) => {
      const target_account = targets.get(row.target_id)
      if (!target_account) return []
      const { action, text } = row
      const told = { id: String(row.id), action, text, status_ids: null, target_account, appeal: null }
      return [[row.id, { ...told, created_at: isoTime(row.created_at) }] as const]
    }),
  )
}
