import type { Context } from 'hono'
import type { App, HostedDomain } from '#app.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import { tombstone } from '../shapes/activities.ts'
import type { Document } from '../shapes/context-out.ts'
import { withContext } from '../shapes/context-out.ts'

/** What every document is served as. */
export const ACTIVITY_TYPE = 'application/activity+json; charset=utf-8'
/** Public documents may be kept this long by caches, in seconds: what is deleted must not linger. */
const KEPT_SECONDS = 15
/** Signed readers may one day be answered otherwise: no cache may give theirs to others (WEB-14, BLK-05). */
const VARY = 'Accept, Authorization, Signature'

const OURS = /^application\/(?:activity\+json|ld\+json|json)$/
const PAGES = /^(?:text\/html|application\/xhtml\+xml)$/

/** Whether an Accept header asks for the ActivityPub document rather than for the page, where there are both. */
export function wantsActivity(accept: string | undefined): boolean {
  const { document, page } = wishes(accept)
  return document > 0 && document >= page
}

/** Whether an Accept header asks for a page. */
export function wantsPage(accept: string | undefined): boolean {
  const { document, page } = wishes(accept)
  return page > 0 && page > document
}

function wishes(accept: string | undefined): { document: number; page: number } {
  const best = { document: 0, page: 0 }
  for (const entry of (accept ?? '').slice(0, 2000).split(',')) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
    const q = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? 1)
    if (OURS.test(type)) best.document = Math.max(best.document, q || 0)
    if (PAGES.test(type)) best.page = Math.max(best.page, q || 0)
  }
  return best
}

/** The domain that the request's host means, if it federates; drafts have no documents. */
export function domainOf(app: App, c: Context<Site>): HostedDomain | undefined {
  const domain = app.domains.byHost(clientOf(c).host)
  return domain?.confirmed_at == null ? undefined : domain
}

/** A document as an answer; `text` may come from a cache. */
export function documentAnswer(document: Document | string, status = 200): Response {
  return answerWith(document, status, status === 200 ? `public, max-age=${KEPT_SECONDS}` : 'no-store')
}

/** A document for the one who asked and signed, and for no cache on the way. */
export function privateAnswer(document: Document | string): Response {
  return answerWith(document, 200, 'private, no-store')
}

function answerWith(document: Document | string, status: number, keep: string): Response {
  const text = typeof document === 'string' ? document : JSON.stringify(withContext(document))
  return new Response(text, {
    status,
    headers: {
      'Content-Type': ACTIVITY_TYPE,
      'Cache-Control': keep,
      Vary: VARY,
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

/** What is not there, or not for everybody: one and the same answer (PRIV-05). */
export const missingAnswer = () => refusal(404, 'Record not found')

/** What is given to signed requests only. */
export const unsignedAnswer = () => refusal(401, 'Request not signed as it must be')

/** For hosts that we do not speak with. */
export const strangerAnswer = () => refusal(403, 'This server does not federate with yours')

function refusal(status: number, error: string): Response {
  return new Response(JSON.stringify({ error }), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', Vary: VARY },
  })
}

/** 410 with a tombstone for what was deleted here, else 404. */
export async function goneAnswer(app: App, uri: string): Promise<Response> {
  const found = await app.db
    .selectFrom('tombstone')
    .select('uri')
    .where('uri', '=', uri)
    .where('local', '=', 1)
    .executeTakeFirst()
  return found ? tombstoneAnswer(uri) : missingAnswer()
}

/** Says that what had this address is gone for good. */
export const tombstoneAnswer = (uri: string): Response => documentAnswer(tombstone(uri), 410)
