import { stat } from 'node:fs/promises'
import { z } from 'zod'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { unavailable } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { randomToken } from '#platform/secrets.ts'

/** One use of a stored file. Its address carries the random key: the hash would tell who keeps the same file. */
export type BlobRow = { key: string; hash: string; size: number; mime: string; created_at: number }
export type BlobTables = { blob: BlobRow }

/** Both ends count, as in HTTP. */
export type ByteRange = { start: number; end: number }

/** Where the bytes lie, by their SHA-256. Equal content is stored once. */
export type BlobStore = {
  /** Stores for good (power cuts included) and returns the hash. */
  put(bytes: Uint8Array): Promise<string>
  /** The same for a file, which it takes away from where it lies. */
  putFile(path: string): Promise<string>
  /** Where a program that reads files finds the content. */
  pathOf(hash: string): string
  /** Bytes of the disk, and how many of them are free. */
  room(): Promise<{ free: number; total: number }>
  has(hash: string): boolean
  /** Part of the content: at once where it is small, else as a stream; null when it is gone. */
  read(hash: string, range: ByteRange): Promise<Uint8Array | ReadableStream<Uint8Array> | null>
  /** At once: it is called while the database is held. */
  remove(hash: string): void
}

/** Content that is stored and waits for its row. */
export type StoredBlob = { hash: string; size: number; mime: string }

/** 128 bits in base64url: what stands for a file in its address. */
export const BLOB_KEY = /^[A-Za-z0-9_-]{22}$/
const KEY_BYTES = 16

const byKey = prepared<{ key: string }, BlobRow>((db, { key }) =>
  db.selectFrom('blob').selectAll().where('key', '=', key),
)

/** The file behind a public key, or undefined. */
export async function blobByKey(app: App, key: string): Promise<BlobRow | undefined> {
  return BLOB_KEY.test(key) ? (await byKey(app, { key }))[0] : undefined
}

/** Stores content ahead of the transaction that will use it; `abandonBlob` when that never comes to be. */
export async function storeBlob(app: App, bytes: Uint8Array, mime: string): Promise<StoredBlob> {
  return { hash: await app.blobs.put(bytes), size: bytes.length, mime }
}

/** The same for content that lies in a file, which is taken away from there and never read into memory. */
export async function storeFile(app: App, path: string, mime: string): Promise<StoredBlob> {
  const { size } = await stat(path)
  return { hash: await app.blobs.putFile(path), size, mime }
}

/** Gives stored content a key, in the caller's transaction. Throws `unavailable` when it was removed meanwhile. */
export async function insertBlob(tx: App, stored: StoredBlob): Promise<BlobRow> {
  await takeTurn(tx)
  if (!tx.blobs.has(stored.hash)) throw unavailable('The file could not be kept, please try again')
  const row = { key: randomToken(KEY_BYTES), ...stored, created_at: tx.now() }
  await tx.db.insertInto('blob').values(row).execute()
  return row
}

/** Ends one use of a file, in the caller's transaction: its address is dead, its bytes go once nobody uses them. */
export async function deleteBlob(tx: App, key: string): Promise<void> {
  const gone = await tx.db.deleteFrom('blob').where('key', '=', key).returning('hash').execute()
  for (const { hash } of gone) await tx.later(removeUnusedFile, { hash })
}

/** Gives up content that was stored and got no row. */
export async function abandonBlob(app: App, { hash }: Pick<StoredBlob, 'hash'>): Promise<void> {
  await app.inTransaction(async (tx) => {
    await takeTurn(tx)
    const used = await tx.db.selectFrom('blob').select('key').where('hash', '=', hash).limit(1).execute()
    if (used.length === 0) tx.blobs.remove(hash)
  })
}

/** Removes the bytes that no key stands for any more. */
export const removeUnusedFile = job({
  name: 'remove unused file',
  queue: 'media',
  tries: 10,
  payload: z.object({ hash: z.string() }),
  run: (app, { hash }) => abandonBlob(app, { hash }),
})

/**
 * Whoever counts the uses of a hash, and whoever adds one, goes one after the other until the commit: else the last
 * use could end, and its bytes go, between another's look at the file and its row. SQLite has one writer anyway.
 */
async function takeTurn(tx: App): Promise<void> {
  await tx.db
    .insertInto('meta')
    .values({ name: 'blobs', value: '' })
    .onConflict((clash) => clash.column('name').doUpdateSet({ value: '' }))
    .execute()
}
