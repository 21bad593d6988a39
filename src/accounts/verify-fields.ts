import { z } from 'zod'
import type { App } from '#app.ts'
import type { accountUpdated } from '#happenings.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { job, now } from '#platform/jobs/declare.ts'
import { linksBack } from '#platform/link-back.ts'
import { isoTime, MINUTE } from '#platform/times.ts'
import type { AccountRow } from './accounts.ts'
import { accountById } from './accounts.ts'
import type { StoredField } from './fields.ts'
import { fieldsOf } from './fields.ts'

/** How many links of one profile are looked at. */
const MOST_LINKS = 8
const TRIES = 3
/** A profile from elsewhere changes on many servers at once: each of them asks somewhere within this time. */
const SPREAD = 10 * MINUTE

/** Owes a look at each page that a profile claims as its own and that was not seen to agree yet. */
export const oweFieldChecks = now<z.output<typeof accountUpdated.payload>>({
  name: 'owe field checks',
  async run(tx, { accountId, origin }) {
    const account = await accountById(tx, accountId)
    if (!account?.fields.includes('https://')) return
    const at = tx.now() + (origin === 'here' ? 0 : accountId % SPREAD)
    for (const url of claimedLinks(account)) {
      await tx.later(checkField, { accountId, url }, { unique: `check field ${accountId} ${url}`, at })
    }
  },
})

/** The pages a profile claims without proof so far. */
export function claimedLinks(account: Pick<AccountRow, 'fields' | 'domain_id'>): string[] {
  const open = fieldsOf(account).filter((field) => !field.verified_at)
  return [...new Set(open.flatMap((field) => linkOf(field) ?? []))].slice(0, MOST_LINKS)
}

/** The one https link that a field consists of; null where there is more, or less. */
function linkOf(field: StoredField): string | null {
  const link = field.source?.trim() ?? linkInHtml(field.value)
  return link && /^https:\/\/\S+$/.test(link) && URL.canParse(link) ? link : null
}

/** The target of a link that shows its whole target and stands alone; what is only decorated as a link claims nothing. */
function linkInHtml(html: string): string | null {
  const found = /^(?:<p>)?<a ([^>]*)>(.*)<\/a>(?:<\/p>)?$/s.exec(html.trim())
  if (!found || found[2]?.includes('<a ')) return null
  const href = unescapeHtml(/\bhref="([^"]*)"/.exec(found[1] ?? '')?.[1] ?? '')
  const text = unescapeHtml((found[2] ?? '').replace(/<[^>]*>/g, ''))
  return href === text ? href : null
}

function unescapeHtml(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** Looks whether a page that a profile claims links back to the profile with rel=me, and notes it down. */
export const checkField = job({
  name: 'check field',
  queue: 'fetch',
  tries: TRIES,
  payload: z.object({ accountId: z.number().int(), url: z.string() }),
  lane: ({ url }) => (URL.canParse(url) ? new URL(url).host : ''),
  async run(app, { accountId, url }, task) {
    const account = await accountById(app, accountId)
    if (!account || !claimedLinks(account).includes(url)) return
    try {
      if (!(await linksBack(app.http, url, [account.url ?? account.uri, account.uri]))) return
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      // Nobody is there, or nobody we may ask: the next change of the profile asks again.
      if (error.isGuarded || task.attempts >= TRIES) return
      throw error
    }
    await markVerified(app, accountId, url)
  },
})

async function markVerified(app: App, accountId: number, url: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    const account = await accountById(tx, accountId)
    if (!account) return
    const fields = fieldsOf(account).map((field) =>
      !field.verified_at && linkOf(field) === url ? { ...field, verified_at: isoTime(tx.now()) } : field,
    )
    const updatedAt = Math.max(tx.now(), account.updated_at + 1)
    await tx.db
      .updateTable('account')
      .set({ fields: JSON.stringify(fields), updated_at: updatedAt })
      .where('id', '=', accountId)
      .execute()
  })
}
