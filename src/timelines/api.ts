import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { readPreferences } from '#auth/users.ts'
import { tagByName } from '#hashtags/hashtags.ts'
import { conflict, invalid, notFound, unauthenticated } from '#platform/errors.ts'
import type { RequestFacts } from '#platform/http/endpoint.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, textList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { tagName } from '#platform/text/parse-text.ts'
import { ownList } from '#relationships/lists.ts'
import { Status } from '#statuses/entities.ts'
import { pinnedIds } from '#statuses/pin-status.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { accountStatusIds } from './account-statuses.ts'
import { homeIds } from './home.ts'
import { linkIds } from './link.ts'
import { listIds } from './list.ts'
import { Markers, markersOf, saveMarker } from './markers.ts'
import type { PublicKind } from './public.ts'
import { publicIds } from './public.ts'
import { tagsIds } from './tags.ts'

const USUAL = 20

type Shown = { app: App; viewer: Viewer | null; domain: HostedDomain; request: RequestFacts }

/** Presents a page of ids with its Link header; what may not be seen is left out without moving the cursors. */
async function answer({ app, viewer, domain, request }: Shown, ids: number[], page: Page) {
  const shown = await presentStatuses(app, { domain, account: viewer?.account ?? null }, ids)
  const ends = { first: ids[0] ?? null, last: ids.at(-1) ?? null, found: ids.length }
  return paged(shown, { request, page, ...ends, style: 'statuses' })
}

export const homeTimelineEndpoint = endpoint({
  route: 'GET /api/v1/timelines/home',
  scope: 'read:statuses',
  summary: 'What the member follows, newest first',
  query: PageQuery.extend({ local: flag.optional() }),
  returns: z.array(Status),
  handle: async (given) => {
    const page = readPage(given.query, USUAL)
    return answer(given, await homeIds(given.app, given.viewer.account, page), page)
  },
})

export const listTimelineEndpoint = endpoint({
  route: 'GET /api/v1/timelines/list/:id',
  scope: 'read:lists',
  summary: 'What the members of a list wrote and boosted, newest first',
  query: PageQuery,
  returns: z.array(Status),
  handle: async (given) => {
    const { app, viewer, params, query } = given
    const list = await ownList(app, viewer.account, params.id)
    const page = readPage(query, USUAL)
    return answer(given, await listIds(app, list, page), page)
  },
})

export const linkTimelineEndpoint = endpoint({
  route: 'GET /api/v1/timelines/link',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'Public statuses that link to a page which trends',
  cacheSeconds: 15,
  query: PageQuery.extend({ url: z.string().max(2048) }),
  returns: z.array(Status),
  handle: async (given) => {
    const { app, viewer, query } = given
    const page = readPage(query, USUAL)
    return answer(given, await linkIds(app, viewer?.account ?? null, query.url, page), page)
  },
})

const PublicQuery = PageQuery.extend({
  local: flag.optional(),
  remote: flag.optional(),
  only_media: flag.optional(),
})

function kindOf(query: z.output<typeof PublicQuery>): PublicKind {
  if (query.local) return 'local'
  return query.remote ? 'remote' : 'all'
}

export const publicTimelineEndpoint = endpoint({
  route: 'GET /api/v1/timelines/public',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'Public statuses of this server, of others, or of all',
  cacheSeconds: 15,
  query: PublicQuery,
  returns: z.array(Status),
  handle: async (given) => {
    const { app, viewer, domain, query } = given
    const page = readPage(query, USUAL)
    const languages = viewer ? readPreferences(viewer.user).chosenLanguages : []
    const ask = { kind: kindOf(query), onlyMedia: query.only_media ?? false, domainId: domain.id, languages }
    return answer(given, await publicIds(app, viewer?.account ?? null, ask, page), page)
  },
})

export const tagTimelineEndpoint = endpoint({
  route: 'GET /api/v1/timelines/tag/:hashtag',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'Public statuses with a hashtag',
  cacheSeconds: 15,
  query: PublicQuery.extend({
    any: textList().optional(),
    all: textList().optional(),
    none: textList().optional(),
  }),
  returns: z.array(Status),
  handle: async (given) => {
    const { app, viewer, domain, query, params } = given
    const page = readPage(query, USUAL)
    const { any = [], all = [], none = [] } = query
    if (any.length + all.length + none.length > 0) {
      const several = { kind: kindOf(query), onlyMedia: query.only_media ?? false, any, all, none }
      const ask = { ...several, name: params.hashtag }
      return answer(given, await tagsIds(app, viewer?.account ?? null, ask, page), page)
    }
    const tag = await tagByName(app, tagName(params.hashtag))
    if (!tag) return []
    const ask = {
      kind: kindOf(query),
      onlyMedia: query.only_media ?? false,
      domainId: domain.id,
      tagId: tag.id,
    }
    return answer(given, await publicIds(app, viewer?.account ?? null, ask, page), page)
  },
})

export const accountStatusesEndpoint = endpoint({
  route: 'GET /api/v1/accounts/:id/statuses',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'What an account wrote and boosted',
  query: PageQuery.extend({
    only_media: flag.optional(),
    exclude_replies: flag.optional(),
    exclude_reblogs: flag.optional(),
    pinned: flag.optional(),
    tagged: z.string().max(256).optional(),
  }),
  returns: z.array(Status),
  handle: async (given) => {
    const { app, viewer, params, query } = given
    const id = readId(params.id)
    const account = await letIn(app, id === null ? undefined : await accountById(app, id))
    if (!account) throw notFound()
    if (viewer) await app.fediverse.lookAtProfile(account)
    if (query.pinned) return presentPinned(given, account)
    const page = readPage(query, USUAL)
    const ask = {
      onlyMedia: query.only_media ?? false,
      excludeReplies: query.exclude_replies ?? false,
      excludeReblogs: query.exclude_reblogs ?? false,
      ...(query.tagged ? { tagId: (await tagByName(app, tagName(query.tagged)))?.id ?? null } : {}),
    }
    return answer(given, await accountStatusIds(app, viewer?.account ?? null, account, ask, page), page)
  },
})

/** What an account pinned, the newest pin first; those who are blocked see nothing. */
async function presentPinned({ app, viewer, domain }: Shown, account: AccountRow): Promise<Status[]> {
  if (account.suspended_at !== null) return []
  return presentStatuses(app, { domain, account: viewer?.account ?? null }, await pinnedIds(app, account.id))
}

export const markersEndpoint = endpoint({
  route: 'GET /api/v1/markers',
  scope: 'read:statuses',
  summary: 'Where the member stopped reading',
  query: z.object({ timeline: z.union([z.array(z.string()), z.string()]).optional() }),
  returns: Markers,
  handle: async ({ app, viewer, query }) => {
    const asked = query.timeline === undefined ? [] : [query.timeline].flat()
    return markersOf(app, viewer.account, asked)
  },
})

const Mark = z.object({
  last_read_id: z.coerce.string().max(32).optional(),
  version: z.coerce.number().int().optional(),
})

export const saveMarkersEndpoint = endpoint({
  route: 'POST /api/v1/markers',
  scope: 'write:statuses',
  summary: 'Remember where the member stopped reading',
  body: z.object({ home: Mark.optional(), notifications: Mark.optional() }),
  returns: Markers,
  handle: async ({ app, viewer, body }) => {
    if (!viewer) throw unauthenticated()
    const saved: z.input<typeof Markers> = {}
    for (const timeline of ['home', 'notifications'] as const) {
      const mark = body[timeline]
      if (!mark) continue
      if (!mark.last_read_id || readId(mark.last_read_id) === null)
        throw invalid('last_read_id must be an id')
      const kept = await saveMarker(app, viewer.account, timeline, mark.last_read_id, mark.version)
      if (!kept) throw conflict('Conflict during update, please try again')
      saved[timeline] = kept
    }
    return saved
  },
})
