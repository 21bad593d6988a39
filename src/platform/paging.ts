import { z } from 'zod'
import type { RequestFacts } from './http/endpoint.ts'
import { Reply } from './http/endpoint.ts'
import { intText } from './http/forms-fields.ts'
import { readId } from './ids.ts'

/** The page that was asked for: at most one of the cursors leads; `ascending` when the oldest after `minId` come first. */
export type Page = { limit: number; maxId: number | null; sinceId: number | null; minId: number | null }

const cursor = z.string().optional()

/** Query fields of every paged list. */
export const PageQuery = z.object({
  max_id: cursor,
  since_id: cursor,
  min_id: cursor,
  limit: z.union([z.string(), z.number()]).optional(),
})

/** Reads a page request: `limit` is made positive and held to twice the usual; cursors that are not ids count as absent. */
export function readPage(query: z.output<typeof PageQuery>, usual: number, most = usual * 2): Page {
  const asked = Math.abs(Math.trunc(Number(query.limit ?? usual)))
  const limit = Number.isFinite(asked) && asked > 0 ? Math.min(asked, most) : usual
  return { limit, maxId: readId(query.max_id), sinceId: readId(query.since_id), minId: readId(query.min_id) }
}

type PagedOptions = {
  request: RequestFacts
  page: Page
  /** Cursor of the first and last item; null when the page is empty. */
  first: number | null
  last: number | null
  /** Status-like lists say `min_id` in prev; account-like lists say `since_id` and leave out next on a short page. */
  style: 'statuses' | 'accounts'
  /** How many rows the query gave before anything was hidden from the viewer. */
  found: number
}

/** What is answered, mostly a list, with the Link header that clients page by (surface g); other query fields are kept. */
export function paged<T>(items: T, options: PagedOptions): Reply<T> {
  const { request, page, first, last, style, found } = options
  if (first === null || last === null) return new Reply(items)
  const link = (rel: string, name: string, value: number) => {
    const url = new URL(request.url)
    for (const key of ['max_id', 'since_id', 'min_id']) url.searchParams.delete(key)
    url.searchParams.set(name, String(value))
    return `<${url.href}>; rel="${rel}"`
  }
  const links: string[] = []
  if (style === 'statuses' || found >= page.limit) links.push(link('next', 'max_id', last))
  links.push(link('prev', style === 'statuses' ? 'min_id' : 'since_id', first))
  return new Reply(items, { headers: { Link: links.join(', ') } })
}

/** Query fields of every list that is paged by place. */
export const PartQuery = z.object({ limit: intText.optional(), offset: intText.optional() })
/** Farther than this nobody leafs. */
const FARTHEST = 10_000

/** Reads a request for a part of a list; odd numbers count as absent. */
export function readPart(query: z.output<typeof PartQuery>, usual: number, most = usual * 2) {
  const limit = Math.min(Math.abs(query.limit || usual), most)
  return { limit, offset: Math.min(Math.max(0, query.offset ?? 0), FARTHEST) }
}

/** What is answered, with the Link header of a list that is paged by place; `found` rows were read of `part.limit`. */
export function pagedByPlace<T>(
  items: T,
  { request, part, found }: { request: RequestFacts; part: { offset: number; limit: number }; found: number },
): Reply<T> {
  const { offset, limit } = part
  const link = (rel: string, at: number) => {
    const url = new URL(request.url)
    url.searchParams.set('offset', String(at))
    return `<${url.href}>; rel="${rel}"`
  }
  const links: string[] = []
  if (found >= limit) links.push(link('next', offset + limit))
  if (offset > 0) links.push(link('prev', Math.max(0, offset - limit)))
  return new Reply(items, links.length === 0 ? {} : { headers: { Link: links.join(', ') } })
}
