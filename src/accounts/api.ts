import { z } from 'zod'
import type { HostedDomain, Viewer } from '#app.ts'
import { CredentialAccount, presentCredentials } from '#auth/present-credentials.ts'
import { savePreferences } from '#auth/users.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { file, flag, idList, rows, text } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { accountByAcct, accountById, accountsByIds } from './accounts.ts'
import { CustomEmoji, localEmojis } from './emojis.ts'
import { letIn, waitingAmong } from './let-in.ts'
import { Account, presentAccount, presentAccounts } from './present-account.ts'
import { updateProfile } from './update-profile.ts'

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

export const updateCredentialsEndpoint = endpoint({
  route: 'PATCH /api/v1/accounts/update_credentials',
  scope: 'write:accounts',
  summary: 'Change the profile and the posting preferences',
  files: { count: 2 },
  body: z.object({
    display_name: text().optional(),
    note: text().optional(),
    locked: flag.optional(),
    bot: flag.optional(),
    discoverable: flag.optional(),
    indexable: flag.optional(),
    hide_collections: flag.optional(),
    avatar: file,
    header: file,
    avatar_description: text().optional(),
    header_description: text().optional(),
    fields_attributes: rows(z.object({ name: text().optional(), value: text().optional() })).optional(),
    source: z
      .object({
        privacy: z.enum(['public', 'unlisted', 'private', 'direct']).optional(),
        sensitive: flag.optional(),
        language: z.string().max(35).nullish(),
        quote_policy: z.enum(['public', 'followers', 'nobody']).optional(),
      })
      .optional(),
  }),
  returns: CredentialAccount,
  handle: async ({ app, viewer, domain, body }) => {
    const account = await updateProfile(app, viewer.account, {
      displayName: body.display_name,
      note: body.note,
      locked: body.locked,
      bot: body.bot,
      discoverable: body.discoverable,
      indexable: body.indexable,
      hideCollections: body.hide_collections,
      avatar: body.avatar,
      header: body.header,
      avatarDescription: body.avatar_description,
      headerDescription: body.header_description,
      fields: body.fields_attributes?.map((field) => ({ name: field.name ?? '', value: field.value ?? '' })),
    })
    const user = body.source ? await savePreferences(app, viewer.user, body.source) : viewer.user
    return presentCredentials(app, domain, { ...viewer, account, user })
  },
})

export const deleteAvatarEndpoint = endpoint({
  route: 'DELETE /api/v1/profile/avatar',
  scope: 'write:accounts',
  summary: 'Remove the profile picture',
  returns: CredentialAccount,
  handle: async ({ app, viewer, domain }) => {
    const account = await updateProfile(app, viewer.account, { avatar: null })
    return presentCredentials(app, domain, { ...viewer, account })
  },
})

export const deleteHeaderEndpoint = endpoint({
  route: 'DELETE /api/v1/profile/header',
  scope: 'write:accounts',
  summary: 'Remove the picture at the top of the profile',
  returns: CredentialAccount,
  handle: async ({ app, viewer, domain }) => {
    const account = await updateProfile(app, viewer.account, { header: null })
    return presentCredentials(app, domain, { ...viewer, account })
  },
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
  handle: ({ app }) => localEmojis(app),
})
