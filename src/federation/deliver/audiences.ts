import type { App } from '#app.ts'
import { quoteById } from '#statuses/quotes.ts'
import { mentionsOf } from '#statuses/status-parts.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { isOpen } from '#statuses/visibility.ts'
import type { Audience } from './recipients.ts'

/** How many accounts that boosted, favoured, answered or quoted a post are sent its new version. */
const MOST_TOLD = 5000

/** Whether a status of this visibility is for its author's followers. */
export const hasFollowers = (visibility: string) => visibility !== 'direct' && visibility !== 'limited'

/** Followers where the post is for them, who is named, and whoever is answered or quoted where they may see it anyway. */
export async function audienceOf(app: App, status: StatusRow): Promise<Audience> {
  const accounts = (await mentionsOf(app, [status.id])).map((mention) => mention.id)
  if (isOpen(status)) {
    const quote = await quoteById(app, status.quote_id)
    for (const id of [status.in_reply_to_account_id, quote?.quoted_account_id])
      if (id != null) accounts.push(id)
  }
  const followed = hasFollowers(status.visibility)
  return {
    followersOf: followed ? status.account_id : null,
    accounts,
    everybody: false,
    personal: !followed,
    relaysOf: status.visibility === 'public' ? status.domain_id : null,
  }
}

/** Who did something to a post that everybody may read, and has it therefore; nobody for other posts. */
export async function touchedBy(app: App, status: StatusRow): Promise<number[]> {
  if (!isOpen(status)) return []
  const boosted = app.db.selectFrom('status').select('account_id as id').where('reblog_of_id', '=', status.id)
  const answered = app.db
    .selectFrom('status')
    .select('account_id as id')
    .where('in_reply_to_id', '=', status.id)
  const favoured = app.db
    .selectFrom('favourite')
    .select('account_id as id')
    .where('status_id', '=', status.id)
  const quoting = app.db.selectFrom('quote').select('account_id as id').where('quoted_id', '=', status.id)
  const rows = await boosted.union(answered).union(favoured).union(quoting).limit(MOST_TOLD).execute()
  return rows.map((row) => row.id)
}
