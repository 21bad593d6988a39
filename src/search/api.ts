import { z } from 'zod'
import { Account, presentAccounts } from '#accounts/present-account.ts'
import { collectionsAt } from '#collections/collection-at.ts'
import { Collection, presentCollections } from '#collections/present-collection.ts'
import { Tag } from '#hashtags/present-tag.ts'
import { presentTagsFor } from '#hashtags/tag-relations.ts'
import { unauthenticated } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag } from '#platform/http/forms-fields.ts'
import { malformed } from '#platform/http/refuse.ts'
import { readId } from '#platform/ids.ts'
import { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { search } from './search.ts'

const USUAL = 20
const MOST = 40
const kinds = ['accounts', 'statuses', 'hashtags'] as const

export const searchEndpoint = endpoint({
  route: 'GET /api/v2/search',
  scope: 'public',
  ifToken: 'read:search',
  summary: 'Find accounts, statuses by words or address, and hashtags',
  query: z.object({
    q: z.string().max(4096).optional(),
    type: z.enum([...kinds, '']).optional(),
    resolve: flag.optional(),
    following: flag.optional(),
    exclude_unreviewed: flag.optional(),
    account_id: z.string().optional(),
    max_id: z.string().optional(),
    min_id: z.string().optional(),
    limit: z.coerce.number().int().optional(),
    offset: z.coerce.number().int().optional(),
  }),
  returns: z.object({
    accounts: z.array(Account),
    statuses: z.array(Status),
    hashtags: z.array(Tag),
    collections: z.array(Collection),
  }),
  handle: async ({ app, viewer, domain, query }) => {
    if ((query.limit ?? 0) < 0 || (query.offset ?? 0) < 0)
      throw malformed('limit and offset must not be negative')
    if (!viewer && (query.resolve || (query.offset ?? 0) > 0)) {
      throw unauthenticated('Search queries that resolve remote resources need a signed-in account')
    }
    const reader = { domain, account: viewer?.account ?? null }
    const found = await search(app, domain, reader.account, {
      query: query.q ?? '',
      kinds: new Set(query.type ? [query.type] : kinds),
      resolve: query.resolve ?? false,
      followingOnly: query.following ?? false,
      ...cursorsOf(query),
      limit: Math.min(query.limit || USUAL, MOST),
      offset: Math.min(query.offset ?? 0, 10_000),
    })
    return {
      accounts: await presentAccounts(app, reader, found.accounts),
      statuses: await presentStatuses(app, reader, found.statusIds),
      hashtags: await presentTagsFor(app, domain, reader.account, found.tags),
      collections: query.type
        ? []
        : await presentCollections(app, reader, await collectionsAt(app, reader, query.q)),
    }
  },
})

type Cursors = { account_id?: string | undefined; max_id?: string | undefined; min_id?: string | undefined }

/** An author who cannot be is still an author: nobody's statuses are found, not everybody's. */
function cursorsOf({ account_id, max_id, min_id }: Cursors) {
  const accountId = account_id ? (readId(account_id) ?? 0) : null
  return { accountId, maxId: readId(max_id), minId: readId(min_id) }
}

export const accountSearchEndpoint = endpoint({
  route: 'GET /api/v1/accounts/search',
  scope: 'read:accounts',
  summary: 'Find accounts by handle or name',
  query: z.object({
    q: z.string().max(4096).optional(),
    resolve: flag.optional(),
    following: flag.optional(),
    limit: z.coerce.number().int().optional(),
    offset: z.coerce.number().int().optional(),
  }),
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, query }) => {
    const found = await search(app, domain, viewer.account, {
      query: query.q ?? '',
      kinds: new Set(['accounts']),
      resolve: query.resolve ?? false,
      followingOnly: query.following ?? false,
      limit: Math.min(Math.abs(query.limit || MOST), MOST * 2),
      offset: Math.min(Math.max(0, query.offset ?? 0), 10_000),
    })
    return presentAccounts(app, { domain, account: viewer.account }, found.accounts)
  },
})
