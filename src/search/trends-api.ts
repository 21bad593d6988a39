import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { Tag } from '#hashtags/present-tag.ts'
import { presentTagsFor } from '#hashtags/tag-relations.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { PartQuery, pagedByPlace, readPart } from '#platform/paging.ts'
import { hiddenAmong } from '#relationships/hidden-from.ts'
import { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { presentTrendingLinks, TrendingLink } from './trending-links.ts'
import { trending } from './trends.ts'

function trendingTags(route: 'GET /api/v1/trends' | 'GET /api/v1/trends/tags') {
  return endpoint({
    route,
    scope: 'public',
    summary: 'Hashtags that are used more than usual',
    cacheSeconds: 60,
    query: PartQuery,
    returns: z.array(Tag),
    handle: async ({ app, viewer, domain, query, request }) => {
      const part = readPart(query, 10)
      const ids = await trending(app, 'tag', part.limit, part.offset)
      const rows =
        ids.length === 0 ? [] : await app.db.selectFrom('tag').selectAll().where('id', 'in', ids).execute()
      const ordered = ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
      const tags = await presentTagsFor(app, domain, viewer?.account ?? null, ordered)
      return pagedByPlace(tags, { request, part, found: ids.length })
    },
  })
}
export const trendsEndpoint = trendingTags('GET /api/v1/trends')
export const trendingTagsEndpoint = trendingTags('GET /api/v1/trends/tags')

export const trendingStatusesEndpoint = endpoint({
  route: 'GET /api/v1/trends/statuses',
  scope: 'public',
  summary: 'Public statuses that many boost and favour now',
  cacheSeconds: 60,
  query: PartQuery,
  returns: z.array(Status),
  handle: async ({ app, viewer, domain, query, request }) => {
    const part = readPart(query, 20)
    const ids = await trending(app, 'status', part.limit, part.offset)
    const statuses = await seenOf({ app, viewer, domain }, ids)
    return pagedByPlace(statuses, { request, part, found: ids.length })
  },
})

/** Of these statuses those that are still public, and whose authors the member wants to hear of. */
async function seenOf(
  { app, viewer, domain }: { app: App; viewer: Viewer | null; domain: HostedDomain },
  ids: readonly number[],
): Promise<Status[]> {
  const account = viewer?.account ?? null
  const statuses = (await presentStatuses(app, { domain, account }, ids)).filter(
    (each) => each.visibility === 'public',
  )
  if (!account) return statuses
  const authors = statuses.map((each) => Number(each.account.id))
  const hidden = await hiddenAmong(app, account.id, authors)
  return statuses.filter((each) => !hidden.has(Number(each.account.id)))
}

export const trendingLinksEndpoint = endpoint({
  route: 'GET /api/v1/trends/links',
  scope: 'public',
  summary: 'Pages that many link to now',
  cacheSeconds: 60,
  query: PartQuery,
  returns: z.array(TrendingLink),
  handle: async ({ app, viewer, domain, query, request }) => {
    const part = readPart(query, 10)
    const ids = await trending(app, 'link', part.limit, part.offset)
    const reader = { domain, account: viewer?.account ?? null }
    const links = await presentTrendingLinks(app, reader, ids)
    return pagedByPlace(links, { request, part, found: ids.length })
  },
})
