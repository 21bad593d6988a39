import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, text } from '#platform/http/forms-fields.ts'
import { contextList, expiry } from './filter-form.ts'
import { filtersOfAccounts, ownKeyword } from './filters.ts'
import { createOlder, deleteOlder, updateOlder } from './older-filters.ts'
import { presentOlder, V1Filter } from './present-filter.ts'

const OlderForm = z.object({
  phrase: text().optional(),
  context: contextList,
  irreversible: flag.optional(),
  whole_word: flag.optional(),
  expires_in: expiry,
})
const choicesOf = (form: z.output<typeof OlderForm>) => ({
  phrase: form.phrase,
  wholeWord: form.whole_word,
  context: form.context,
  action:
    form.irreversible === undefined ? undefined : form.irreversible ? ('hide' as const) : ('warn' as const),
  expiresIn: form.expires_in,
})

export const olderFiltersEndpoint = endpoint({
  route: 'GET /api/v1/filters',
  scope: 'read:filters',
  summary: 'The filters of the member in the older shape, one for each keyword',
  returns: z.array(V1Filter),
  handle: async ({ app, viewer }) =>
    (await filtersOfAccounts(app, [viewer.account.id])).flatMap((filter) =>
      filter.keywords.map((keyword) => presentOlder(filter, keyword)),
    ),
})

export const createOlderEndpoint = endpoint({
  route: 'POST /api/v1/filters',
  scope: 'write:filters',
  summary: 'Make a filter of one phrase',
  body: OlderForm,
  returns: V1Filter,
  handle: async ({ app, viewer, body }) => {
    const { filter, keyword } = await createOlder(app, viewer.account, choicesOf(body))
    return presentOlder(filter, keyword)
  },
})

export const olderFilterEndpoint = endpoint({
  route: 'GET /api/v1/filters/:id',
  scope: 'read:filters',
  summary: 'One keyword of the member as a filter of the older shape',
  returns: V1Filter,
  handle: async ({ app, viewer, params }) => {
    const { filter, keyword } = await ownKeyword(app, viewer.account, params.id)
    return presentOlder(filter, keyword)
  },
})

function changing(route: `${'PUT' | 'PATCH'} /api/v1/filters/:id`) {
  return endpoint({
    route,
    scope: 'write:filters',
    summary: 'Change a filter of one phrase',
    body: OlderForm,
    returns: V1Filter,
    handle: async ({ app, viewer, params, body }) => {
      const { filter, keyword } = await updateOlder(app, viewer.account, params.id, choicesOf(body))
      return presentOlder(filter, keyword)
    },
  })
}
export const updateOlderEndpoint = changing('PUT /api/v1/filters/:id')
export const patchOlderEndpoint = changing('PATCH /api/v1/filters/:id')

export const deleteOlderEndpoint = endpoint({
  route: 'DELETE /api/v1/filters/:id',
  scope: 'write:filters',
  summary: 'Remove a keyword, and its filter with the last of them',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    await deleteOlder(app, viewer.account, params.id)
    return {}
  },
})
