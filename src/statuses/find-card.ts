import { Parser } from 'htmlparser2'
import { z } from 'zod'
import type { App } from '#app.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { job } from '#platform/jobs/declare.ts'
import { webUrl } from '#platform/page-facts.ts'
import { DAY, MINUTE } from '#platform/times.ts'
import type { CardRow } from './cards.ts'
import { cardByUrl, keepCard } from './cards.ts'
import { readPage } from './read-page.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'

const Id = z.number().int()
/** How long what a page said of itself is good for (surface k). */
const GOOD_FOR = 14 * DAY
/** A link that spreads is looked at by thousands of servers: those who only heard of it wait up to this long. */
const SPREAD = MINUTE
const TRIES = 3

/** Looks for the first link of a status that a card can be made of, and owes a look at the page unless it is known. */
export const findCard = job({
  name: 'find card',
  queue: 'local',
  tries: 3,
  payload: z.object({ statusId: Id, origin: z.enum(['here', 'elsewhere']), mayLink: z.boolean().optional() }),
  concerns: (_tx, { mayLink }) => mayLink !== false,
  async run(app, { statusId, origin }) {
    const status = await statusById(app, statusId)
    if (!status) return
    const url = await cardedLink(app, status)
    if (!url) return show(app, status, null)
    const known = await cardByUrl(app, url)
    if (known && isGood(app, known)) return show(app, status, known)
    const at = app.now() + (origin === 'here' ? 0 : statusId % SPREAD)
    await app.inTransaction((tx) =>
      tx.later(fetchCard, { statusId, url }, { at, unique: `card ${statusId} ${url}` }),
    )
  },
})

/** Looks at a page, once for all statuses that link to it, and shows its card under this one. */
export const fetchCard = job({
  name: 'fetch card',
  queue: 'fetch',
  tries: TRIES,
  payload: z.object({ statusId: Id, url: z.string() }),
  lane: ({ url }) => URL.parse(url)?.host ?? '',
  async run(app, { statusId, url }, task) {
    let card = await cardByUrl(app, url)
    if (!card || !isGood(app, card)) {
      try {
        card = await keepCard(app, await readPage(app, url))
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error
        // Nobody is there, or nobody we may ask: the next status with the link asks again.
        if (error.isGuarded || task.attempts >= TRIES) return
        throw error
      }
    }
    const status = await statusById(app, statusId)
    if (status && (await cardedLink(app, status)) === url) await show(app, status, card)
  },
})

const isGood = (app: App, card: CardRow) => card.fetched_at > app.now() - GOOD_FOR

async function show(app: App, status: StatusRow, card: CardRow | null): Promise<void> {
  const cardId = card && !card.is_empty ? card.id : null
  if (status.card_id === cardId) return
  await app.inTransaction((tx) =>
    tx.db.updateTable('status').set({ card_id: cardId }).where('id', '=', status.id).execute(),
  )
}

/** The link that a status is shown with a card of; null where it shows files or a quote instead, or links nowhere. */
async function cardedLink(app: App, status: StatusRow): Promise<string | null> {
  if (status.reblog_of_id !== null || status.quote_id !== null) return null
  const file = await app.db
    .selectFrom('media')
    .select('id')
    .where('status_id', '=', status.id)
    .limit(1)
    .executeTakeFirst()
  return file ? null : firstLink(app, status.content)
}

/** The first link of a text that leads to a page elsewhere: no mention, no hashtag, nothing of ours. */
export function firstLink(app: App, html: string): string | null {
  let found: string | null = null
  const parser = new Parser({
    onopentag(name, { href = '', class: kind = '', rel = '' }) {
      if (found || name !== 'a' || /\b(mention|hashtag|u-url)\b/.test(kind) || /\btag\b/.test(rel)) return
      const url = webUrl(href)
      if (url && !app.domains.isOurs(new URL(url).host)) found = url.replace(/#.*$/, '')
    },
  })
  parser.end(html)
  return found
}
