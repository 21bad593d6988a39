import { z } from 'zod'
import { pageRows } from '#platform/database/page-rows.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { text } from '#platform/http/forms-fields.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { blockDomain, previewDomainBlock, unblockDomain } from './block-domain.ts'
import type { AccountDomainBlockRow } from './relationships.ts'

const USUAL = 100
const Empty = z.object({}).strict()
const Named = z.object({ domain: text(2000).optional() })

export const domainBlocksEndpoint = endpoint({
  route: 'GET /api/v1/domain_blocks',
  scope: ['read:blocks', 'follow'],
  summary: 'Hosts that the member wants nothing of',
  query: PageQuery,
  returns: z.array(z.string()),
  handle: async ({ app, viewer, query, request }) => {
    const page = readPage(query, USUAL)
    const mine = app.db
      .selectFrom('account_domain_block')
      .selectAll()
      .where('account_id', '=', viewer.account.id)
    const rows = await pageRows<AccountDomainBlockRow>(mine, 'id', page)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(
      rows.map((row) => row.domain),
      { request, page, ...ends, style: 'accounts' },
    )
  },
})

export const blockDomainEndpoint = endpoint({
  route: 'POST /api/v1/domain_blocks',
  scope: ['write:blocks', 'follow'],
  summary: 'Want nothing more of a host; follows to and from it end',
  body: Named,
  returns: Empty,
  handle: async ({ app, viewer, body }) => {
    await blockDomain(app, viewer.account, body.domain ?? '')
    return {}
  },
})

export const unblockDomainEndpoint = endpoint({
  route: 'DELETE /api/v1/domain_blocks',
  scope: ['write:blocks', 'follow'],
  summary: 'Take the block of a host back',
  body: Named,
  returns: Empty,
  handle: async ({ app, viewer, body }) => {
    await unblockDomain(app, viewer.account, body.domain ?? '')
    return {}
  },
})

export const domainBlockPreviewEndpoint = endpoint({
  route: 'GET /api/v1/domain_blocks/preview',
  scope: ['write:blocks', 'follow'],
  summary: 'How many follows the block of a host would end',
  query: Named,
  returns: z.object({ following_count: z.number().int(), followers_count: z.number().int() }),
  handle: ({ app, viewer, query }) => previewDomainBlock(app, viewer.account, query.domain ?? ''),
})
