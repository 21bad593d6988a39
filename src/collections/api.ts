import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { notAllowed, notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, idList, text } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PartQuery, pagedByPlace, readPart } from '#platform/paging.ts'
import { accountNamed } from '#relationships/target-account.ts'
import type { CollectionRow } from './collections.ts'
import { collectionsOf, collectionsWith, MOST_ITEMS } from './collections.ts'
import { createCollection, deleteCollection, updateCollection } from './keep-collection.ts'
import {
  Collection,
  CollectionWithAccounts,
  presentCollections,
  presentWithAccounts,
} from './present-collection.ts'
import { inVersions } from './versions.ts'
import { mayRead, ownCollection, readableCollection } from './visibility.ts'

const USUAL = 40
const MOST = 100

const Words = z.object({
  name: text().optional(),
  description: text().optional(),
  language: text().optional(),
  sensitive: flag.optional(),
  discoverable: flag.optional(),
  tag_name: text().optional(),
})
const One = z.object({ collection: Collection })
const Many = z.object({ collections: z.array(Collection) })

type Shown = { app: App; domain: HostedDomain; viewer: Viewer | null }
const readerOf = ({ domain, viewer }: Shown) => ({ domain, account: viewer?.account ?? null })

async function show(given: Shown, row: CollectionRow) {
  const [collection] = await presentCollections(given.app, readerOf(given), [row])
  return { collection: collection as Collection }
}

export const accountCollectionsEndpoints = inVersions((version) =>
  endpoint({
    route: `GET /api/${version}/accounts/:id/collections`,
    scope: 'public',
    ifToken: 'read:collections',
    summary: 'The collections of an account',
    query: PartQuery,
    returns: Many,
    handle: async (given) => {
      const { app, viewer, params, query, request } = given
      const owner = await accountNamed(app, params.id)
      const me = viewer?.account ?? null
      const part = readPart(query, USUAL, MOST)
      const everything = me?.id === owner.id
      const rows = (await mayRead(app, owner, me))
        ? await collectionsOf(app, owner, { ...part, everything })
        : []
      const collections = await presentCollections(app, readerOf(given), rows)
      return pagedByPlace({ collections }, { request, part, found: rows.length })
    },
  }),
)

export const inCollectionsEndpoints = inVersions((version) =>
  endpoint({
    route: `GET /api/${version}/accounts/:id/in_collections`,
    scope: 'read:collections',
    summary: 'The collections that the member is in',
    query: PartQuery,
    returns: Many,
    handle: async (given) => {
      const { app, viewer, params, query, request } = given
      const account = await accountNamed(app, params.id)
      if (account.id !== viewer.account.id) throw notAllowed()
      const part = readPart(query, USUAL, MOST)
      const rows = await collectionsWith(app, account, part)
      const collections = await presentCollections(app, readerOf(given), rows)
      return pagedByPlace({ collections }, { request, part, found: rows.length })
    },
  }),
)

export const collectionEndpoints = inVersions((version) =>
  endpoint({
    route: `GET /api/${version}/collections/:id`,
    scope: 'public',
    ifToken: 'read:collections',
    summary: 'A collection and the accounts in it',
    returns: CollectionWithAccounts,
    handle: async (given) => {
      const { app, viewer, params } = given
      const row = await readableCollection(app, viewer?.account ?? null, params.id)
      return presentWithAccounts(app, readerOf(given), row)
    },
  }),
)

export const createCollectionEndpoints = inVersions((version) =>
  endpoint({
    route: `POST /api/${version}/collections`,
    scope: 'write:collections',
    summary: 'Make a collection of accounts',
    body: Words.extend({ account_ids: idList.optional() }),
    returns: One,
    handle: async (given) => {
      const { app, viewer, body } = given
      const { account_ids: ids = [], ...words } = body
      const row = await createCollection(app, viewer, words, await membersNamed(app, ids))
      return show(given, row)
    },
  }),
)

/** The accounts of these ids, each once, in order; throws `notFound` if one is missing. */
async function membersNamed(app: App, ids: readonly string[]): Promise<AccountRow[]> {
  const wanted = [...new Set(ids)].slice(0, MOST_ITEMS + 1).map((id) => readId(id) ?? -1)
  const found = await accountsByIds(app, wanted)
  return wanted.map((id) => {
    const account = found.get(id)
    if (!account) throw notFound()
    return account
  })
}

const changing = (verb: 'PUT' | 'PATCH') =>
  inVersions((version) =>
    endpoint({
      route: `${verb} /api/${version}/collections/:id`,
      scope: 'write:collections',
      summary: 'Change a collection',
      body: Words,
      returns: One,
      handle: async (given) => {
        const { app, viewer, params, body } = given
        const row = await ownCollection(app, viewer.account, params.id)
        return show(given, await updateCollection(app, row, body))
      },
    }),
  )
export const updateCollectionEndpoints = changing('PUT')
export const patchCollectionEndpoints = changing('PATCH')

export const deleteCollectionEndpoints = inVersions((version) =>
  endpoint({
    route: `DELETE /api/${version}/collections/:id`,
    scope: 'write:collections',
    summary: 'Take a collection apart',
    returns: z.object({}),
    handle: async ({ app, viewer, params }) => {
      await deleteCollection(app, await ownCollection(app, viewer.account, params.id))
      return {}
    },
  }),
)
