import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { sanitize } from '#platform/html.ts'
import { formatText } from '#platform/text/format-text.ts'
import { dayOf, isoTime } from '#platform/times.ts'
import type { SiteSettings } from './site.ts'
import { siteOf } from './site.ts'

/** https://docs.joinmastodon.org/entities/ExtendedDescription/, and the same of a privacy policy */
export const DatedText = z.object({ updated_at: z.string(), content: z.string() })

/** https://docs.joinmastodon.org/entities/TermsOfService/ */
export const TermsOfService = z.object({
  effective_date: z.string(),
  effective: z.boolean(),
  content: z.string(),
  succeeded_by: z.string().nullable(),
})

/** What a keeper wrote about the place, as HTML: HTML is made safe, anything else is read as Markdown. */
export function textHtml(domain: HostedDomain, text: string): string {
  if (/^\s*</.test(text)) return sanitize(text)
  const tagUrl = (name: string) => `${domain.origin}/tags/${encodeURIComponent(name)}`
  return formatText(text, { contentType: 'text/markdown', mentions: new Map(), tagUrl })
}

/** A text of the settings with the time it was last changed; empty where nobody wrote it. */
export async function datedText(
  app: App,
  domain: HostedDomain,
  name: 'description' | 'privacy_policy',
): Promise<z.input<typeof DatedText>> {
  const site = await siteOf(app, domain.id)
  const row = await app.db
    .selectFrom('setting')
    .select('updated_at')
    .where('domain_id', '=', domain.id)
    .where('name', '=', name)
    .executeTakeFirst()
  return {
    updated_at: isoTime(row?.updated_at ?? domain.created_at),
    content: textHtml(domain, site[name] || (name === 'description' ? site.short_description : '')),
  }
}

/** The terms that hold today, or those of a date; refused as not found where there are none. */
export async function termsOf(
  app: App,
  domain: HostedDomain,
  date?: string,
): Promise<z.input<typeof TermsOfService>> {
  const all = byDate((await siteOf(app, domain.id)).terms_of_service)
  const today = dayOf(app.now())
  const held = all.filter((terms) => terms.effective_date <= today).at(-1) ?? all[0]
  const chosen = date === undefined ? held : all.find((terms) => terms.effective_date === date)
  if (!chosen) throw notFound()
  const next = all[all.indexOf(chosen) + 1]
  return {
    effective_date: chosen.effective_date,
    effective: chosen.effective_date <= today,
    content: textHtml(domain, chosen.text),
    succeeded_by: next?.effective_date ?? null,
  }
}

function byDate(terms: SiteSettings['terms_of_service']) {
  return terms.toSorted((a, b) => a.effective_date.localeCompare(b.effective_date))
}
