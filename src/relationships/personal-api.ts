import { z } from 'zod'
import { Account } from '#accounts/present-account.ts'
import type { Viewer } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { idList, text } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { endorse, unendorse } from './endorse.ts'
import { familiarFollowers } from './familiar-followers.ts'
import { noteAccount } from './note-account.ts'
import { Relationship } from './present-relationship.ts'
import { relatedAccounts } from './related-accounts.ts'
import { blockExists } from './relationships.ts'
import { accountNamed, relationTo } from './target-account.ts'

const USUAL = 40

export const noteEndpoint = endpoint({
  route: 'POST /api/v1/accounts/:id/note',
  scope: 'write:accounts',
  summary: 'Note something down about an account; nothing takes the note away',
  body: z.object({ comment: text().optional() }),
  returns: Relationship,
  handle: async ({ app, viewer, params, body }) => {
    const target = await accountNamed(app, params.id)
    await noteAccount(app, viewer.account, target, body.comment ?? '')
    return relationTo(app, viewer, target)
  },
})

type EndorseRoute = `POST /api/v1/accounts/:id/${'endorse' | 'pin' | 'unendorse' | 'unpin'}`

function endorsing(route: EndorseRoute, summary: string, run: typeof endorse) {
  return endpoint({
    route,
    scope: 'write:accounts',
    summary,
    returns: Relationship,
    handle: async ({ app, viewer, params }) => {
      const target = await accountNamed(app, params.id)
      await run(app, viewer.account, target)
      return relationTo(app, viewer, target)
    },
  })
}
export const endorseEndpoint = endorsing(
  'POST /api/v1/accounts/:id/endorse',
  'Show an account on the profile',
  endorse,
)
export const pinEndpoint = endorsing('POST /api/v1/accounts/:id/pin', 'The former name of endorse', endorse)
export const unendorseEndpoint = endorsing(
  'POST /api/v1/accounts/:id/unendorse',
  'Show an account on the profile no longer',
  unendorse,
)
export const unpinEndpoint = endorsing(
  'POST /api/v1/accounts/:id/unpin',
  'The former name of unendorse',
  unendorse,
)

export const ownEndorsementsEndpoint = endpoint({
  route: 'GET /api/v1/endorsements',
  scope: 'read:accounts',
  summary: 'Accounts that the member shows on their profile',
  query: PageQuery,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const reader = { domain, account: viewer.account }
    const { accounts, ...ends } = await relatedAccounts(app, reader, 'endorsement', viewer.account, page)
    return paged(accounts, { request, page, ...ends, style: 'accounts' })
  },
})

export const endorsementsEndpoint = endpoint({
  route: 'GET /api/v1/accounts/:id/endorsements',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'Accounts that an account shows on its profile',
  query: PageQuery,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, params, query, request }) => {
    const account = await accountNamed(app, params.id)
    const page = readPage(query, USUAL)
    if (account.suspended_at !== null || (viewer && (await blockExists(app, account.id, viewer.account.id))))
      return []
    const reader = { domain, account: viewer?.account ?? null }
    const { accounts, ...ends } = await relatedAccounts(app, reader, 'endorsement', account, page)
    return paged(accounts, { request, page, ...ends, style: 'accounts' })
  },
})

export const identityProofsEndpoint = endpoint({
  route: 'GET /api/v1/accounts/:id/identity_proofs',
  scope: 'read:accounts',
  summary: 'Proofs of identity elsewhere, a kind that no longer exists: none',
  returns: z.array(z.never()),
  handle: async ({ app, params }) => {
    await accountNamed(app, params.id)
    return []
  },
})

export const familiarFollowersEndpoint = endpoint({
  route: 'GET /api/v1/accounts/familiar_followers',
  scope: 'read:follows',
  summary: 'Who of those the member follows follows these accounts',
  query: z.object({ id: idList.optional() }),
  returns: z.array(z.object({ id: z.string(), accounts: z.array(Account) })),
  handle: async ({ app, viewer, domain, query }) => {
    const ids = (query.id ?? []).flatMap((id: string) => readId(id) ?? [])
    return familiarFollowers(app, { domain, account: (viewer as Viewer).account }, ids)
  },
})
