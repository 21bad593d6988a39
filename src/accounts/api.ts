import { z } from 'zod'
import type { HostedDomain, Viewer } from '#app.ts'
import { CredentialAccount, presentCredentials } from '#auth/present-credentials.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { idList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { accountByAcct, accountById, accountsByIds } from './accounts.ts'
import { CustomEmoji, localEmojis } from './emojis.ts'
import { letIn, waitingAmong } from './let-in.ts'
import { Account, presentAccount, presentAccounts } from './present-account.ts'

const MOST_AT_ONCE = 40
const readerOf = (domain: HostedDomain, viewer: Viewer | null) => ({
  domain,
  account: viewer?.account ?? null,
})

export const verifyCredentialsEndpoint = endpoint({
  route: 'GET /api/v1/accounts/verify_credentials',
  scope: ['profile', 'read:accounts'],
  summary: 'The signed-in account, with what only its owner sees',
  returns: CredentialAccount,
  handle: ({ app, viewer, domain }) => presentCredentials(app, domain, viewer),
})

export const lookupEndpoint = endpoint({
  route: 'GET /api/v1/accounts/lookup',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'The account a handle means, if it is known here',
  query: z.object({ acct: z.string().max(2048).optional() }),
  returns: Account,
  handle: async ({ app, viewer, domain, query }) => {
    const account = await letIn(app, query.acct ? await accountByAcct(app, domain, query.acct) : undefined)
    if (!account) throw notFound()
    return presentAccount(app, readerOf(domain, viewer), account)
  },
})

export const accountsEndpoint = endpoint({
  route: 'GET /api/v1/accounts',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'Several accounts at once',
  query: z.object({ id: idList.optional() }),
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, query }) => {
    const ids = (query.id ?? []).slice(0, MOST_AT_ONCE).flatMap((id: string) => readId(id) ?? [])
    const known = await accountsByIds(app, ids)
    const waits = await waitingAmong(app, ids)
    const found = [...new Set(ids)].flatMap((id) => (waits.has(id) ? [] : (known.get(id) ?? [])))
    return presentAccounts(app, readerOf(domain, viewer), found)
  },
})

export const accountEndpoint = endpoint({
  route: 'GET /api/v1/accounts/:id',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'One account',
  returns: Account,
  handle: async ({ app, viewer, domain, params }) => {
    const id = readId(params.id)
    const account = await letIn(app, id === null ? undefined : await accountById(app, id))
    if (!account) throw notFound()
    return presentAccount(app, readerOf(domain, viewer), account)
  },
})

export const customEmojisEndpoint = endpoint({
  route: 'GET /api/v1/custom_emojis',
  scope: 'public',
  summary: 'Emojis of this server',
  cacheSeconds: 300,
  returns: z.array(CustomEmoji),
  handle: ({ app, domain }) => localEmojis(app, domain),
})
