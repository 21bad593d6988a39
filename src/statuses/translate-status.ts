import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { App } from '#app.ts'
import { mediaOf } from '#media/media.ts'
import { keptBy } from '#platform/cache.ts'
import { invalid, notAllowed, notFound } from '#platform/errors.ts'
import { escapeHtml, plainText, sanitize } from '#platform/html.ts'
import { DAY } from '#platform/times.ts'
import type { Translator } from '#platform/translators.ts'
import { translatorOf } from '#platform/translators.ts'
import { optionsOf, pollById } from './polls.ts'
import type { StatusRow } from './statuses.ts'

/** https://docs.joinmastodon.org/entities/Translation/ */
export const Translation = z.object({
  content: z.string(),
  spoiler_text: z.string(),
  language: z.string(),
  poll: z.object({ id: z.string(), options: z.array(z.object({ title: z.string() })) }).nullable(),
  media_attachments: z.array(z.object({ id: z.string(), description: z.string() })),
  detected_source_language: z.string(),
  provider: z.string(),
})
export type Translation = z.infer<typeof Translation>

const MOST_KEPT = 2000
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i

const keptTranslations = keptBy(() => new LRUCache<string, Translation>({ max: MOST_KEPT, ttl: DAY }))
const keptLanguages = keptBy(() => new LRUCache<string, Record<string, string[]>>({ max: 1, ttl: DAY }))

/** What can be made of what; nothing where no service is named. Throws `unavailable` while the service is. */
export async function translationLanguages(app: App): Promise<Record<string, string[]>> {
  const translator = translatorOf(app)
  if (!translator) return {}
  const kept = keptLanguages(app)
  const known = kept.get(translator.name) ?? (await translator.languages())
  kept.set(translator.name, known)
  return known
}

/**
 * A status in another language: its text, warning, poll and descriptions in one exchange, kept for a day. Only what
 * everybody may read leaves the server (403). 404 where nothing translates here, 422 for what cannot be done.
 */
export async function translateStatus(app: App, status: StatusRow, wanted: string): Promise<Translation> {
  const translator = translatorOf(app)
  if (!translator) throw notFound()
  if (status.visibility !== 'public' && status.visibility !== 'unlisted') throw notAllowed()
  if (!LANGUAGE.test(wanted)) throw invalid('Validation failed: Language is not a language')
  const languages = await translationLanguages(app)
  const to = spelled(languages, status.language, wanted)
  if (to === null) throw notAllowed('This post cannot be translated into that language')
  const key = `${status.id} ${status.edited_at ?? 0} ${to}`
  const kept = keptTranslations(app)
  const known = kept.get(key)
  if (known) return known
  const fresh = await translate(app, translator, status, to)
  kept.set(key, fresh)
  return fresh
}

/** How the service spells the wanted language, when it can make it of the status's own; else null. */
function spelled(languages: Record<string, string[]>, from: string | null, wanted: string): string | null {
  const source = from && Object.hasOwn(languages, plain(from)) ? plain(from) : 'und'
  if (from && plain(from) === plain(wanted)) return null
  const targets = languages[source] ?? []
  const exact = targets.find((each) => each.toLowerCase() === wanted.toLowerCase())
  return exact ?? targets.find((each) => plain(each) === plain(wanted)) ?? null
}

const plain = (language: string) => (language.split('-')[0] as string).toLowerCase()

async function translate(
  app: App,
  translator: Translator,
  status: StatusRow,
  to: string,
): Promise<Translation> {
  const poll = await pollById(app, status.poll_id)
  const options = poll ? optionsOf(poll).map(({ title }) => title) : []
  const media = (await mediaOf(app, [status.id])).filter(({ description }) => description)
  const words = [status.spoiler_text, ...options, ...media.map(({ description }) => description ?? '')]
  const pieces = [status.content, ...words.map(escapeHtml)].map(guardEmojis)
  // What says nothing need not be sent.
  const asked = pieces.filter((piece) => plainText(piece).trim() !== '')
  const source = status.language && plain(status.language)
  const { texts, from } =
    asked.length === 0 ? { texts: [], from: source ?? 'und' } : await translator.translate(asked, source, to)
  let next = 0
  // XSS-08: what a service answers is no more ours than any other HTML.
  const done = pieces.map((piece) =>
    plainText(piece).trim() === '' ? '' : sanitize(freeEmojis(texts[next++] ?? '')),
  )
  const [content = '', spoiler = '', ...rest] = done
  return {
    content,
    spoiler_text: plainText(spoiler),
    language: to,
    poll: poll
      ? { id: String(poll.id), options: options.map((_, at) => ({ title: plainText(rest[at] ?? '') })) }
      : null,
    media_attachments: media.map(({ id }, at) => ({
      id: String(id),
      description: plainText(rest[options.length + at] ?? ''),
    })),
    detected_source_language: from,
    provider: translator.name,
  }
}

/** Emoji codes are names, not words. */
function guardEmojis(html: string): string {
  return html.replace(/(<[^>]*>)|:([a-zA-Z0-9_]{2,}):/g, (whole, tag: string | undefined) =>
    tag === undefined ? `<span translate="no">${whole}</span>` : whole,
  )
}

const freeEmojis = (html: string) => html.replace(/<span translate="no">(:[a-zA-Z0-9_]{2,}:)<\/span>/g, '$1')
