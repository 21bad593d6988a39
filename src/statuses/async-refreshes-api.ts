import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { readId } from '#platform/ids.ts'
import { AsyncRefresh, presentRefresh } from './async-refreshes.ts'

export const asyncRefreshEndpoint = endpoint({
  route: 'GET /api/v1_alpha/async_refreshes/:id',
  scope: 'read',
  summary: 'How far something has come that goes on in the background',
  returns: AsyncRefresh,
  handle: async ({ app, params }) => {
    const id = readId(params.id)
    const shown = id === null ? null : await presentRefresh(app, id)
    if (!shown) throw notFound()
    return shown
  },
})
