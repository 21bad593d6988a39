import { sql } from 'kysely'
import type { App } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import type { RemoteFileRow } from './remote-files.ts'
import { forgetRemoteFiles, remoteBytes } from './remote-files.ts'

/** How many copies go in one transaction. */
const BATCH = 50
const MOST_BATCHES = 200
const GIGABYTE = 1024 ** 3
/** The clock page brings it down to this share, so that looks need not. */
const COMFORTABLE = 0.9
/** What our members have to do with stays while it fits in this share. */
const PINNED_SHARE = 0.25
/** One file may take no more than this share of the whole. */
const LARGEST_SHARE = 0.25
const LEAST_FREE = GIGABYTE
const LEAST_FREE_SHARE = 0.05

/** Bytes that everything kept from elsewhere may take. */
export async function remoteBudget(app: App): Promise<number> {
  const sites = await Promise.all(app.domains.all().map((domain) => siteOf(app, domain.id)))
  return Math.max(0, ...sites.map((site) => site.media_budget))
}

/** Whether a file of that size may be kept: within the budget, and not on a disk that is nearly full. */
export async function mayKeep(app: App, size: number): Promise<boolean> {
  return size <= (await remoteBudget(app)) * LARGEST_SHARE && (await hasRoom(app))
}

async function hasRoom(app: App): Promise<boolean> {
  const { free, total } = await app.blobs.room()
  return free >= LEAST_FREE && free >= total * LEAST_FREE_SHARE
}

/** Removes the copies that nobody looked at longest until all fit in so many bytes, in the caller's transaction. */
export async function makeRoom(tx: App, budget: number, keep = ''): Promise<void> {
  for (let batch = 0; batch < MOST_BATCHES; batch++) {
    const over = (await remoteBytes(tx)) - budget
    if (over <= 0 || !(await removeBatch(tx, { over, budget, keep }))) return
  }
}

type Removal = { over: number; budget: number; keep: string }

async function removeBatch(tx: App, { over, budget, keep }: Removal): Promise<boolean> {
  const oldest = await longestUnused(tx, 0, keep)
  const pinned = await pinSome(tx, oldest, budget * PINNED_SHARE)
  const free = oldest.filter((row) => !pinned.has(row.media_id ?? 0))
  // Where only pinned ones are left, they too give way.
  const candidates = oldest.length > 0 ? free : await longestUnused(tx, 1, keep)
  const going: RemoteFileRow[] = []
  let size = 0
  for (const row of candidates) {
    if (size >= over) break
    going.push(row)
    size += row.size
  }
  await forgetRemoteFiles(tx, going)
  return going.length > 0 || pinned.size > 0
}

/** Pins those of our members' interest, as long as pinned ones fit in so many bytes. */
async function pinSome(tx: App, rows: readonly RemoteFileRow[], most: number): Promise<Set<number>> {
  const wanted = await interacted(tx, rows)
  if (wanted.size === 0) return wanted
  let bytes = await pinnedBytes(tx)
  const pinned = new Set<number>()
  for (const { media_id, size } of rows) {
    if (media_id === null || !wanted.has(media_id) || bytes + size > most) continue
    bytes += size
    pinned.add(media_id)
  }
  await setPinned(tx, [...pinned], 1)
  return pinned
}

function longestUnused(tx: App, pinned: number, keep: string): Promise<RemoteFileRow[]> {
  return tx.db
    .selectFrom('remote_file')
    .selectAll()
    .where('file_key', 'is not', null)
    .where('pinned', '=', pinned)
    .where('name', '<>', keep)
    .orderBy('used_at')
    .limit(BATCH)
    .execute()
}

/** Those attachments whose status one of our members bookmarked, favourited, boosted or answered. */
async function interacted(tx: App, rows: readonly RemoteFileRow[]): Promise<Set<number>> {
  const ids = rows.flatMap((row) => row.media_id ?? [])
  if (ids.length === 0) return new Set()
  const local = sql`select id from account where domain_id is not null`
  const found = await sql<{ id: number }>`
    select media.id as id from media
    join status on status.id = coalesce(media.status_id, media.left_status_id)
    where ${tx.dialect.among(sql`media.id`, ids)} and (
      exists (select 1 from bookmark where bookmark.status_id = status.id)
      or exists (select 1 from favourite where favourite.status_id = status.id
        and favourite.account_id in (${local}))
      or exists (select 1 from status as answer where answer.in_reply_to_id = status.id
        and answer.domain_id is not null)
      or exists (select 1 from status as boost where boost.reblog_of_id = status.id
        and boost.domain_id is not null)
    )`.execute(tx.db)
  return new Set(found.rows.map((row) => row.id))
}

async function setPinned(tx: App, mediaIds: readonly number[], pinned: number): Promise<void> {
  if (mediaIds.length === 0) return
  await tx.db
    .updateTable('remote_file')
    .set({ pinned })
    .where(tx.dialect.among(sql`media_id`, mediaIds))
    .execute()
}

/** Keeps what was kept from elsewhere comfortable: budget, disk, old failures, pins that lost their reason. */
export async function trimRemoteFiles(app: App): Promise<void> {
  await app.inTransaction((tx) =>
    tx.db.deleteFrom('remote_file').where('file_key', 'is', null).where('retry_at', '<', tx.now()).execute(),
  )
  const budget = await remoteBudget(app)
  await inBatches(async () => {
    if ((await remoteBytes(app)) <= budget * COMFORTABLE) return false
    return app.inTransaction(async (tx) => {
      const over = (await remoteBytes(tx)) - budget * COMFORTABLE
      return over > 0 && removeBatch(tx, { over, budget, keep: '' })
    })
  })
  await app.inTransaction((tx) => checkPins(tx, budget * PINNED_SHARE))
  // A full disk would stop the database: then what is only a copy goes, a batch at each turn of the clock.
  if (!(await hasRoom(app)))
    await app.inTransaction((tx) => removeBatch(tx, { over: GIGABYTE, budget, keep: '' }))
}

async function inBatches(work: () => Promise<boolean>): Promise<void> {
  for (let batch = 0; batch < MOST_BATCHES; batch++) if (!(await work())) return
}

/** The oldest pins are looked at again; beyond their share they no longer count. */
async function checkPins(tx: App, most: number): Promise<void> {
  const oldest = await longestUnused(tx, 1, '')
  const still = await interacted(tx, oldest)
  let over = (await pinnedBytes(tx)) - most
  const released = oldest.flatMap((row) => {
    const id = row.media_id ?? 0
    if (still.has(id) && over <= 0) return []
    over -= row.size
    return [id]
  })
  await setPinned(tx, released, 0)
}

async function pinnedBytes(tx: App): Promise<number> {
  const { bytes } = await tx.db
    .selectFrom('remote_file')
    .select(sql<number>`coalesce(sum(size), 0)`.as('bytes'))
    .where('pinned', '=', 1)
    .where('file_key', 'is not', null)
    .executeTakeFirstOrThrow()
  return Number(bytes)
}
