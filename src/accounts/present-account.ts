import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { App, HostedDomain, Reader } from '#app.ts'
import { keptBy, secondSight } from '#platform/cache.ts'
import { dayOf } from '#platform/times.ts'
import type { AccountCore, AccountRow } from './accounts.ts'
import { accountCores, accountsByIds, acctOf } from './accounts.ts'
import type { CustomEmoji as Emoji } from './emojis.ts'
import { CustomEmoji, emojisIn } from './emojis.ts'
import { approvalFor, FeatureApproval, featureApprovalOf } from './feature-approval.ts'
import { fieldsOf } from './fields.ts'
import type { HighlightedRole } from './highlighted-roles.ts'
import { highlightedRoles } from './highlighted-roles.ts'
import { proxied } from './proxied.ts'

export const Field = z.object({ name: z.string(), value: z.string(), verified_at: z.string().nullable() })
export const AccountRole = z.object({ id: z.string(), name: z.string(), color: z.string() })

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

/** The accounts with these ids as the reader sees them, by id. */
export async function presentAccountsById(
  app: App,
  reader: Reader,
  ids: readonly number[],
): Promise<Map<number, Account>> {
  return presentCores(app, reader, [...(await accountCores(app, ids)).values()])
}

/** These accounts as the reader sees them, in order. */
export async function presentAccounts(
  app: App,
  reader: Reader,
  rows: readonly AccountRow[],
): Promise<Account[]> {
  const shown = await presentCores(app, reader, rows, new Map(rows.map((row) => [row.id, row])))
  return rows.map((row) => shown.get(row.id) as Account)
}

/** One account as the reader sees it. */
export async function presentAccount(app: App, reader: Reader, row: AccountRow): Promise<Account> {
  return (await presentAccounts(app, reader, [row]))[0] as Account
}

type Counts = 'last_status_at' | 'statuses_count' | 'followers_count' | 'following_count'
type Shape = Omit<Account, 'roles' | 'emojis' | Counts>
/** A shape with what it was made of, and whether its texts hold emoji codes, which are looked up each time. */
type KeptShape = { core: AccountCore; plain: Shape; hasCodes: boolean }
/** In characters: about twenty thousand accounts that say little, or a few thousand that say much. */
const MOST_KEPT = 16_000_000
const shapesKept = keptBy(() => ({
  shapes: new LRUCache<string, KeptShape>({ maxSize: MOST_KEPT, sizeCalculation: sizeOf }),
  isSeenAgain: secondSight<number>(10_000),
}))
const sizeOf = ({ plain }: KeptShape) =>
  plain.fields.reduce((size, { name, value }) => size + name.length + value.length, 750 + plain.note.length)

/**
 * Shapes many accounts at once, by their cores: whole rows are read only for those not shaped before or with
 * emoji codes; one query for roles, one for emojis, one for moved ones, each only where needed.
 */
export async function presentCores(
  app: App,
  reader: Reader,
  cores: readonly AccountCore[],
  known: ReadonlyMap<number, AccountRow> = new Map(),
): Promise<Map<number, Account>> {
  const { shapes } = shapesKept(app)
  const { domain } = reader
  const kept = cores.map((core) => {
    const key = `${core.id}/${domain.id}`
    const known = shapes.get(key)
    return { core, key, shape: known && isSame(known.core, core) ? known : undefined }
  })
  const wanting = kept.filter(({ shape }) => shape?.hasCodes !== false)
  const emojis =
    wanting.length > 0 ? await shapeAnew(app, reader, wanting, known) : new Map<number, Emoji[]>()
  const local = cores.filter((core) => core.domain_id !== null).map((core) => core.id)
  const roles = await highlightedRoles(app, local)
  const shown = new Map<number, Account>()
  for (const { core, shape } of kept) {
    if (shape) shown.set(core.id, dress(core, shape.plain, reader, roles, emojis.get(core.id) ?? []))
  }
  await addMoved(app, reader, cores, shown)
  return shown
}

type Kept = { core: AccountCore; key: string; shape: KeptShape | undefined }

/** Shapes those that were not shaped before or hold emoji codes, and gives the emojis of the latter. */
async function shapeAnew(app: App, reader: Reader, wanting: Kept[], known: ReadonlyMap<number, AccountRow>) {
  const unread = wanting.filter(({ core }) => !known.has(core.id)).map(({ core }) => core.id)
  const rows = new Map([...known, ...(await accountsByIds(app, unread))])
  const withCodes: AccountRow[] = []
  const { shapes, isSeenAgain } = shapesKept(app)
  for (const each of wanting) {
    const row = rows.get(each.core.id)
    if (!row) continue
    const hasCodes = textsOf(row).includes(':')
    if (hasCodes) withCodes.push(row)
    each.shape = { core: each.core, plain: shapePlain(row, reader.domain), hasCodes }
    if (isSeenAgain(row.id)) shapes.set(each.key, each.shape)
  }
  const emojis = new Map<number, Emoji[]>()
  for (const [row, found] of await emojisIn(app, reader.domain, withCodes, textsOf)) emojis.set(row.id, found)
  return emojis
}

async function addMoved(
  app: App,
  reader: Reader,
  cores: readonly AccountCore[],
  shown: Map<number, Account>,
) {
  const moved = cores.filter((core) => core.moved_to_id !== null)
  if (moved.length === 0) return
  const targets = await accountsByIds(
    app,
    moved.map((core) => core.moved_to_id as number),
  )
  for (const core of moved) {
    const target = targets.get(core.moved_to_id as number)
    const account = shown.get(core.id)
    if (target && account) account.moved = dress(target, shapePlain(target, reader.domain), reader, [], [])
  }
}

const textsOf = (row: AccountRow) =>
  row.display_name + row.note.replaceAll('://', '') + row.fields.replaceAll('":', '')

/** Whether a shape made of the one holds for the other: what it shows that changes without `updated_at`, but its counts. */
function isSame(one: AccountCore, other: AccountCore): boolean {
  return (
    one.updated_at === other.updated_at &&
    one.suspended_at === other.suspended_at &&
    one.silenced_at === other.silenced_at
  )
}

function dress(
  core: AccountCore,
  plain: Shape,
  reader: Reader,
  roles: HighlightedRole[],
  emojis: Emoji[],
): Account {
  const own = core.domain_id === null ? [] : roles.filter((role) => role.account_id === core.id)
  return {
    ...plain,
    last_status_at: core.last_status_at === null ? null : dayOf(core.last_status_at),
    statuses_count: core.statuses_count,
    followers_count: core.followers_count,
    following_count: core.following_count,
    emojis,
    roles: own.map(({ id, name, color }) => ({ id: String(id), name, color })),
    feature_approval: approvalFor(plain.feature_approval, core, reader.account),
  }
}

function pictureOf(row: AccountRow, domain: HostedDomain, kind: 'avatars' | 'headers'): string {
  const url = kind === 'avatars' ? row.avatar_url : row.header_url
  if (url === null || row.suspended_at !== null) return `${domain.origin}/${kind}/original/missing.png`
  return row.domain_id === null ? proxied(domain, kind, row.id, url) : url
}

function shapePlain(row: AccountRow, domain: HostedDomain): Shape {
  const hidden = row.suspended_at !== null
  const fields = hidden ? [] : fieldsOf(row)
  const [avatar, header] = [pictureOf(row, domain, 'avatars'), pictureOf(row, domain, 'headers')]
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
    // Only members of ours could ask search engines to stay away, and none can so far.
    ...(row.domain_id === null ? {} : { noindex: false }),
    ...(row.memorial ? { memorial: true } : {}),
    ...(hidden ? { suspended: true } : {}),
    ...(row.silenced_at !== null ? { limited: true } : {}),
    created_at: `${dayOf(row.created_at)}T00:00:00.000Z`,
    hide_collections: row.hide_collections === 1,
    show_media: row.show_media === 1,
    show_media_replies: row.show_media_replies === 1,
    show_featured: row.show_featured === 1,
    feature_approval: featureApprovalOf(row),
  }
}
