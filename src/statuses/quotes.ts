import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared, preparedInsert } from '#platform/database/prepared.ts'

/** How far a quote has come. What one reader is shown may be less: see `present-quote.ts`. */
export type StoredQuoteState = 'pending' | 'accepted' | 'rejected' | 'revoked' | 'deleted'

/** What a status quotes. */
export type QuoteRow = {
  id: number
  /** The status that quotes, and its author. */
  status_id: number
  account_id: number
  /** What is quoted; null while it is not known here, and once it is gone. */
  quoted_id: number | null
  quoted_account_id: number | null
  /** Set while what is quoted is not known here. */
  quoted_uri: string | null
  state: StoredQuoteState
  /** Made by a server that asks nobody: shown as a quote only where it was agreed to. */
  legacy: number
  /** Where another server says that its author agreed. */
  approval_uri: string | null
  /** How another server called its question. */
  request_uri: string | null
  created_at: number
  /** When its state was settled, or last looked into. */
  updated_at: number
}

export type QuoteTables = { quote: QuoteRow }

const byIds = prepared<{ ids: readonly number[] }, QuoteRow>((db, { ids }, dialect) =>
  db.selectFrom('quote').selectAll().where(dialect.among(sql`id`, ids)),
)
const byApproval = prepared<{ uri: string }, QuoteRow>((db, { uri }) =>
  db.selectFrom('quote').selectAll().where('approval_uri', '=', uri),
)

/** Stores a quote, in the caller's transaction. */
export const insertQuote = preparedInsert<QuoteRow>('quote')

/** These quotes, by id. */
export async function quotesByIds(app: App, ids: readonly number[]): Promise<Map<number, QuoteRow>> {
  if (ids.length === 0) return new Map()
  return new Map((await byIds(app, { ids })).map((row) => [row.id, row]))
}

/** The quote with this id, or undefined. */
export async function quoteById(app: App, id: number | null): Promise<QuoteRow | undefined> {
  return id === null ? undefined : (await byIds(app, { ids: [id] }))[0]
}

/** The quotes that this document of another server approves; it should be one. */
export const quotesByApproval = (app: App, uri: string): Promise<QuoteRow[]> => byApproval(app, { uri })
