import { z } from 'zod'
import type { App } from '#app.ts'
import { invalid, Refusal } from '#platform/errors.ts'
import { FetchFailure, fetchWhole } from '#platform/fetch-file.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY } from '#platform/times.ts'
import type { BlockFault, BlockRow } from './block-csv.ts'
import { MOST_BYTES, readBlocks } from './block-csv.ts'
import type { BlockListEntry, BlockListRow, ListWish } from './block-lists.ts'
import { entriesOf, newBlockList, saysSame } from './block-lists.ts'

const PATIENCE = 30_000
/** How many rows are written in one statement. */
const BATCH = 500

/** What an answer said: the rows that are taken, and those that are not. */
export type Told = { etag: string; rows: BlockRow[]; faults: BlockFault[] }

/** What a list says now, or null when that is what it said before; throws `invalid` with why it cannot be read. */
export async function readListAt(
  app: App,
  { url, bare, etag }: Pick<BlockListRow, 'url' | 'bare' | 'etag'>,
): Promise<Told | null> {
  const accept = 'text/csv, text/plain;q=0.9, */*;q=0.1'
  const wish = { url, accept, etag, mostBytes: MOST_BYTES, timeoutMs: PATIENCE }
  const answer = await fetchWhole(app, wish).catch((error) => {
    if (error instanceof FetchFailure) throw invalid(`The list cannot be fetched: ${error.message}`)
    throw error
  })
  if (!answer) return null
  const { rows, faults } = await readBlocks(app, answer.bytes, bare || undefined)
  if (rows.length === 0 || faults.length > rows.length) throw invalid('What is there is no list of blocks')
  return { etag: answer.etag, rows, faults }
}

/** Subscribes to a list that can be read; what it says waits as a draft. */
export async function subscribeBlockList(
  app: App,
  wish: ListWish,
): Promise<{ list: BlockListRow; faults: BlockFault[] }> {
  const list = await newBlockList(app, wish)
  const told = (await readListAt(app, list)) as Told
  const kept = { ...list, etag: told.etag }
  await app.inTransaction(async (tx) => {
    await tx.db.insertInto('block_list').values(kept).execute()
  })
  await keepDraft(app, list.id, told.rows)
  return { list: kept, faults: told.faults }
}

/** Fetches a list again: what changed in it waits as a draft; where it cannot be read everything stays. */
export async function fetchBlockList(app: App, list: BlockListRow): Promise<void> {
  const now = app.now()
  try {
    const told = await readListAt(app, list)
    if (told) await keepDraft(app, list.id, told.rows)
    const etag = told?.etag ?? list.etag
    await note(app, list, { state: 'well', error: '', etag, fetched_at: now, tried_at: now })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await note(app, list, { state: 'failed', error: error.message, tried_at: now })
  }
}

async function note(app: App, { id }: BlockListRow, what: Partial<BlockListRow>): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('block_list').set(what).where('id', '=', id).execute()
  })
}

/** Fetches a list that is still subscribed to. */
export const fetchBlockListLater = job({
  name: 'fetch block list',
  queue: 'bulk',
  tries: 3,
  payload: z.object({ listId: z.number().int() }),
  async run(app, { listId }) {
    const list = await app.db.selectFrom('block_list').selectAll().where('id', '=', listId).executeTakeFirst()
    if (list) await fetchBlockList(app, list)
  },
})

/** Owes the fetching of lists that were not tried for a day. */
export async function oweBlockLists(app: App): Promise<void> {
  const due = await app.db
    .selectFrom('block_list')
    .select('id')
    .where('tried_at', '<=', app.now() - DAY)
    .execute()
  if (due.length === 0) return
  await app.inTransaction(async (tx) => {
    for (const { id } of due)
      await tx.later(fetchBlockListLater, { listId: id }, { unique: `block list ${id}`, prio: 90 })
  })
}

async function keepDraft(app: App, listId: number, rows: readonly BlockRow[]): Promise<void> {
  const known = new Map((await entriesOf(app, listId)).map((entry) => [entry.domain, entry]))
  const said = new Set(rows.map(({ domain }) => domain))
  const next = rows
    .map((row) => entryOf(listId, row, known.get(row.domain)))
    .filter((entry) => !saysSame(known.get(entry.domain), entry))
  const gone = [...known.values()].filter(({ domain, is_gone }) => !said.has(domain) && is_gone === 0)
  const ended = gone.filter(({ policy_id }) => policy_id !== null)
  const dropped = gone.filter(({ policy_id }) => policy_id === null).map(({ domain }) => domain)
  const write = [...next, ...ended.map((entry): BlockListEntry => ({ ...entry, is_gone: 1, state: 'draft' }))]
  for (let at = 0; at < write.length; at += BATCH)
    await app.inTransaction((tx) => keep(tx, listId, write.slice(at, at + BATCH)))
  for (let at = 0; at < dropped.length; at += BATCH) {
    await app.inTransaction(async (tx) => {
      await tx.db
        .deleteFrom('block_list_row')
        .where('list_id', '=', listId)
        .where('domain', 'in', dropped.slice(at, at + BATCH))
        .where('policy_id', 'is', null)
        .execute()
    })
  }
}

/** What was brought before stays known, also where the keeper spoke meanwhile; a list that was left stays gone. */
async function keep(tx: App, listId: number, entries: BlockListEntry[]): Promise<void> {
  const list = await tx.db.selectFrom('block_list').select('id').where('id', '=', listId).executeTakeFirst()
  if (!list) return
  await tx.db
    .insertInto('block_list_row')
    .values(entries)
    .onConflict((clash) =>
      clash.columns(['list_id', 'domain']).doUpdateSet((row) => ({
        severity: row.ref('excluded.severity'),
        reject_media: row.ref('excluded.reject_media'),
        reject_reports: row.ref('excluded.reject_reports'),
        obfuscate: row.ref('excluded.obfuscate'),
        public_comment: row.ref('excluded.public_comment'),
        state: row.ref('excluded.state'),
        is_gone: row.ref('excluded.is_gone'),
      })),
    )
    .execute()
}

function entryOf(listId: number, row: BlockRow, known: BlockListEntry | undefined): BlockListEntry {
  return {
    list_id: listId,
    domain: row.domain,
    severity: row.severity,
    reject_media: Number(row.rejectMedia),
    reject_reports: Number(row.rejectReports),
    obfuscate: Number(row.obfuscate),
    public_comment: row.publicComment,
    state: 'draft',
    is_gone: 0,
    policy_id: known?.policy_id ?? null,
    policy_at: known?.policy_at ?? null,
  }
}
