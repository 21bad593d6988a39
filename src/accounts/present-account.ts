import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { App, HostedDomain, Reader } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { dayOf } from '#platform/times.ts'
import type { AccountRow } from './accounts.ts'
import { accountsByIds, acctOf } from './accounts.ts'
import type { CustomEmoji as Emoji } from './emojis.ts'
import { CustomEmoji, emojisIn } from './emojis.ts'

export const Field = z.object({ name: z.string(), value: z.string(), verified_at: z.string().nullable() })
export const AccountRole = z.object({ id: z.string(), name: z.string(), color: z.string() })
const FeatureApproval = z.object({
  automatic: z.array(z.string()),
  manual: z.array(z.string()),
  current_user: z.string(),
})

/** An account as every client sees it: https://docs.joinmastodon.org/entities/Account/ */
export const Account = z.object({
  id: z.string(),
  username: z.string(),
  acct: z.string(),
  url: z.string(),
  uri: z.string(),
  display_name: z.string(),
  note: z.string(),
  avatar: z.string(),
  avatar_static: z.string(),
  avatar_description: z.string(),
  header: z.string(),
  header_static: z.string(),
  header_description: z.string(),
  locked: z.boolean(),
  fields: z.array(Field),
  emojis: z.array(CustomEmoji),
  bot: z.boolean(),
  group: z.boolean(),
  discoverable: z.boolean().nullable(),
  indexable: z.boolean(),
  noindex: z.boolean().optional(),
  memorial: z.boolean().optional(),
  suspended: z.boolean().optional(),
  limited: z.boolean().optional(),
  created_at: z.string(),
  last_status_at: z.string().nullable(),
  statuses_count: z.number().int(),
  followers_count: z.number().int(),
  following_count: z.number().int(),
  hide_collections: z.boolean().nullable(),
  show_media: z.boolean(),
  show_media_replies: z.boolean(),
  show_featured: z.boolean(),
  roles: z.array(AccountRole),
  feature_approval: FeatureApproval,
  get moved(): z.ZodOptional<z.ZodNullable<typeof Account>> {
    return z.nullable(Account).optional()
  },
})
// The recursive field loses its type in inference.
export type Account = Omit<z.infer<typeof Account>, 'moved'> & { moved?: Account | null }

type RoleOf = { account_id: number; id: number; name: string; color: string }
const highlightedRoles = prepared<{ ids: readonly number[] }, RoleOf>((db, { ids }, dialect) =>
  db
    .selectFrom('user')
    .innerJoin('role', 'role.id', 'user.role_id')
    .select(['user.account_id', 'role.id', 'role.name', 'role.color'])
    .where('role.highlighted', '=', 1)
    .where(dialect.among(sql`"user".account_id`, ids)),
)

/** The accounts with these ids as the reader sees them, by id. */
export async function presentAccountsById(
  app: App,
  reader: Reader,
  ids: readonly number[],
): Promise<Map<number, Account>> {
  return presentAccountRows(app, reader, [...(await accountsByIds(app, ids)).values()])
}

/** These accounts as the reader sees them, in order. */
export async function presentAccounts(
  app: App,
  reader: Reader,
  rows: readonly AccountRow[],
): Promise<Account[]> {
  const shown = await presentAccountRows(app, reader, rows)
  return rows.map((row) => shown.get(row.id) as Account)
}

/** One account as the reader sees it. */
export async function presentAccount(app: App, reader: Reader, row: AccountRow): Promise<Account> {
  return (await presentAccounts(app, reader, [row]))[0] as Account
}

/** Shapes many rows at once: one query for roles, one for emojis (only where a code is written), one for moved ones. */
export async function presentAccountRows(
  app: App,
  reader: Reader,
  rows: readonly AccountRow[],
): Promise<Map<number, Account>> {
  const local = rows.filter((row) => row.domain_id !== null).map((row) => row.id)
  const roles = local.length > 0 ? await highlightedRoles(app, { ids: local }) : []
  const emojis = await emojisIn(app, reader.domain, rows, (row) => row.display_name + row.note + row.fields)
  const shown = new Map(
    rows.map((row) => [row.id, shape(app, row, reader.domain, roles, emojis.get(row) ?? [])]),
  )
  const moved = rows.filter((row) => row.moved_to_id !== null)
  if (moved.length > 0) {
    const targets = [
      ...(
        await accountsByIds(
          app,
          moved.map((row) => row.moved_to_id as number),
        )
      ).values(),
    ]
    for (const row of moved) {
      const target = targets.find((each) => each.id === row.moved_to_id)
      const account = shown.get(row.id)
      if (target && account) account.moved = shape(app, target, reader.domain, [], [])
    }
  }
  return shown
}

type StoredField = { name: string; value: string; verified_at?: string | null }
const shapesKept = keptBy(() => new LRUCache<string, Omit<Account, 'roles' | 'emojis'>>({ max: 5000 }))

function shape(app: App, row: AccountRow, domain: HostedDomain, roles: RoleOf[], emojis: Emoji[]): Account {
  // A row that was not touched is not shaped twice; everything that changes without `updated_at` is in the key.
  const key = `${row.id}/${domain.id}/${row.updated_at}/${row.statuses_count}/${row.followers_count}/${row.following_count}/${row.last_status_at}/${row.suspended_at}/${row.silenced_at}`
  const shapes = shapesKept(app)
  let plain = shapes.get(key)
  if (!plain) {
    plain = shapePlain(row, domain)
    shapes.set(key, plain)
  }
  const own = row.domain_id === null ? [] : roles.filter((role) => role.account_id === row.id)
  return { ...plain, emojis, roles: own.map(({ id, name, color }) => ({ id: String(id), name, color })) }
}

function shapePlain(row: AccountRow, domain: HostedDomain): Omit<Account, 'roles' | 'emojis'> {
  const hidden = row.suspended_at !== null
  const fields = hidden ? [] : (JSON.parse(row.fields) as StoredField[])
  const avatar = (hidden ? null : row.avatar_url) ?? `${domain.origin}/avatars/original/missing.png`
  const header = (hidden ? null : row.header_url) ?? `${domain.origin}/headers/original/missing.png`
  return {
    id: String(row.id),
    username: row.username,
    acct: acctOf(row, domain),
    url: row.url ?? row.uri,
    uri: row.uri,
    display_name: hidden ? '' : row.display_name,
    note: hidden ? '' : row.note,
    avatar,
    avatar_static: avatar,
    avatar_description: row.avatar_description,
    header,
    header_static: header,
    header_description: row.header_description,
    locked: row.locked === 1,
    fields: fields.map(({ name, value, verified_at }) => ({ name, value, verified_at: verified_at ?? null })),
    bot: row.bot === 1,
    group: row.actor_type === 'Group',
    discoverable: row.discoverable === 1,
    indexable: row.indexable === 1,
    ...(row.memorial ? { memorial: true } : {}),
    ...(hidden ? { suspended: true } : {}),
    ...(row.silenced_at !== null ? { limited: true } : {}),
    created_at: `${dayOf(row.created_at)}T00:00:00.000Z`,
    last_status_at: row.last_status_at === null ? null : dayOf(row.last_status_at),
    statuses_count: row.statuses_count,
    followers_count: row.followers_count,
    following_count: row.following_count,
    hide_collections: row.hide_collections === 1,
    show_media: true,
    show_media_replies: true,
    show_featured: true,
    feature_approval: { automatic: [], manual: [], current_user: 'denied' },
  }
}
