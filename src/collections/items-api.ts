import { z } from 'zod'
import { notAllowed } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { requiredId } from '#platform/http/forms-fields.ts'
import { accountNamed } from '#relationships/target-account.ts'
import { featureAccount, itemNamed, revokeFeature, unfeatureAccount } from './feature-account.ts'
import { CollectionItem, presentItem } from './present-collection.ts'
import { inVersions } from './versions.ts'
import { ownCollection, readableCollection } from './visibility.ts'

export const addItemEndpoints = inVersions((version) =>
  endpoint({
    route: `POST /api/${version}/collections/:collection_id/items`,
    scope: 'write:collections',
    summary: 'Put an account into a collection',
    body: z.object({ account_id: requiredId }),
    returns: z.object({ collection_item: CollectionItem }),
    handle: async ({ app, viewer, params, body }) => {
      const row = await ownCollection(app, viewer.account, params.collection_id)
      const target = await accountNamed(app, body.account_id)
      return { collection_item: presentItem(await featureAccount(app, viewer.account, row, target)) }
    },
  }),
)

export const removeItemEndpoints = inVersions((version) =>
  endpoint({
    route: `DELETE /api/${version}/collections/:collection_id/items/:id`,
    scope: 'write:collections',
    summary: 'Take an account out of a collection',
    returns: z.object({}),
    handle: async ({ app, viewer, params }) => {
      const row = await ownCollection(app, viewer.account, params.collection_id)
      await unfeatureAccount(app, row, await itemNamed(app, row, params.id))
      return {}
    },
  }),
)

export const revokeItemEndpoints = inVersions((version) =>
  endpoint({
    route: `POST /api/${version}/collections/:collection_id/items/:id/revoke`,
    scope: 'write:collections',
    summary: 'Take oneself out of somebody’s collection',
    returns: z.object({}),
    handle: async ({ app, viewer, params }) => {
      const row = await readableCollection(app, viewer.account, params.collection_id)
      const item = await itemNamed(app, row, params.id)
      if (item.account_id !== viewer.account.id) throw notAllowed()
      await revokeFeature(app, row, item)
      return {}
    },
  }),
)
