import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { quoteById } from '#statuses/quotes.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import { isOpen } from '#statuses/visibility.ts'
import { unwillingAmong } from './unwilling.ts'

/** What a status quotes, as far as most members see it alike, and who of these does not. */
export type QuotedAlike = { quoted: StatusRow | null; apart: ReadonlySet<number> }

/**
 * Tells which of these members see what a status quotes differently from the others: its author, and those who hide
 * the author or are hidden from. Null where each sees it with their own eyes.
 */
export async function quotedAlike(
  app: App,
  status: StatusRow,
  viewers: readonly number[],
): Promise<QuotedAlike | null> {
  const quote = await quoteById(app, status.quote_id)
  const quoted = quote?.state === 'accepted' ? await statusById(app, quote.quoted_id ?? 0) : undefined
  const author = quoted && (await accountById(app, quoted.account_id))
  // Nothing of it is shown to anybody.
  if (!quoted || !author) return { quoted: null, apart: new Set() }
  if (!isOpen(quoted) || author.silenced_at !== null || quoted.poll_id !== null || quoted.quote_id !== null)
    return null
  const apart = await unwillingAmong(app, viewers, { author, mentioned: [] })
  return { quoted, apart: apart.add(author.id) }
}

/** What a shown status shows of what it quotes. */
export const quotedIn = ({ quote }: Status): Status | null =>
  quote && 'quoted_status' in quote ? quote.quoted_status : null

/** A status as those of these members see it who must not be shown what it quotes like a stranger, by their ids. */
export async function seenApart(
  app: App,
  shown: Status,
  members: readonly number[],
): Promise<Map<number, Status>> {
  const quoted = quotedIn(shown)
  const author = quoted && (await accountById(app, Number(quoted.account.id)))
  const apart = author ? await unwillingAmong(app, members, { author, mentioned: [] }) : new Set<number>()
  const found = new Map<number, Status>()
  for (const [id, account] of await accountsByIds(app, [...apart])) {
    const domain = account.domain_id === null ? undefined : app.domains.byId(account.domain_id)
    const [status] = domain ? await presentStatuses(app, { domain, account }, [Number(shown.id)]) : []
    if (status) found.set(id, status)
  }
  return found
}
