import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, unlinkSync } from 'node:fs'
import { copyFile, mkdir, open, rename, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { BlobStore } from './blobs.ts'

/** Up to this size a file is read at once: opening a stream costs more than the bytes. */
const READ_AT_ONCE = 128 * 1024

/** Keeps blobs as files `ab/cd/<sha-256>` below a directory that only we can read; made when first needed. */
export function openFiles(directory: string): BlobStore {
  const pathOf = (hash: string) => {
    // The hash may come from a stored row; it must never be a path of somebody's choosing.
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error('A blob is addressed by its SHA-256')
    return join(directory, hash.slice(0, 2), hash.slice(2, 4), hash)
  }
  return {
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex')
      await writeDurably(pathOf(hash), (temporary) => writeWhole(temporary, bytes))
      return hash
    },
    async putFile(path) {
      const sum = createHash('sha256')
      for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer)
      const hash = sum.digest('hex')
      await writeDurably(pathOf(hash), (temporary) => moveWhole(path, temporary))
      return hash
    },
    has: (hash) => existsSync(pathOf(hash)),
    pathOf,
    async room() {
      const { bavail, blocks, bsize } = await statfs(await nearest(directory))
      return { free: bavail * bsize, total: blocks * bsize }
    },
    async read(hash, range) {
      const path = pathOf(hash)
      const { start, end } = range
      if (end - start < READ_AT_ONCE) return readPart(path, start, end)
      const file = await open(path).catch(nullWhenMissing)
      if (!file) return null
      return Readable.toWeb(createReadStream('', { fd: file, start, end })) as ReadableStream<Uint8Array>
    },
    remove(hash) {
      try {
        unlinkSync(pathOf(hash))
      } catch (error) {
        nullWhenMissing(error)
      }
    },
  }
}

async function readPart(path: string, start: number, end: number): Promise<Uint8Array | null> {
  const file = await open(path).catch(nullWhenMissing)
  if (!file) return null
  try {
    const bytes = new Uint8Array(end - start + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
    return bytesRead === bytes.length ? bytes : null
  } finally {
    await file.close()
  }
}

/** The directory itself, or the nearest one above it that is there. */
async function nearest(directory: string): Promise<string> {
  let at = directory
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
  return at
}

/** Once it returns, the file is whole and stays so after a power cut: content first, then its name. */
async function writeDurably(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${randomUUID()}`)
  try {
    await fill(temporary)
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await syncFolder(folder)
  // A folder made just now is itself a name in its parent.
  if (made === undefined) return
  for (let at = folder; at.length >= made.length; at = dirname(at)) await syncFolder(dirname(at))
}

async function writeWhole(temporary: string, bytes: Uint8Array): Promise<void> {
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Takes a file from where it lies; between two disks it is copied. */
async function moveWhole(from: string, temporary: string): Promise<void> {
  await rename(from, temporary).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await copyFile(from, temporary)
    await unlink(from)
  })
  const file = await open(temporary, 'r+')
  try {
    await file.chmod(0o600)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders; it keeps their names by itself.
  const folder = await open(path).catch(() => null)
  await folder?.sync().catch(() => {})
  await folder?.close()
}

function nullWhenMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
