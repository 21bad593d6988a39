import type { App } from '#app.ts'
import type { BlobRow } from '#platform/blobs/blobs.ts'
import { abandonBlob, blobByKey, insertBlob } from '#platform/blobs/blobs.ts'
import { keptBy } from '#platform/cache.ts'
import { Refusal, unavailable } from '#platform/errors.ts'
import { FetchFailure } from '#platform/fetch-file.ts'
import { withScratch } from '#platform/scratch.ts'
import { DAY, HOUR } from '#platform/times.ts'
import { keepCardHash } from '#statuses/cards.ts'
import type { MadeCopy } from './copy-remote.ts'
import { copyRemote } from './copy-remote.ts'
import { makeRoom, mayKeep, remoteBudget } from './remote-budget.ts'
import type { RemoteFileRow } from './remote-files.ts'
import { remoteFile, saveRemoteFile } from './remote-files.ts'
import type { RemoteSource } from './remote-sources.ts'

/** How many files are fetched at once, and how many looks may wait for their turn. */
const AT_ONCE = 8
const MOST_WAITING = 300

/** What a look at a file of another server gives: a copy, bytes that are not kept, its own address, or nothing. */
export type Look =
  | { kind: 'copy'; blob: BlobRow }
  | { kind: 'once'; bytes: Buffer; mime: string }
  | { kind: 'elsewhere'; url: string }
  | { kind: 'failed' }

type Desk = { looks: Map<string, Promise<Look>>; working: number; waiting: (() => void)[] }
const deskOf = keptBy<Desk>(() => ({ looks: new Map(), working: 0, waiting: [] }))

/**
 * Looks at a file of another server: fetched the first time, by one for all who ask at the same moment, then kept while
 * the budget has room for it. Failures are remembered for an hour, or a day where nothing will change soon. `onFetch` is
 * asked before anything goes out and may throw.
 */
export async function lookAtRemote(app: App, source: RemoteSource, onFetch: () => void): Promise<Look> {
  const known = await remoteFile(app, source.name)
  const copy = known?.file_key ? await blobByKey(app, known.file_key) : undefined
  if (known && copy && app.blobs.has(copy.hash)) {
    await touch(app, known)
    return { kind: 'copy', blob: copy }
  }
  if (known && !known.file_key && (known.retry_at ?? 0) > app.now()) return failure(source)
  const desk = deskOf(app)
  const running = desk.looks.get(source.name)
  if (running) return running
  onFetch()
  const look = inTurn(desk, () => fetchOnce(app, source)).finally(() => desk.looks.delete(source.name))
  desk.looks.set(source.name, look)
  return look
}

/** Once a day is enough to tell what is used from what is not, and costs next to nothing. */
async function touch(app: App, row: RemoteFileRow): Promise<void> {
  const now = app.now()
  if (now - row.used_at < DAY) return
  await app.inTransaction((tx) =>
    tx.db.updateTable('remote_file').set({ used_at: now }).where('name', '=', row.name).execute(),
  )
}

async function inTurn<T>(desk: Desk, work: () => Promise<T>): Promise<T> {
  if (desk.working < AT_ONCE) desk.working++
  else {
    if (desk.waiting.length >= MOST_WAITING) throw unavailable('Too many files are being fetched')
    await new Promise<void>((resolve) => desk.waiting.push(resolve))
  }
  try {
    return await work()
  } finally {
    const next = desk.waiting.shift()
    if (next) next()
    else desk.working--
  }
}

function failure(source: RemoteSource): Look {
  return source.elsewhere ? { kind: 'elsewhere', url: source.url } : { kind: 'failed' }
}

async function fetchOnce(app: App, source: RemoteSource): Promise<Look> {
  try {
    return await withScratch(app, async (scratch) => {
      const made = await copyRemote(app, scratch, source)
      if (source.cardId !== undefined && made.blurhash)
        await keepCardHash(app, source.cardId, source.url, made.blurhash)
      return (await mayKeep(app, made.size)) ? keep(app, source, made) : once(source, made)
    })
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'unavailable') throw error
    await remember(app, source, error)
    return failure(source)
  }
}

async function once(source: RemoteSource, made: MadeCopy): Promise<Look> {
  if (source.elsewhere) return { kind: 'elsewhere', url: source.url }
  return { kind: 'once', bytes: await made.bytes(), mime: made.mime }
}

async function keep(app: App, source: RemoteSource, made: MadeCopy): Promise<Look> {
  const stored = await made.store()
  const budget = await remoteBudget(app)
  try {
    const blob = await app.inTransaction(async (tx) => {
      const row = await insertBlob(tx, stored)
      await saveRemoteFile(tx, { ...rowOf(app, source), file_key: row.key, size: row.size })
      await makeRoom(tx, budget, source.name)
      return row
    })
    return { kind: 'copy', blob }
  } catch (error) {
    await abandonBlob(app, stored)
    throw error
  }
}

function rowOf(app: App, { name, url, mediaId }: RemoteSource): RemoteFileRow {
  const now = app.now()
  const host = URL.parse(url)?.host ?? ''
  return {
    name,
    media_id: mediaId,
    host,
    file_key: null,
    size: 0,
    pinned: 0,
    used_at: now,
    retry_at: null,
    created_at: now,
  }
}

async function remember(app: App, source: RemoteSource, error: unknown): Promise<void> {
  const lasting = error instanceof FetchFailure && error.lasting
  if (!(error instanceof FetchFailure)) app.log.warn({ err: error }, 'a file could not be copied')
  const retry_at = app.now() + (lasting ? DAY : HOUR)
  await app.inTransaction((tx) => saveRemoteFile(tx, { ...rowOf(app, source), retry_at }))
}
