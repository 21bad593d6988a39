import { z } from 'zod'
import { isoTimeOrNull } from '#platform/times.ts'
import type { FilterContext, FilterKeywordRow, FilterRow, FilterStatusRow, WholeFilter } from './filters.ts'
import { contexts, filterActions } from './filters.ts'

/** https://docs.joinmastodon.org/entities/FilterKeyword/ */
export const FilterKeyword = z.object({ id: z.string(), keyword: z.string(), whole_word: z.boolean() })
/** https://docs.joinmastodon.org/entities/FilterStatus/ */
export const FilterStatus = z.object({ id: z.string(), status_id: z.string() })

/** https://docs.joinmastodon.org/entities/Filter/ */
export const Filter = z.object({
  id: z.string(),
  title: z.string(),
  context: z.array(z.enum(contexts)),
  expires_at: z.string().nullable(),
  filter_action: z.enum(filterActions),
  keywords: z.array(FilterKeyword).optional(),
  statuses: z.array(FilterStatus).optional(),
})
export type Filter = z.infer<typeof Filter>

/** https://docs.joinmastodon.org/entities/FilterResult/ */
export const FilterResult = z.object({
  filter: Filter,
  keyword_matches: z.array(z.string()).nullable(),
  status_matches: z.array(z.string()).nullable(),
})
export type FilterResult = z.infer<typeof FilterResult>

/** https://docs.joinmastodon.org/entities/V1_Filter/ */
export const V1Filter = z.object({
  id: z.string(),
  phrase: z.string(),
  context: z.array(z.enum(contexts)),
  expires_at: z.string().nullable(),
  irreversible: z.boolean(),
  whole_word: z.boolean(),
})

const contextOf = (row: FilterRow) => row.context.split(' ') as FilterContext[]

/** A filter by itself, as the results of filtering name it. */
export function presentBareFilter(row: FilterRow): Filter {
  return {
    id: String(row.id),
    title: row.title,
    context: contextOf(row),
    expires_at: isoTimeOrNull(row.expires_at),
    filter_action: row.action,
  }
}

/** A filter with its keywords and statuses, as its owner's client sees it. */
export function presentFilter(filter: WholeFilter): Filter {
  return {
    ...presentBareFilter(filter),
    keywords: filter.keywords.map(presentKeyword),
    statuses: filter.statuses.map(presentFilterStatus),
  }
}

/** A keyword as its owner's client sees it. */
export function presentKeyword(row: FilterKeywordRow): z.infer<typeof FilterKeyword> {
  return { id: String(row.id), keyword: row.keyword, whole_word: row.whole_word === 1 }
}

/** A status of a filter as its owner's client sees it. */
export function presentFilterStatus(row: FilterStatusRow): z.infer<typeof FilterStatus> {
  return { id: String(row.id), status_id: String(row.status_id) }
}

/** A keyword in the older shape, where each is a filter of its own. */
export function presentOlder(filter: FilterRow, keyword: FilterKeywordRow): z.infer<typeof V1Filter> {
  return {
    id: String(keyword.id),
    phrase: keyword.keyword,
    context: contextOf(filter),
    expires_at: isoTimeOrNull(filter.expires_at),
    irreversible: filter.action === 'hide',
    whole_word: keyword.whole_word === 1,
  }
}
