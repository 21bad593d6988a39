import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { requiredId } from '#platform/http/forms-fields.ts'
import { KeywordForm, keywordChoices } from './filter-form.ts'
import { addFilterStatus, dropFilterStatus } from './filter-statuses.ts'
import { ownFilter, ownFilterStatus, ownKeyword, wholeFilter } from './filters.ts'
import { changeOneKeyword, createKeyword, deleteKeyword } from './keep-keyword.ts'
import { FilterKeyword, FilterStatus, presentFilterStatus, presentKeyword } from './present-filter.ts'

export const keywordsEndpoint = endpoint({
  route: 'GET /api/v2/filters/:filter_id/keywords',
  scope: 'read:filters',
  summary: 'The keywords of a filter',
  returns: z.array(FilterKeyword),
  handle: async ({ app, viewer, params }) =>
    (await wholeFilter(app, await ownFilter(app, viewer.account, params.filter_id))).keywords.map(
      presentKeyword,
    ),
})

export const addKeywordEndpoint = endpoint({
  route: 'POST /api/v2/filters/:filter_id/keywords',
  scope: 'write:filters',
  summary: 'Add a keyword to a filter',
  body: KeywordForm,
  returns: FilterKeyword,
  handle: async ({ app, viewer, params, body }) => {
    const filter = await ownFilter(app, viewer.account, params.filter_id)
    return presentKeyword(await createKeyword(app, filter, keywordChoices(body)))
  },
})

export const keywordEndpoint = endpoint({
  route: 'GET /api/v2/filters/keywords/:id',
  scope: 'read:filters',
  summary: 'One keyword of a filter of the member',
  returns: FilterKeyword,
  handle: async ({ app, viewer, params }) =>
    presentKeyword((await ownKeyword(app, viewer.account, params.id)).keyword),
})

function changing(route: `${'PUT' | 'PATCH'} /api/v2/filters/keywords/:id`) {
  return endpoint({
    route,
    scope: 'write:filters',
    summary: 'Change a keyword',
    body: KeywordForm,
    returns: FilterKeyword,
    handle: async ({ app, viewer, params, body }) => {
      const { keyword, filter } = await ownKeyword(app, viewer.account, params.id)
      return presentKeyword(await changeOneKeyword(app, filter, keyword, keywordChoices(body)))
    },
  })
}
export const updateKeywordEndpoint = changing('PUT /api/v2/filters/keywords/:id')
export const patchKeywordEndpoint = changing('PATCH /api/v2/filters/keywords/:id')

export const deleteKeywordEndpoint = endpoint({
  route: 'DELETE /api/v2/filters/keywords/:id',
  scope: 'write:filters',
  summary: 'Remove a keyword; its filter stays',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    const { keyword, filter } = await ownKeyword(app, viewer.account, params.id)
    await deleteKeyword(app, filter, keyword)
    return {}
  },
})

export const filterStatusesEndpoint = endpoint({
  route: 'GET /api/v2/filters/:filter_id/statuses',
  scope: 'read:filters',
  summary: 'The statuses a filter names',
  returns: z.array(FilterStatus),
  handle: async ({ app, viewer, params }) =>
    (await wholeFilter(app, await ownFilter(app, viewer.account, params.filter_id))).statuses.map(
      presentFilterStatus,
    ),
})

export const addFilterStatusEndpoint = endpoint({
  route: 'POST /api/v2/filters/:filter_id/statuses',
  scope: 'write:filters',
  summary: 'Let a filter match one status',
  body: z.object({ status_id: requiredId }),
  returns: FilterStatus,
  handle: async ({ app, viewer, params, body }) => {
    const filter = await ownFilter(app, viewer.account, params.filter_id)
    return presentFilterStatus(await addFilterStatus(app, viewer.account, filter, body.status_id))
  },
})

export const filterStatusEndpoint = endpoint({
  route: 'GET /api/v2/filters/statuses/:id',
  scope: 'read:filters',
  summary: 'One status that a filter of the member names',
  returns: FilterStatus,
  handle: async ({ app, viewer, params }) =>
    presentFilterStatus((await ownFilterStatus(app, viewer.account, params.id)).entry),
})

export const deleteFilterStatusEndpoint = endpoint({
  route: 'DELETE /api/v2/filters/statuses/:id',
  scope: 'write:filters',
  summary: 'Let a filter match a status no more',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    const { entry, filter } = await ownFilterStatus(app, viewer.account, params.id)
    await dropFilterStatus(app, filter, entry)
    return {}
  },
})
