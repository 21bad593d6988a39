import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import type { Account as Shown } from '#accounts/present-account.ts'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App, HostedDomain, Reader } from '#app.ts'
import { escapeHtml } from '#platform/html.ts'
import { isoTime } from '#platform/times.ts'
import { hiddenAmong } from '#relationships/hidden-from.ts'
import type { CollectionItemRow, CollectionRow } from './collections.ts'
import { collectionsByIds, itemsOf } from './collections.ts'
import { tagsByIds } from './topics.ts'

/** https://docs.joinmastodon.org/entities/CollectionItem/ */
export const CollectionItem = z.object({
  id: z.string(),
  account_id: z.string().nullable(),
  state: z.enum(['pending', 'accepted']),
  created_at: z.string(),
})
export type CollectionItem = z.infer<typeof CollectionItem>

/** https://docs.joinmastodon.org/entities/Collection/ */
export const Collection = z.object({
  id: z.string(),
  account_id: z.string(),
  uri: z.string(),
  url: z.string().nullable(),
  name: z.string(),
  description: z.string(),
  language: z.string().nullable(),
  local: z.boolean(),
  sensitive: z.boolean(),
  discoverable: z.boolean(),
  tag: z.object({ name: z.string(), url: z.string() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  item_count: z.number().int(),
  items: z.array(CollectionItem),
})
export type Collection = z.infer<typeof Collection>

/** https://docs.joinmastodon.org/entities/CollectionWithAccounts/ */
export const CollectionWithAccounts = z.object({ accounts: z.array(Account), collection: Collection })

/** What is in a collection, as clients see it. */
export function presentItem(item: CollectionItemRow): CollectionItem {
  return {
    id: String(item.id),
    account_id: String(item.account_id),
    state: item.state === 'pending' ? 'pending' : 'accepted',
    created_at: isoTime(item.created_at),
  }
}

/** Where other servers find a collection of this account. */
export function collectionUri(owner: Pick<AccountRow, 'uri'>, row: Pick<CollectionRow, 'id'>): string {
  return `${owner.uri}/collections/${row.id}`
}

/** Where people find it: on the domain of its owner. */
export function pageOf(
  app: App,
  owner: Pick<AccountRow, 'domain_id'>,
  row: Pick<CollectionRow, 'id'>,
): string | null {
  const domain = app.domains.byId(owner.domain_id ?? 0)
  return domain ? `${domain.origin}/collections/${row.id}` : null
}

/**
 * These collections as the reader sees them, in order: their owner sees who still waits, the others only who is in
 * and not hidden from them.
 */
export async function presentCollections(
  app: App,
  reader: Reader,
  rows: readonly CollectionRow[],
): Promise<Collection[]> {
  if (rows.length === 0) return []
  const owners = await accountsByIds(app, [...new Set(rows.map((row) => row.account_id))])
  const tags = await tagsByIds(app, [...new Set(rows.flatMap((row) => row.tag_id ?? []))])
  const items = await shownItems(app, reader, rows)
  return rows.flatMap((row) => {
    const owner = owners.get(row.account_id)
    const tag = tags.get(row.tag_id ?? 0)
    if (!owner || owner.suspended_at !== null) return []
    return [shape(app, reader.domain, owner, row, tag ?? null, items.get(row.id) ?? [])]
  })
}

/** The collections with these ids as the reader sees them, by id. */
export async function presentCollectionsById(
  app: App,
  reader: Reader,
  ids: readonly number[],
): Promise<Map<number, Collection>> {
  const rows = [...(await collectionsByIds(app, ids)).values()]
  return new Map((await presentCollections(app, reader, rows)).map((shown) => [Number(shown.id), shown]))
}

/** A collection with its owner and those in it. */
export async function presentWithAccounts(
  app: App,
  reader: Reader,
  row: CollectionRow,
): Promise<z.input<typeof CollectionWithAccounts>> {
  const [collection] = await presentCollections(app, reader, [row])
  const ids = [row.account_id, ...(collection?.items ?? []).map((item) => Number(item.account_id))]
  const accounts = await presentAccountsById(app, reader, [...new Set(ids)])
  const shown = [...new Set(ids)].flatMap((id): Shown | Shown[] => accounts.get(id) ?? [])
  return { collection: collection as Collection, accounts: shown }
}

async function shownItems(app: App, reader: Reader, rows: readonly CollectionRow[]) {
  const found = await itemsOf(
    app,
    rows.map((row) => row.id),
  )
  const me = reader.account?.id ?? null
  const others = rows.filter((row) => row.account_id !== me)
  const ids = others.flatMap((row) => (found.get(row.id) ?? []).map((item) => item.account_id))
  const hidden = me === null ? new Set<number>() : await hiddenAmong(app, me, ids)
  for (const row of others) {
    const open = (found.get(row.id) ?? []).filter((item) => item.state === 'accepted')
    found.set(
      row.id,
      open.filter((item) => !hidden.has(item.account_id)),
    )
  }
  return found
}

type Topic = { name: string; display_name: string }

function shape(
  app: App,
  domain: HostedDomain,
  owner: AccountRow,
  row: CollectionRow,
  tag: Topic | null,
  items: CollectionItemRow[],
): Collection {
  return {
    id: String(row.id),
    account_id: String(row.account_id),
    uri: collectionUri(owner, row),
    url: pageOf(app, owner, row),
    name: row.name,
    description: escapeHtml(row.description),
    language: row.language,
    local: owner.domain_id !== null,
    sensitive: row.sensitive === 1,
    discoverable: row.discoverable === 1,
    tag: tag && { name: tag.display_name, url: `${domain.origin}/tags/${encodeURIComponent(tag.name)}` },
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    item_count: items.length,
    items: items.map(presentItem),
  }
}
