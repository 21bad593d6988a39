import type { App } from '#app.ts'
import { quoteWanted } from '#happenings.ts'
import { DAY, HOUR } from '#platform/times.ts'
import { refreshing } from './async-refreshes.ts'
import { quoteById } from './quotes.ts'
import type { StatusRow } from './statuses.ts'

/** How long what is not agreed to is left alone, and what is. */
const AGAIN_AFTER = { pending: HOUR, accepted: 7 * DAY }

/**
 * Has a quote that leads to another server looked into again where somebody reads it and the last look was long ago;
 * gives what the answer says of it in its header, or nothing.
 */
export async function lookAtQuote(app: App, status: StatusRow): Promise<Record<string, string>> {
  const quote = await quoteById(app, status.quote_id)
  if (quote?.state !== 'pending' && quote?.state !== 'accepted') return {}
  // Whom we asked answers by themselves, and what was agreed to here needs no look.
  if (quote.state === 'pending' ? status.domain_id !== null : quote.approval_uri === null) return {}
  if (quote.updated_at > app.now() - AGAIN_AFTER[quote.state]) return {}
  return refreshing(app, `quote ${quote.id}`, async (tx, refreshId) => {
    await tx.db.updateTable('quote').set({ updated_at: tx.now() }).where('id', '=', quote.id).execute()
    await tx.emit(quoteWanted, { quoteId: quote.id, statusId: status.id, origin: 'elsewhere', refreshId })
  })
}
