import { Parser } from 'htmlparser2'
import { z } from 'zod'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { job } from '#platform/jobs/declare.ts'
import { webUrl } from '#platform/page-facts.ts'
import { DAY, MINUTE, SECOND } from '#platform/times.ts'
import type { CardRow } from './cards.ts'
import { cardByUrl, keepCard } from './cards.ts'
import { emptyCard, readPage } from './read-page.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'

const Id = z.number().int()
/** How long what a page said of itself is good for (surface k). */
const GOOD_FOR = 14 * DAY
/** How long it is believed that a page is not there. */
const EMPTY_FOR = DAY
/** A link that spreads is looked at by thousands of servers: those who only heard of it wait so long (LOOP-08). */
const WAIT = { least: 5 * SECOND, most: MINUTE }
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
    const at = app.now() + (origin === 'here' ? 0 : waitFor(statusId))
    await app.inTransaction((tx) =>
      tx.later(fetchCard, { statusId, url }, { at, unique: `card ${statusId} ${url}` }),
    )
  },
})

/** A wait that differs from status to status and is the same for one. */
const waitFor = (statusId: number) => WAIT.least + ((statusId * 7919) % (WAIT.most - WAIT.least))

/** Looks at a page, once for all statuses that link to it, and shows its card under this one. */
export const fetchCard = job({
  name: 'fetch card',
  queue: 'fetch',
  tries: TRIES,
  payload: z.object({ statusId: Id, url: z.string() }),
  lane: ({ url }) => URL.parse(url)?.host ?? '',
  async run(app, { statusId, url }, task) {
    const known = await cardByUrl(app, url)
    const card = known && isGood(app, known) ? known : await sharedLook(app, url, task.attempts >= TRIES)
    const status = await statusById(app, statusId)
    if (status && (await cardedLink(app, status)) === url) await show(app, status, card)
  },
})

const looks = keptBy(() => new Map<string, Promise<CardRow>>())

/** One look at a page for all who want it at this moment. */
function sharedLook(app: App, url: string, isLast: boolean): Promise<CardRow> {
  const underway = looks(app)
  const found = underway.get(url) ?? look(app, url, isLast).finally(() => underway.delete(url))
  underway.set(url, found)
  return found
}

/** What a page says, kept; that nobody is there, or nobody we may ask, is remembered as well. */
async function look(app: App, url: string, isLast: boolean): Promise<CardRow> {
  try {
    return await keepCard(app, await readPage(app, url))
  } catch (error) {
    if (!(error instanceof HttpFailure) || !(error.isGuarded || isLast)) throw error
    return keepCard(app, emptyCard(app, url))
  }
}

const isGood = (app: App, card: CardRow) =>
  card.fetched_at > app.now() - (card.is_empty ? EMPTY_FOR : GOOD_FOR)

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
