import type { App } from '#app.ts'
import { quoteWanted } from '#happenings.ts'
import { DAY, HOUR } from '#platform/times.ts'
import { refreshing } from './async-refreshes.ts'
import type { QuoteRow } from './quotes.ts'
import { quoteById } from './quotes.ts'
import type { StatusRow } from './statuses.ts'

/** How long what is not agreed to is left alone, and what is. */
const AGAIN_AFTER = { pending: HOUR, accepted: 7 * DAY }
/** A question of ours that nobody answered may have got lost: it is asked again so often, for so long. */
const ASK_AGAIN = { after: DAY, until: 30 * DAY }

/**
 * Has a quote that leads to another server looked into again where somebody reads it and the last look was long ago;
 * gives what the answer says of it in its header, or nothing.
 */
export async function lookAtQuote(app: App, status: StatusRow): Promise<Record<string, string>> {
  const quote = await quoteById(app, status.quote_id)
  if (quote?.state !== 'pending' && quote?.state !== 'accepted') return {}
  if (quote.state === 'pending' && status.domain_id !== null) return askAgain(app, quote)
  // What was agreed to here needs no look.
  if (quote.state === 'accepted' && quote.approval_uri === null) return {}
  if (quote.updated_at > app.now() - AGAIN_AFTER[quote.state]) return {}
  return refreshing(app, `quote ${quote.id}`, async (tx, refreshId) => {
    await tx.db.updateTable('quote').set({ updated_at: tx.now() }).where('id', '=', quote.id).execute()
    await tx.emit(quoteWanted, { quoteId: quote.id, statusId: status.id, origin: 'elsewhere', refreshId })
  })
}

/** Puts our question once more where it waits for an answer; whoever reads the post need not wait for that. */
async function askAgain(app: App, quote: QuoteRow): Promise<Record<string, string>> {
  const now = app.now()
  const waits = quote.quoted_id !== null && quote.updated_at <= now - ASK_AGAIN.after
  if (!waits || quote.created_at <= now - ASK_AGAIN.until) return {}
  await app.inTransaction(async (tx) => {
    const asked = await tx.db
      .updateTable('quote')
      .set({ updated_at: now })
      .where('id', '=', quote.id)
      .where('updated_at', '=', quote.updated_at)
      .where('state', '=', 'pending')
      .executeTakeFirst()
    // Two readers at once ask once.
    if (asked.numUpdatedRows === 0n) return
    await tx.emit(quoteWanted, { quoteId: quote.id, statusId: quote.status_id, origin: 'here' })
  })
  return {}
}
