import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import { archiveById, fillArchive } from '#accounts/archives.ts'
import { keyIn } from '#accounts/profile-pictures.ts'
import type { App } from '#app.ts'
import { abandonBlob, blobByKey, storeFile } from '#platform/blobs/blobs.ts'
import { job } from '#platform/jobs/declare.ts'
import { MEDIA_ENDINGS } from '#platform/media-types.ts'
import { withScratch } from '#platform/scratch.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusesByIds } from '#statuses/statuses.ts'
import { announce, create } from '../shapes/activities.ts'
import type { Document } from '../shapes/context-out.ts'
import { withContext } from '../shapes/context-out.ts'
import { writeNotes } from '../shapes/write-note.ts'
import { writePerson } from '../shapes/write-person.ts'

/** Rows that are read and written at once. */
const BATCH = 200

/** Makes the archive a member asked for: their profile, all they wrote, liked and bookmarked, and their files. */
export const makeArchive = job({
  name: 'make archive',
  queue: 'bulk',
  tries: 4,
  payload: z.object({ archiveId: z.number().int() }),
  async run(app, { archiveId }) {
    const row = await archiveById(app, archiveId)
    const account = row && row.file_key === null ? await accountById(app, row.account_id) : undefined
    if (!row || !account) return
    await withScratch(app, async (scratch) => {
      const path = join(scratch, 'archive.zip')
      await write(app, account, scratch, path)
      const stored = await storeFile(app, path, 'application/zip')
      try {
        await fillArchive(app, row, stored)
      } catch (error) {
        await abandonBlob(app, stored)
        throw error
      }
    })
  },
})

async function write(app: App, account: AccountRow, scratch: string, path: string): Promise<void> {
  // Few ever ask for one: the packer is loaded for them alone.
  const { default: yazl } = await import('yazl')
  const zip = new yazl.ZipFile()
  const packing = pipeline(zip.outputStream, createWriteStream(path, { mode: 0o600 }))
  const actor = {
    ...withContext(await writePerson(app, account)),
    likes: 'likes.json',
    bookmarks: 'bookmarks.json',
    outbox: 'outbox.json',
  }
  zip.addBuffer(Buffer.from(JSON.stringify(actor)), 'actor.json')
  const outbox = join(scratch, 'outbox.json')
  await writeList(outbox, 'outbox.json', activitiesOf(app, account))
  zip.addFile(outbox, 'outbox.json')
  for (const kind of ['likes', 'bookmarks'] as const) {
    const list = join(scratch, `${kind}.json`)
    await writeList(list, `${kind}.json`, markedBy(app, account, kind))
    zip.addFile(list, `${kind}.json`)
  }
  for await (const { name, hash } of filesOf(app, account)) zip.addFile(app.blobs.pathOf(hash), name)
  zip.end()
  await packing
}

/** Writes an ordered collection piece by piece: it may be larger than memory likes. */
async function writeList(path: string, id: string, items: AsyncIterable<unknown>): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 })
  let total = 0
  file.write(
    `{"@context":"https://www.w3.org/ns/activitystreams","id":"${id}","type":"OrderedCollection","orderedItems":[`,
  )
  for await (const item of items) {
    const isRoom = file.write(`${total++ === 0 ? '' : ','}\n${JSON.stringify(item)}`)
    if (!isRoom) await once(file, 'drain')
  }
  file.end(`\n],"totalItems":${total}}\n`)
  await once(file, 'close')
}

async function* activitiesOf(app: App, account: AccountRow): AsyncGenerator<Document> {
  for await (const rows of inBatches(app, account)) {
    const notes = await writeNotes(app, rows)
    const boosted = await statusesByIds(
      app,
      rows.flatMap((row) => row.reblog_of_id ?? []),
    )
    const authors = await accountsByIds(
      app,
      [...boosted.values()].map((row) => row.account_id),
    )
    for (const row of rows) {
      const note = notes.get(row.id)
      if (note) yield create(note)
      const original = row.reblog_of_id === null ? undefined : boosted.get(row.reblog_of_id)
      const author = original && authors.get(original.account_id)
      if (original && author) yield announce(account, row, author, original.uri)
    }
  }
}

async function* inBatches(app: App, account: AccountRow): AsyncGenerator<StatusRow[]> {
  for (let after = 0; ; ) {
    const rows = await app.db
      .selectFrom('status')
      .selectAll()
      .where('account_id', '=', account.id)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    if (rows.length > 0) yield rows
    if (rows.length < BATCH) return
    after = rows.at(-1)?.id ?? after
  }
}

/** The addresses of what the member liked or kept. */
async function* markedBy(app: App, account: AccountRow, kind: 'likes' | 'bookmarks'): AsyncGenerator<string> {
  const table = kind === 'likes' ? 'favourite' : 'bookmark'
  for (let after = 0; ; ) {
    const rows = await app.db
      .selectFrom(table)
      .innerJoin('status', 'status.id', `${table}.status_id`)
      .select([`${table}.id as mark_id`, 'status.uri'])
      .where(`${table}.account_id`, '=', account.id)
      .where(`${table}.id`, '>', after)
      .orderBy(`${table}.id`)
      .limit(BATCH)
      .execute()
    for (const row of rows) yield row.uri
    if (rows.length < BATCH) return
    after = Number(rows.at(-1)?.mark_id ?? after)
  }
}

type Packed = { name: string; hash: string }

async function* filesOf(app: App, account: AccountRow): AsyncGenerator<Packed> {
  for (const kind of ['avatar', 'header'] as const) {
    const file = await packed(app, keyIn(app, account[`${kind}_url`]), kind)
    if (file) yield file
  }
  for (let after = 0; ; ) {
    const rows = await app.db
      .selectFrom('media')
      .select(['id', 'file_key'])
      .where('account_id', '=', account.id)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    for (const { id, file_key } of rows) {
      const file = await packed(app, file_key, `media_attachments/files/${id}`)
      if (file) yield file
    }
    if (rows.length < BATCH) return
    after = rows.at(-1)?.id ?? after
  }
}

async function packed(app: App, key: string | null, name: string): Promise<Packed | null> {
  const blob = key === null ? undefined : await blobByKey(app, key)
  if (!blob || !app.blobs.has(blob.hash)) return null
  const ending = MEDIA_ENDINGS[blob.mime]
  return { name: ending ? `${name}.${ending}` : name, hash: blob.hash }
}
