import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import type { Site } from '#platform/http/facts.ts'
import { readId } from '#platform/ids.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById, statusByUri } from '#statuses/statuses.ts'
import { announce, create } from '../shapes/activities.ts'
import { withContext } from '../shapes/context-out.ts'
import { writeEmoji } from '../shapes/write-emojis.ts'
import { writeNote } from '../shapes/write-note.ts'
import { pageAnswer } from './actors.ts'
import { documentAnswer, goneAnswer, missingAnswer, wantsPage } from './answer-document.ts'

const ACTIVITY = '/activity'
const kept = keptBy(
  () => new LRUCache<string, string>({ maxSize: 32_000_000, sizeCalculation: (text) => text.length + 1 }),
)

/** A status of ours that everybody may read, with its author. */
export type OpenStatus = { status: StatusRow; author: AccountRow }

/** The status with this id if it is of this domain and everybody may read it; else undefined, whatever the reason. */
export async function openStatusByUri(
  app: App,
  domain: HostedDomain,
  uri: string,
): Promise<OpenStatus | undefined> {
  return ifOpen(app, domain, await statusByUri(app, uri))
}

async function ifOpen(app: App, domain: HostedDomain, status?: StatusRow): Promise<OpenStatus | undefined> {
  if (!status || status.domain_id !== domain.id) return undefined
  if (status.visibility !== 'public' && status.visibility !== 'unlisted') return undefined
  if (status.local_only === 1) return undefined
  const author = await accountById(app, status.account_id)
  return !author || author.suspended_at !== null ? undefined : { status, author }
}

/** Answers a request for a post, by its id: the Note, its page for a browser, 410 when it was deleted here. */
export async function serveStatus(app: App, domain: HostedDomain, c: Context<Site>): Promise<Response> {
  const uri = domain.origin + c.req.path
  const open = await openStatusByUri(app, domain, uri)
  if (!open || open.status.reblog_of_id !== null) return goneAnswer(app, uri)
  if (wantsPage(c.req.header('accept')) && open.status.url !== null) return pageAnswer(open.status.url)
  return noteAnswer(app, open)
}

/** Answers for a post of this number by this person, or null where there is no such open post. */
export async function noteAnswerFor(
  app: App,
  domain: HostedDomain,
  account: AccountRow,
  id: string,
): Promise<{ uri: string; answer(): Promise<Response> } | null> {
  const number = readId(id)
  const open = number === null ? undefined : await ifOpen(app, domain, await statusById(app, number))
  if (!open || open.author.id !== account.id || open.status.reblog_of_id !== null) return null
  return { uri: open.status.uri, answer: () => noteAnswer(app, open) }
}

async function noteAnswer(app: App, { status, author }: OpenStatus): Promise<Response> {
  const documents = kept(app)
  const key = `${status.id} ${status.edited_at} ${status.in_reply_to_id} ${status.quote_policy} ${author.updated_at}`
  let text = documents.get(key)
  if (text === undefined) {
    const note = await writeNote(app, status)
    if (!note) return missingAnswer()
    text = JSON.stringify(withContext(note))
    // The numbers of a poll and the consent to a quote change without an edit.
    if (status.poll_id === null && status.quote_id === null) documents.set(key, text)
  }
  return documentAnswer(text)
}

/** Answers a request for the activity that published a post, or for a boost. */
export async function serveStatusActivity(
  app: App,
  domain: HostedDomain,
  c: Context<Site>,
): Promise<Response> {
  const uri = domain.origin + c.req.path
  const boost = await openStatusByUri(app, domain, uri)
  if (boost) return boostAnswer(app, boost)
  const plain = uri.slice(0, -ACTIVITY.length)
  const open = await openStatusByUri(app, domain, plain)
  const note = open && (await writeNote(app, open.status))
  if (note) return documentAnswer(create(note))
  const gone = await goneAnswer(app, uri)
  return gone.status === 410 ? gone : goneAnswer(app, plain)
}

async function boostAnswer(app: App, { status: boost, author: actor }: OpenStatus): Promise<Response> {
  const status = boost.reblog_of_id === null ? undefined : await statusById(app, boost.reblog_of_id)
  const author = status && (await accountById(app, status.account_id))
  if (!author) return missingAnswer()
  return documentAnswer(announce(actor, boost, author, status.uri))
}

/** Answers a request for a custom emoji of ours. */
export async function serveEmoji(app: App, domain: HostedDomain, c: Context<Site>): Promise<Response> {
  const id = readId(c.req.path.split('/').at(-1))
  if (id === null) return missingAnswer()
  const row = await app.db
    .selectFrom('emoji')
    .selectAll()
    .where('id', '=', id)
    .where('host', '=', '')
    .executeTakeFirst()
  return row ? documentAnswer(writeEmoji(domain.origin, row)) : missingAnswer()
}
