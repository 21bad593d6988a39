import { LRUCache } from 'lru-cache'
import type { AccountCore } from '#accounts/accounts.ts'
import { accountCores, acctOf } from '#accounts/accounts.ts'
import type { CustomEmoji } from '#accounts/emojis.ts'
import { emojisIn, holdsCodes } from '#accounts/emojis.ts'
import type { Account } from '#accounts/present-account.ts'
import { presentCores } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { filteredBy } from '#filters/filtered.ts'
import type { ReaderFilters } from '#filters/reader-filters.ts'
import { readerFilters } from '#filters/reader-filters.ts'
import { mediaOf } from '#media/media.ts'
import type { MediaAttachment } from '#media/present-media.ts'
import { presentMedia } from '#media/present-media.ts'
import { keptBy, secondSight } from '#platform/cache.ts'
import { notFound } from '#platform/errors.ts'
import { isoTime, isoTimeOrNull, MINUTE } from '#platform/times.ts'
import type { Status } from './entities.ts'
import { presentPolicy } from './interaction-policy.ts'
import type { OwnMarks } from './own-marks.ts'
import { ownMarks } from './own-marks.ts'
import type { PreviewCard } from './present-card.ts'
import { presentCards } from './present-card.ts'
import type { Poll } from './present-poll.ts'
import { presentPolls } from './present-poll.ts'
import type { QuoteSight, Quotes } from './present-quote.ts'
import { followersAmong, isGiven, quoteState, quotesIn, sightOf } from './present-quote.ts'
import type { Reaction } from './present-reactions.ts'
import { presentReactions } from './present-reactions.ts'
import { quoteAnswerFor, quotePolicyOf } from './quote-policy.ts'
import type { ApplicationName, Mark } from './status-parts.ts'
import { applicationsOf, mentionsOf, tagsOf } from './status-parts.ts'
import type { StatusRow } from './statuses.ts'
import { partBits, statusesByIds } from './statuses.ts'
import type { Standing } from './visibility.ts'
import { maySee, standingAndMarks } from './visibility.ts'

/** What of a status changes only when it is edited. */
type Parts = {
  mentions: Status['mentions']
  tags: Status['tags']
  media: MediaAttachment[]
  /** Whether its words may hold emojis, which are looked up each time. */
  hasCodes: boolean
}
const partsKept = keptBy(() => ({
  // By the clock itself: the cache's own would set a timer every millisecond.
  parts: new LRUCache<string, Parts>({ max: 10_000, ttl: 10 * MINUTE, ttlResolution: 0 }),
  isSeenAgain: secondSight<number>(10_000),
}))
const partsKey = (row: StatusRow, reader: Reader) => `${row.id}/${row.edited_at}/${reader.domain.id}`

/**
 * These statuses as the reader sees them, in order: loaded with one query a kind, those the reader may not
 * see left out. The only place that shapes statuses.
 */
export async function presentStatuses(app: App, reader: Reader, ids: readonly number[]): Promise<Status[]> {
  return presentWith(app, reader, ids, await statusesByIds(app, ids))
}

async function presentWith(
  app: App,
  reader: Reader,
  ids: readonly number[],
  asked: Map<number, StatusRow>,
): Promise<Status[]> {
  const wrapped = [...asked.values()].flatMap((row) => (row.reblog_of_id === null ? [] : [row.reblog_of_id]))
  const rows = new Map([...asked, ...(await statusesByIds(app, wrapped))])
  const quotes = await quotesIn(app, rows.values())
  return presentRows(app, reader, ids, new Map([...rows, ...quotes.quoted]), quotes)
}

/** One status as the reader sees it; throws `notFound` when they may not. */
export async function presentStatus(app: App, reader: Reader, row: Pick<StatusRow, 'id'>): Promise<Status> {
  const [shown] = await presentStatuses(app, reader, [row.id])
  if (!shown) throw notFound()
  return shown
}

/** Like `presentStatus`, of a row that was written or read this moment. */
export async function presentRow(app: App, reader: Reader, row: StatusRow): Promise<Status> {
  const [shown] = await presentWith(app, reader, [row.id], new Map([[row.id, row]]))
  if (!shown) throw notFound()
  return shown
}

type Loaded = {
  app: App
  reader: Reader
  rows: Map<number, StatusRow>
  accounts: Map<number, Account>
  parts: Map<number, Parts>
  emojis: Map<number, CustomEmoji[]>
  applications: ApplicationName[]
  marks: Map<Mark['kind'], Set<number>>
  polls: Map<number, Poll>
  cards: Map<number, PreviewCard>
  reactions: Map<number, Reaction[]>
  standing: Standing
  quotes: Quotes['quotes']
  sight: QuoteSight
  /** Authors who follow the reader, where that makes a difference. */
  followers: Set<number>
  own: OwnMarks | null
  filters: ReaderFilters | null
}

async function presentRows(
  app: App,
  reader: Reader,
  ids: readonly number[],
  rows: Map<number, StatusRow>,
  quotes: Quotes,
): Promise<Status[]> {
  const all = [...rows.values(), ...quotes.deeper.values()]
  if (all.length === 0) return []
  const authors = await accountCores(
    app,
    all.map((row) => row.account_id),
  )
  const { standing, marks } = await standingAndMarks(app, reader.account, all, authors.values())
  for (const row of all) if (!maySee(standing, row)) rows.delete(row.id)
  const seen = [...rows.values()]
  const applicationIds = seen.flatMap((row) => (row.application_id === null ? [] : [row.application_id]))
  const originals = seen.filter((row) => row.reblog_of_id === null)
  const parts = await partsOf(app, reader, originals)
  const withCodes = originals.filter((row) => parts.get(row.id)?.hasCodes)
  const loaded: Loaded = {
    app,
    reader,
    rows,
    accounts: await presentCores(app, reader, [...authors.values()]),
    parts,
    emojis: await emojisOf(app, reader, withCodes, authors),
    applications: await applicationsOf(app, [...new Set(applicationIds)]),
    marks: byKind(marks),
    standing,
    quotes: quotes.quotes,
    sight: await sightOf(app, quotes, standing, authors),
    followers: await followersOf(app, reader, seen),
    own: reader.account ? await ownMarks(app, reader.account.id) : null,
    filters: reader.account ? await readerFilters(app, reader.account.id) : null,
    polls: await presentPolls(app, reader, seen, authors),
    cards: await presentCards(app, reader, seen),
    reactions: await presentReactions(app, reader, seen),
  }
  return ids.flatMap((id) => {
    const row = rows.get(id)
    const shown = row ? shape(loaded, row) : null
    return shown ? [shown] : []
  })
}

/** Which authors follow the reader, as far as a policy of theirs asks for it: only other servers have such. */
async function followersOf(app: App, reader: Reader, rows: StatusRow[]): Promise<Set<number>> {
  if (!reader.account) return new Set()
  const asking = rows.filter((row) => {
    const { automatic, manual } = quotePolicyOf(row)
    return automatic.includes('following') || manual.includes('following')
  })
  return followersAmong(
    app,
    reader.account.id,
    asking.map((row) => row.account_id),
  )
}

async function partsOf(app: App, reader: Reader, rows: StatusRow[]): Promise<Map<number, Parts>> {
  const { parts: remembered, isSeenAgain } = partsKept(app)
  const found = new Map<number, Parts>()
  const missing: StatusRow[] = []
  for (const row of rows) {
    const kept = remembered.get(partsKey(row, reader))
    if (kept) found.set(row.id, kept)
    else missing.push(row)
  }
  if (missing.length === 0) return found
  const [mentions, tags, media] = [
    await mentionsOf(app, mayHave(missing, 'mentions')),
    await tagsOf(app, mayHave(missing, 'tags')),
    await mediaOf(app, mayHave(missing, 'media')),
  ]
  for (const row of missing) {
    const parts: Parts = {
      mentions: mentions
        .filter((each) => each.status_id === row.id && !each.silent)
        .map((each) => ({
          id: String(each.id),
          username: each.username,
          url: each.url ?? each.uri,
          acct: acctOf(each, reader.domain),
        })),
      tags: tags
        .filter((each) => each.status_id === row.id)
        .map(({ name }) => ({ name, url: `${reader.domain.origin}/tags/${encodeURIComponent(name)}` })),
      media: media
        .filter((each) => each.status_id === row.id)
        .map((each) => presentMedia(each, reader.domain)),
      hasCodes: holdsCodes(wordsOf(row)),
    }
    if (row.parts !== 0 && isSeenAgain(row.id)) remembered.set(partsKey(row, reader), parts)
    found.set(row.id, parts)
  }
  return found
}

/** The ids of those that were published with such a part, or of which that is not known. */
function mayHave(rows: StatusRow[], part: keyof typeof partBits): number[] {
  return rows.flatMap(({ id, parts }) => (parts === null || (parts & partBits[part]) !== 0 ? [id] : []))
}

const wordsOf = (row: StatusRow) => `${row.content} ${row.spoiler_text}`

async function emojisOf(app: App, reader: Reader, rows: StatusRow[], authors: Map<number, AccountCore>) {
  const things = rows.flatMap((row) => {
    const author = authors.get(row.account_id)
    return author ? [{ row, host: author.host, domain_id: author.domain_id }] : []
  })
  const found = await emojisIn(app, reader.domain, things, ({ row }) => wordsOf(row))
  return new Map([...found].map(([thing, emojis]) => [thing.row.id, emojis]))
}

function byKind(marks: readonly Mark[]): Loaded['marks'] {
  const sets: Loaded['marks'] = new Map()
  for (const { kind, id } of marks) sets.set(kind, (sets.get(kind) ?? new Set()).add(id))
  return sets
}

function shape(loaded: Loaded, row: StatusRow, isQuoted = false): Status | null {
  const account = loaded.accounts.get(row.account_id)
  if (!account) return null
  const original = row.reblog_of_id === null ? null : loaded.rows.get(row.reblog_of_id)
  if (original === undefined) return null
  const reblog = original === null ? null : shape(loaded, original)
  if (original !== null && reblog === null) return null
  const quote = isQuoted ? shallowQuote(loaded, row) : quoteIn(loaded, row)
  const shown = { ...shapeOne(loaded, row, account, reblog), quote }
  return { ...shown, ...viewerPart(loaded, row, shown) }
}

function quoteIn(loaded: Loaded, row: StatusRow): Status['quote'] {
  const quote = loaded.quotes.get(row.quote_id ?? 0)
  const state = quoteState(quote, loaded.sight)
  if (state === null) return null
  const quoted = isGiven(state) ? loaded.rows.get(quote?.quoted_id ?? 0) : undefined
  return { state, quoted_status: quoted ? shape(loaded, quoted, true) : null }
}

/** A quote within a quote is named only: there is no end to them. */
function shallowQuote(loaded: Loaded, row: StatusRow): Status['quote'] {
  const quote = loaded.quotes.get(row.quote_id ?? 0)
  const state = quoteState(quote, loaded.sight)
  if (state === null) return null
  return { state, quoted_status_id: isGiven(state) ? String(quote?.quoted_id) : null }
}

function approvalOf({ reader, standing, followers }: Loaded, row: StatusRow): Status['quote_approval'] {
  const { account_id: author } = row
  const quoter = reader.account && {
    id: reader.account.id,
    isFollower: standing.following.has(author),
    isFollowed: followers.has(author),
  }
  return { ...quotePolicyOf(row), current_user: quoteAnswerFor(row, quoter) }
}

function shapeOne(
  loaded: Loaded,
  row: StatusRow,
  account: Account,
  reblog: Status | null,
): Omit<Status, 'quote'> {
  const parts = loaded.parts.get(row.id)
  const made = loaded.applications.find((each) => each.id === row.application_id)
  return {
    id: String(row.id),
    created_at: isoTime(row.created_at),
    in_reply_to_id: row.in_reply_to_id === null ? null : String(row.in_reply_to_id),
    in_reply_to_account_id: row.in_reply_to_account_id === null ? null : String(row.in_reply_to_account_id),
    sensitive: row.sensitive === 1,
    spoiler_text: row.spoiler_text,
    visibility: row.visibility === 'limited' ? 'private' : row.visibility,
    language: row.language,
    local_only: row.local_only === 1,
    uri: row.uri,
    url: reblog ? reblog.url : row.url,
    replies_count: reblog?.replies_count ?? row.replies_count,
    reblogs_count: reblog?.reblogs_count ?? row.reblogs_count,
    favourites_count: reblog?.favourites_count ?? row.favourites_count,
    quotes_count: reblog?.quotes_count ?? row.quotes_count,
    edited_at: isoTimeOrNull(row.edited_at),
    content: reblog?.content ?? row.content,
    reblog,
    ...(row.domain_id !== null
      ? { application: made ? { name: made.name, website: made.website } : null }
      : {}),
    account,
    media_attachments: parts?.media ?? reblog?.media_attachments ?? [],
    mentions: parts?.mentions ?? reblog?.mentions ?? [],
    tags: parts?.tags ?? reblog?.tags ?? [],
    emojis: loaded.emojis.get(row.id) ?? reblog?.emojis ?? [],
    card: (row.card_id === null ? reblog?.card : loaded.cards.get(row.card_id)) ?? null,
    poll: (row.poll_id === null ? null : loaded.polls.get(row.poll_id)) ?? null,
    quote_approval: reblog?.quote_approval ?? approvalOf(loaded, row),
    ...reactionsPart(loaded, row, reblog),
    ...policyPart(row, reblog),
    tagged_collections: [],
  }
}

function reactionsPart(loaded: Loaded, row: StatusRow, reblog: Status | null): Pick<Status, 'reactions'> {
  const shown = reblog ? reblog.reactions : loaded.reactions.get(row.id)
  return shown ? { reactions: shown } : {}
}

function policyPart(row: StatusRow, reblog: Status | null): Pick<Status, 'interaction_policy'> {
  const shown = reblog ? reblog.interaction_policy : presentPolicy(row)
  return shown ? { interaction_policy: shown } : {}
}

function viewerPart(loaded: Loaded, row: StatusRow, shown: Status): Partial<Status> {
  const viewer = loaded.reader.account
  if (!viewer) return {}
  const id = row.reblog_of_id ?? row.id
  const own = row.account_id === viewer.id && row.reblog_of_id === null
  return {
    favourited: loaded.marks.get('favourited')?.has(id) ?? false,
    reblogged: loaded.marks.get('reblogged')?.has(id) ?? false,
    bookmarked: loaded.marks.get('bookmarked')?.has(id) ?? false,
    muted: isMuted(loaded, id),
    ...(own ? { pinned: loaded.own?.pins.has(row.id) ?? false } : {}),
    filtered: loaded.filters ? filteredBy(loaded.app, loaded.filters, shown) : [],
  }
}

function isMuted({ own, rows }: Loaded, id: number): boolean {
  const conversation = own?.mutes.size ? rows.get(id)?.conversation_id : null
  return conversation != null && (own?.mutes.has(conversation) ?? false)
}
