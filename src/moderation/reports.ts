import { sql } from 'kysely'
import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { isoTime, isoTimeOrNull } from '#platform/times.ts'

/** What somebody told the staff about an account. The lists are JSON arrays of ids. */
export type ReportRow = {
  id: number
  /** Under which other servers know it; says nothing of who reported. */
  uri: string
  /** The hosted domain whose staff looks at it. */
  domain_id: number
  account_id: number
  target_id: number
  category: string
  comment: string
  status_ids: string
  collection_ids: string
  rule_ids: string
  forwarded: number
  assigned_to_id: number | null
  action_taken_at: number | null
  action_taken_by_id: number | null
  created_at: number
  updated_at: number
}

export type ReportTables = { report: ReportRow }

export const reportCategories = ['spam', 'legal', 'violation', 'other'] as const

/** https://docs.joinmastodon.org/entities/Report/ */
export const Report = z.object({
  id: z.string(),
  action_taken: z.boolean(),
  action_taken_at: z.string().nullable(),
  category: z.string(),
  comment: z.string(),
  forwarded: z.boolean(),
  created_at: z.string(),
  status_ids: z.array(z.string()).nullable(),
  collection_ids: z.array(z.string()).nullable(),
  rule_ids: z.array(z.string()).nullable(),
  target_account: Account,
})
export type Report = z.infer<typeof Report>

/** The report with this id, or undefined. */
export async function reportById(app: App, id: number): Promise<ReportRow | undefined> {
  return app.db.selectFrom('report').selectAll().where('id', '=', id).executeTakeFirst()
}

/** These reports as their authors and the staff see them, by id; who reported is not told. */
export async function presentReports(
  app: App,
  reader: Reader,
  ids: readonly number[],
): Promise<Map<number, Report>> {
  if (ids.length === 0) return new Map()
  const rows = await app.db
    .selectFrom('report')
    .selectAll()
    .where(app.dialect.among(sql.ref('id'), [...new Set(ids)]))
    .execute()
  const targets = await presentAccountsById(
    app,
    reader,
    rows.map((row) => row.target_id),
  )
  return new Map(
    rows.flatMap((row): [number, Report][] => {
      const target = targets.get(row.target_id)
      return target ? [[row.id, shape(row, target)]] : []
    }),
  )
}

function shape(row: ReportRow, target: Account): Report {
  const listed = (list: string) => {
    const ids = JSON.parse(list) as number[]
    return ids.length > 0 ? ids.map(String) : null
  }
  return {
    id: String(row.id),
    action_taken: row.action_taken_at !== null,
    action_taken_at: isoTimeOrNull(row.action_taken_at),
    category: row.category,
    comment: row.comment,
    forwarded: row.forwarded === 1,
    created_at: isoTime(row.created_at),
    status_ids: listed(row.status_ids),
    collection_ids: listed(row.collection_ids),
    rule_ids: listed(row.rule_ids),
    target_account: target,
  }
}
