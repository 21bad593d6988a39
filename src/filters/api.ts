import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { FilterForm, filterChoices } from './filter-form.ts'
import { filtersOfAccounts, ownFilter, wholeFilter } from './filters.ts'
import { createFilter, deleteFilter, updateFilter } from './keep-filter.ts'
import { Filter, presentFilter } from './present-filter.ts'

export const filtersEndpoint = endpoint({
  route: 'GET /api/v2/filters',
  scope: 'read:filters',
  summary: 'The filters of the member',
  returns: z.array(Filter),
  handle: async ({ app, viewer }) => (await filtersOfAccounts(app, [viewer.account.id])).map(presentFilter),
})

export const createFilterEndpoint = endpoint({
  route: 'POST /api/v2/filters',
  scope: 'write:filters',
  summary: 'Make a filter, with keywords',
  body: FilterForm,
  returns: Filter,
  handle: async ({ app, viewer, body }) =>
    presentFilter(await createFilter(app, viewer.account, filterChoices(body))),
})

export const filterEndpoint = endpoint({
  route: 'GET /api/v2/filters/:id',
  scope: 'read:filters',
  summary: 'One filter of the member',
  returns: Filter,
  handle: async ({ app, viewer, params }) =>
    presentFilter(await wholeFilter(app, await ownFilter(app, viewer.account, params.id))),
})

function changing(route: `${'PUT' | 'PATCH'} /api/v2/filters/:id`) {
  return endpoint({
    route,
    scope: 'write:filters',
    summary: 'Change a filter, and add, change or remove (`_destroy`) its keywords',
    body: FilterForm,
    returns: Filter,
    handle: async ({ app, viewer, params, body }) =>
      presentFilter(await updateFilter(app, viewer.account, params.id, filterChoices(body))),
  })
}
export const updateFilterEndpoint = changing('PUT /api/v2/filters/:id')
export const patchFilterEndpoint = changing('PATCH /api/v2/filters/:id')

export const deleteFilterEndpoint = endpoint({
  route: 'DELETE /api/v2/filters/:id',
  scope: 'write:filters',
  summary: 'Remove a filter',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    await deleteFilter(app, await ownFilter(app, viewer.account, params.id))
    return {}
  },
})
