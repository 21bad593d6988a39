import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'

// Nobody can make a filter yet, so every member's list of them is empty; clients ask for it at start.
const None = z.array(z.never())

export const filtersEndpoint = endpoint({
  route: 'GET /api/v2/filters',
  scope: 'read:filters',
  summary: 'Filters of the member (none can be made yet)',
  returns: None,
  handle: async () => [],
})

export const filtersV1Endpoint = endpoint({
  route: 'GET /api/v1/filters',
  scope: 'read:filters',
  summary: 'Filters of the member in the older shape (none can be made yet)',
  returns: None,
  handle: async () => [],
})
