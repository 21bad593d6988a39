import { z } from 'zod'
import { Account } from '#accounts/present-account.ts'
import type { App, HostedDomain, Reader, Viewer } from '#app.ts'
import { readPreferences } from '#auth/users.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { bookmark, unbookmark } from './bookmark.ts'
import { Status } from './entities.ts'
import { favourite, unfavourite } from './favourite.ts'
import { refuseUnwanted } from './interaction-policy.ts'
import { accountsWhoMarked, markedStatusIds } from './marked.ts'
import { presentStatus, presentStatuses } from './present-status.ts'
import { reblog, unreblog } from './reblog.ts'
import type { StatusRow, Visibility } from './statuses.ts'
import { statusById } from './statuses.ts'
import { visibleOriginal } from './visibility.ts'

const reader = (domain: HostedDomain, viewer: Viewer | null): Reader => ({
  domain,
  account: viewer?.account ?? null,
})

/** The status, or what it boosts, whoever may see it: for taking back what the member did to it, and nothing else. */
async function original(app: App, id: number | null): Promise<StatusRow> {
  const status = id === null ? undefined : await statusById(app, id)
  const found = status?.reblog_of_id ? await statusById(app, status.reblog_of_id) : status
  if (!found) throw notFound()
  return found
}

export const favouriteEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/favourite',
  scope: 'write:favourites',
  summary: 'Mark a status as a favourite',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    await refuseUnwanted(app, viewer.account, status, 'favourite')
    await favourite(app, viewer.account, status)
    return presentStatus(app, reader(domain, viewer), status)
  },
})

export const unfavouriteEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/unfavourite',
  scope: 'write:favourites',
  summary: 'Take the mark away',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await original(app, readId(params.id))
    await unfavourite(app, viewer.account, status)
    // What the member may no longer see can still be let go of; after that it is like what is not.
    return presentStatus(app, reader(domain, viewer), status)
  },
})

/** Who a member's boost is for when they do not say: as for their posts, and never fewer than their followers. */
function usualAudience({ account, user }: Viewer): Visibility {
  const usual = readPreferences(user).visibility ?? (account.locked ? 'private' : 'public')
  return usual === 'direct' ? 'private' : usual
}

export const reblogEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/reblog',
  scope: 'write:statuses',
  summary: 'Boost a status',
  limit: 'statuses',
  body: z.object({ visibility: wordOf(['public', 'unlisted', 'private']) }),
  returns: Status,
  handle: async ({ app, viewer, domain, params, body }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    await refuseUnwanted(app, viewer.account, status, 'reblog')
    const visibility = body.visibility ?? usualAudience(viewer)
    return presentStatus(app, reader(domain, viewer), await reblog(app, viewer.account, status, visibility))
  },
})

export const unreblogEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/unreblog',
  scope: 'write:statuses',
  summary: 'Take a boost back; answers with the boosted status',
  limit: 'deletes',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await original(app, readId(params.id))
    await unreblog(app, viewer.account, status)
    // What the member may no longer see can still be let go of; after that it is like what is not.
    return presentStatus(app, reader(domain, viewer), status)
  },
})

export const bookmarkEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/bookmark',
  scope: 'write:bookmarks',
  summary: 'Keep a status in a private list',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    await bookmark(app, viewer.account, status)
    return presentStatus(app, reader(domain, viewer), status)
  },
})

export const unbookmarkEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/unbookmark',
  scope: 'write:bookmarks',
  summary: 'Take a status off the private list',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await original(app, readId(params.id))
    await unbookmark(app, viewer.account, status)
    // What the member may no longer see can still be let go of; after that it is like what is not.
    return presentStatus(app, reader(domain, viewer), status)
  },
})

const USUAL_STATUSES = 20
const USUAL_ACCOUNTS = 40

export const favouritesEndpoint = endpoint({
  route: 'GET /api/v1/favourites',
  scope: 'read:favourites',
  summary: 'Statuses the member marked as favourites, newest mark first',
  query: PageQuery,
  returns: z.array(Status),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL_STATUSES)
    const marks = await markedStatusIds(app, 'favourite', viewer.account, page)
    const shown = await presentStatuses(app, reader(domain, viewer), marks.statusIds)
    return paged(shown, { request, page, ...marks, style: 'statuses' })
  },
})

export const bookmarksEndpoint = endpoint({
  route: 'GET /api/v1/bookmarks',
  scope: 'read:bookmarks',
  summary: 'Statuses on the private list, newest first',
  query: PageQuery,
  returns: z.array(Status),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL_STATUSES)
    const marks = await markedStatusIds(app, 'bookmark', viewer.account, page)
    const shown = await presentStatuses(app, reader(domain, viewer), marks.statusIds)
    return paged(shown, { request, page, ...marks, style: 'statuses' })
  },
})

export const favouritedByEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id/favourited_by',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'Accounts that marked a status as a favourite',
  query: PageQuery,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, params, query, request }) => {
    const status = await visibleOriginal(app, viewer?.account ?? null, readId(params.id))
    const page = readPage(query, USUAL_ACCOUNTS)
    const { accounts, ...marks } = await accountsWhoMarked(
      app,
      reader(domain, viewer),
      'favourite',
      status,
      page,
    )
    return paged(accounts, { request, page, ...marks, style: 'accounts' })
  },
})

export const rebloggedByEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id/reblogged_by',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'Accounts that boosted a status',
  query: PageQuery,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, params, query, request }) => {
    const status = await visibleOriginal(app, viewer?.account ?? null, readId(params.id))
    const page = readPage(query, USUAL_ACCOUNTS)
    const { accounts, ...marks } = await accountsWhoMarked(
      app,
      reader(domain, viewer),
      'reblog',
      status,
      page,
    )
    return paged(accounts, { request, page, ...marks, style: 'accounts' })
  },
})
