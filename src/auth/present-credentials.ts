import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { fieldsOf } from '#accounts/fields.ts'
import { Account, Field, presentAccount } from '#accounts/present-account.ts'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { permissionsOf, roleOf } from './roles.ts'
import type { UserRow } from './users.ts'
import { readPreferences } from './users.ts'

/** https://docs.joinmastodon.org/entities/Role/ */
export const Role = z.object({
  id: z.string(),
  name: z.string(),
  color: z.string(),
  permissions: z.string(),
  highlighted: z.boolean(),
  collection_limit: z.number().int(),
})

/** The account with what only its owner sees: https://docs.joinmastodon.org/entities/Account/#CredentialAccount */
export const CredentialAccount = Account.extend({
  source: z.object({
    privacy: z.string(),
    sensitive: z.boolean(),
    language: z.string().nullable(),
    note: z.string(),
    fields: z.array(Field),
    follow_requests_count: z.number().int(),
    hide_collections: z.boolean().nullable(),
    discoverable: z.boolean().nullable(),
    indexable: z.boolean(),
    attribution_domains: z.array(z.string()),
    quote_policy: z.string(),
  }),
  role: Role,
})
export type CredentialAccount = z.infer<typeof CredentialAccount>

/** The viewer's own account with its sources, preferences and role. */
export async function presentCredentials(
  app: App,
  domain: HostedDomain,
  viewer: Pick<Viewer, 'account' | 'user'>,
): Promise<CredentialAccount> {
  const { account, user } = viewer
  const shown = await presentAccount(app, { domain, account }, account)
  const preferences = readPreferences(user)
  const { n } = await app.db
    .selectFrom('follow_request')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('target_id', '=', account.id)
    .executeTakeFirstOrThrow()
  return {
    ...shown,
    source: {
      privacy: preferences.visibility ?? (account.locked ? 'private' : 'public'),
      sensitive: preferences.sensitive,
      language: preferences.language,
      note: account.note_source ?? '',
      fields: typedFields(account),
      follow_requests_count: Number(n),
      hide_collections: account.hide_collections === 1,
      discoverable: account.discoverable === 1,
      indexable: account.indexable === 1,
      attribution_domains: JSON.parse(account.attribution_domains) as string[],
      quote_policy: preferences.quotePolicy,
    },
    role: await presentRole(app, user),
  }
}

/** The person's role with what it lets them do. */
export async function presentRole(app: App, user: UserRow): Promise<z.infer<typeof Role>> {
  const role = await roleOf(app, user)
  return {
    id: String(role.id),
    name: role.name,
    color: role.color,
    permissions: String(await permissionsOf(app, user)),
    highlighted: role.highlighted === 1,
    collection_limit: role.collection_limit,
  }
}

/** The fields as their owner typed them. */
export function typedFields(account: Pick<AccountRow, 'fields'>): z.output<typeof Field>[] {
  return fieldsOf(account).map(({ name, value, source, verified_at }) => ({
    name,
    value: source ?? value,
    verified_at: verified_at ?? null,
  }))
}
