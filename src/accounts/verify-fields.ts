import { Parser } from 'htmlparser2'
import { z } from 'zod'
import type { App } from '#app.ts'
import type { accountUpdated } from '#happenings.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { job, now } from '#platform/jobs/declare.ts'
import { isoTime, MINUTE } from '#platform/times.ts'
import type { AccountRow } from './accounts.ts'
import { accountById } from './accounts.ts'
import type { StoredField } from './fields.ts'
import { fieldsOf } from './fields.ts'

/** How many links of one profile are looked at. */
const MOST_LINKS = 8
const MOST_BYTES = 1024 * 1024
const PATIENCE = 10_000
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
  const href = unescape(/\bhref="([^"]*)"/.exec(found[1] ?? '')?.[1] ?? '')
  const text = unescape((found[2] ?? '').replace(/<[^>]*>/g, ''))
  return href === text ? href : null
}

function unescape(html: string): string {
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
      if (!(await linksBack(app, url, [account.url ?? account.uri, account.uri]))) return
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      // Nobody is there, or nobody we may ask: the next change of the profile asks again.
      if (error.isGuarded || task.attempts >= TRIES) return
      throw error
    }
    await markVerified(app, accountId, url)
  },
})

async function linksBack(app: App, url: string, profiles: string[]): Promise<boolean> {
  const headers = { accept: 'text/html' }
  const limits = { maxBytes: MOST_BYTES, cut: true, timeoutMs: PATIENCE }
  const page = await app.http.request({ method: 'GET', url, headers, ...limits })
  if (page.status !== 200 || !/\bhtml\b/.test(page.headers['content-type'] ?? '')) return false
  const wanted = new Set(profiles.map((profile) => profile.toLowerCase()))
  const links = mutualLinks(page.body.toString('utf8'), page.url)
  if (links.some((link) => wanted.has(link.toLowerCase()))) return true
  const [only] = links
  // A former address of the profile may lead to its present one.
  if (links.length !== 1 || !only?.startsWith('https://')) return false
  const answer = await app.http.request({ method: 'HEAD', url: only, redirects: 0, timeoutMs: PATIENCE })
  return wanted.has((answer.headers.location ?? '').toLowerCase())
}

/** The targets of the links of a page that say rel=me. */
function mutualLinks(html: string, base: string): string[] {
  const links: string[] = []
  const parser = new Parser({
    onopentag(name, { rel = '', href }) {
      if ((name !== 'a' && name !== 'link') || !href || links.length >= 100) return
      if (!rel.toLowerCase().split(/\s+/).includes('me')) return
      const url = URL.parse(href, base)
      if (url) links.push(url.href)
    },
  })
  parser.end(html)
  return links
}

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
