import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { DAY, HOUR } from '#platform/times.ts'
import { deleteStatus } from '#statuses/delete-status.ts'
import { type MediaRow, statusById } from '#statuses/statuses.ts'
import { fromTelephone, gifBomb, plain, pngBomb } from '../../test/pictures.ts'
import { type Answer, databases, world } from '../../test/world.ts'
import { writeNote } from '../federation/shapes/write-note.ts'
import { attachableMedia, attachMedia, reattachMedia, reserveMedia } from './attach-media.ts'
import { forgetUnattached } from './drop-media.ts'
import { mediaOf } from './media.ts'
import type { MediaAttachment } from './present-media.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-upload-'))
after(() => rmSync(home, { recursive: true, force: true }))

function form(
  file: Buffer | null,
  name = 'picture.jpg',
  more: Record<string, string | Buffer> = {},
): FormData {
  const made = new FormData()
  if (file) made.set('file', new Blob([new Uint8Array(file)]), name)
  for (const [field, value] of Object.entries(more)) {
    if (typeof value === 'string') made.set(field, value)
    else made.set(field, new Blob([new Uint8Array(value)]), 'thumbnail.png')
  }
  return made
}
const shown = (answer: Answer) => answer.body as MediaAttachment
const files = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))

for (const database of databases) {
  describe(`uploads on ${database}`, async () => {
    const data = join(home, database)
    const { app, as, anyone, cast, clock, settle, close } = await world({
      database,
      settings: { HYRAX_DATA: data },
    })
    after(close)
    const alice = as('alice')
    const bytesAt = async (url: string) => {
      const row = await app.db
        .selectFrom('blob')
        .selectAll()
        .where('key', '=', /media\/([\w-]{22})/.exec(url)?.[1] ?? '')
        .executeTakeFirstOrThrow()
      return readFileSync(app.blobs.pathOf(row.hash))
    }
    const small = await plain(64, 48).jpeg().toBuffer()
    const upload = async (bytes: Buffer = small, more: Record<string, string | Buffer> = {}) =>
      shown(await alice.post('/api/v2/media', form(bytes, 'a.jpg', more)))
    const change = (id: string | undefined, set: Partial<MediaRow>) =>
      app.inTransaction((tx) => tx.db.updateTable('media').set(set).where('id', '=', Number(id)).execute())
    const publish = async () =>
      Number(((await alice.post('/api/v1/statuses', { status: 'with media' })).body as { id: string }).id)

    test('a picture is ready at once: whole and small, measured, with its blurhash', async () => {
      const large = await plain(4000, 3000).jpeg().toBuffer()
      const answer = await alice.post(
        '/api/v2/media',
        form(large, 'x.jpg', { description: ' A wall ', focus: '-0.5,2' }),
      )
      assert.equal(answer.status, 200)
      const media = shown(answer)
      assert.equal(media.type, 'image')
      assert.match(media.url ?? '', /^https:\/\/here\.example\/media\/[\w-]{22}\.jpg$/)
      assert.match(media.preview_url ?? '', /^https:\/\/here\.example\/media\/[\w-]{22}\.jpg$/)
      assert.equal(media.description, 'A wall')
      assert.match(media.blurhash ?? '', /^U/)
      assert.deepEqual(media.meta?.focus, { x: -0.5, y: 1 })
      assert.deepEqual(media.meta?.original, {
        width: 3325,
        height: 2494,
        size: '3325x2494',
        aspect: 3325 / 2494,
      })
      assert.equal(media.meta?.small?.size, '554x415')
      assert.deepEqual([media.remote_url, media.preview_remote_url], [null, null])
      const preview = await sharp(await bytesAt(media.preview_url ?? '')).metadata()
      assert.deepEqual([preview.width, preview.height], [554, 415])
      const file = await anyone.get(new URL(media.url ?? '').pathname)
      assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'image/jpeg'])
      assert.deepEqual(shown(await alice.get(`/api/v1/media/${media.id}`)), media)
    })

    test('MED-04 whole and preview stand upright and tell neither place nor device', async () => {
      const media = await upload(await fromTelephone())
      assert.deepEqual([media.meta?.original?.width, media.meta?.original?.height], [400, 600])
      for (const url of [media.url, media.preview_url]) {
        const bytes = await bytesAt(url ?? '')
        assert.ok(!bytes.includes('TelephoneMaker') && !bytes.includes('Exif'))
        const { exif, xmp, iptc, icc, orientation } = await sharp(bytes).metadata()
        assert.deepEqual([exif, xmp, iptc, icc, orientation], Array(5).fill(undefined))
      }
    })

    test('transparency stays, WebP stays WebP, AVIF becomes JPEG', async () => {
      const clear = sharp({ create: { width: 30, height: 30, channels: 4, background: '#00000000' } })
      const kinds = [await clear.png().toBuffer(), await plain(9, 9).webp().toBuffer()]
      kinds.push(await plain(32, 32).avif({ effort: 0 }).toBuffer())
      const urls = []
      for (const bytes of kinds) urls.push((await upload(bytes)).url?.split('.').at(-1))
      assert.deepEqual(urls, ['png', 'webp', 'jpg'])
      const png = (await alice.post('/api/v1/media', form(kinds[0] as Buffer))).body as MediaAttachment
      assert.equal((await sharp(await bytesAt(png.url ?? '')).metadata()).hasAlpha, true)
    })

    test('description, focus and thumbnail are changed until a status has it; AZ-04 only by its owner', async () => {
      const media = await upload(small, { thumbnail: await plain(20, 20).png().toBuffer() })
      assert.equal(media.meta?.small?.size, '20x20', JSON.stringify(media))
      const path = `/api/v1/media/${media.id}`
      const said = shown(await alice.put(path, { description: 'x'.repeat(10_000), focus: '0.1,0.2' }))
      assert.deepEqual([said.description?.length, said.meta?.focus], [10_000, { x: 0.1, y: 0.2 }])
      assert.equal((await alice.put(path, { description: 'x'.repeat(10_001) })).status, 422)
      const drawn = form(null, '', { thumbnail: await plain(11, 7).png().toBuffer() })
      const again = shown(await alice.put(path, drawn))
      assert.deepEqual([again.meta?.small?.size, again.description?.length], ['11x7', 10_000])
      assert.notEqual(again.preview_url, media.preview_url)
      assert.equal((await anyone.get(new URL(media.preview_url ?? '').pathname)).status, 404)
      assert.equal(shown(await alice.patch(path, { description: '' })).description, null)
      const stranger = as('bob')
      const refused = [await stranger.get(path), await stranger.put(path, { description: 'mine' })]
      refused.push(await stranger.delete(path))
      assert.deepEqual(
        refused.map((each) => each.status),
        [404, 404, 404],
      )
      assert.equal((await anyone.get(path)).status, 401)
      assert.equal((await as('alice', 'read').get(path)).status, 403)
      for (const odd of ['0', 'x', '99999999999999999999', '-1']) {
        assert.equal((await alice.get(`/api/v1/media/${odd}`)).status, 404)
      }
      const status = await publish()
      await app.inTransaction((tx) =>
        attachMedia(tx, { id: status, account_id: cast.alice.id }, [Number(media.id)]),
      )
      assert.deepEqual([(await alice.get(path)).status, (await alice.put(path)).status], [404, 404])
      assert.equal((await alice.delete(path)).status, 422)
    })

    test('MED-18 a focus is held to the picture or refused', async () => {
      for (const focus of ['NaN,1', '1e9,0', 'x', '1', '0,0,0', 'Infinity,0']) {
        assert.equal((await alice.post('/api/v2/media', form(small, 'a.jpg', { focus }))).status, 422)
      }
      assert.deepEqual((await upload(small, { focus: '-99, +99.5' })).meta?.focus, { x: -1, y: 1 })
    })

    test('an upload is deleted with its files, and forgotten when no status takes it within a day', async () => {
      const first = await upload(await plain(31, 31).jpeg().toBuffer())
      assert.deepEqual((await alice.delete(`/api/v1/media/${first.id}`)).body, {})
      assert.equal((await alice.get(`/api/v1/media/${first.id}`)).status, 404)
      assert.equal((await anyone.get(new URL(first.url ?? '').pathname)).status, 404)
      const [left, kept, later] = [await upload(), await upload(), await upload()]
      const status = await publish()
      await app.inTransaction(async (tx) => {
        await attachMedia(tx, { id: status, account_id: cast.alice.id }, [Number(kept.id)])
        await reserveMedia(tx, [Number(later.id)], 7)
      })
      clock.advance(DAY + HOUR)
      await forgetUnattached(app)
      await settle()
      assert.equal((await anyone.get(new URL(left.url ?? '').pathname)).status, 404)
      assert.equal((await anyone.get(new URL(kept.url ?? '').pathname)).status, 200)
      assert.equal((await anyone.get(new URL(later.url ?? '').pathname)).status, 200)
      await app.inTransaction((tx) => reserveMedia(tx, [Number(later.id)], null))
    })

    test('MED-12 only own, ready and free files are attached: four pictures or one of another kind', async () => {
      const mine = [await upload(), await upload(), await upload(), await upload(), await upload()]
      const ids = mine.map((each) => each.id)
      const rows = await attachableMedia(app, cast.alice.id, [ids[2], ids[0], ids[2]] as string[])
      assert.deepEqual(
        rows.map((row) => String(row.id)),
        [ids[2], ids[0]],
      )
      const refused = (pattern: RegExp, account: number, wanted: string[]) =>
        assert.rejects(attachableMedia(app, account, wanted), pattern)
      await refused(/more than 4/, cast.alice.id, ids)
      await refused(/not found or already attached/, cast.bob.id, ids.slice(0, 1))
      await refused(/Media 5, x not found/, cast.alice.id, [ids[0] as string, '5', 'x'])
      await change(ids[4], { kind: 'video' })
      await refused(/video to a post that already/, cast.alice.id, [ids[0] as string, ids[4] as string])
      await change(ids[4], { state: 'processing' })
      await refused(/not finished processing/, cast.alice.id, [ids[4] as string])
      const status = { id: await publish(), account_id: cast.alice.id }
      const other = { id: await publish(), account_id: cast.alice.id }
      await app.inTransaction((tx) => attachMedia(tx, status, ids.slice(0, 2).map(Number)))
      await refused(/already attached/, cast.alice.id, [ids[0] as string])
      await assert.rejects(
        app.inTransaction((tx) => attachMedia(tx, other, [Number(ids[0])])),
        /already attached/,
      )
      await app.inTransaction((tx) => reattachMedia(tx, status, [Number(ids[2]), Number(ids[1])]))
      assert.deepEqual(
        (await mediaOf(app, [status.id])).map((each) => String(each.id)),
        [ids[2], ids[1]],
      )
      // Earlier versions of the status still show it: it may come back there, and nowhere else.
      await refused(/already attached/, cast.alice.id, [ids[0] as string])
      const back = await attachableMedia(app, cast.alice.id, [ids[0] as string], { statusId: status.id })
      assert.equal(back.length, 1)
    })

    test('a post is sent out with what its file shows, measures and where it lies', async () => {
      const media = await upload(small, { description: 'A wall', focus: '0.5,-0.25' })
      const answer = await alice.post('/api/v1/statuses', { media_ids: [media.id] })
      assert.equal(answer.status, 200, answer.text)
      const status = await statusById(app, Number((answer.body as { id: string }).id))
      const note = await writeNote(app, status as never)
      assert.deepEqual(note?.attachment, [
        {
          type: 'Document',
          mediaType: 'image/jpeg',
          url: media.url,
          name: 'A wall',
          blurhash: media.blurhash,
          focalPoint: [0.5, -0.25],
          width: 64,
          height: 48,
        },
      ])
    })

    test('MED-13 files of a deleted status lead nowhere at their old address, and wait a day for a new draft', async () => {
      const media = await upload()
      const status = { id: await publish(), account_id: cast.alice.id }
      await app.inTransaction((tx) => attachMedia(tx, status, [Number(media.id)]))
      await deleteStatus(app, (await statusById(app, status.id)) as never, 'here')
      for (const url of [media.url, media.preview_url]) {
        assert.equal((await anyone.get(new URL(url ?? '').pathname)).status, 404)
      }
      const again = shown(await alice.get(`/api/v1/media/${media.id}`))
      assert.equal((await anyone.get(new URL(again.url ?? '').pathname)).status, 200)
      assert.equal((await attachableMedia(app, cast.alice.id, [media.id])).length, 1)
      clock.advance(DAY + HOUR)
      await forgetUnattached(app)
      assert.equal((await alice.get(`/api/v1/media/${media.id}`)).status, 404)
    })

    test('MED-01 MED-02 MED-05 MED-06 MED-07 ORG-12 what is no picture, or a bomb, is refused and leaves nothing', async () => {
      await settle()
      const before = files(data).sort()
      const text = (words: string) => Buffer.from(words, 'latin1')
      const bad: [string, Buffer, number][] = [
        ['page.png', text('<!doctype html><script>alert(1)</script>'), 422],
        ['drawing.svg', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 422],
        ['activity.json', text('{"type":"Note"}'), 422],
        ['empty.jpg', Buffer.alloc(0), 422],
        ['bomb.png', pngBomb(50_000), 422],
        ['bomb.gif', gifBomb(), 422],
        ['paper.pdf', text('%PDF-1.7'), 422],
        ['icon.ico', text('\0\0\x01\0\x01\0'), 422],
        ['list.m3u8', text('#EXTM3U\nfile:///etc/passwd'), 422],
        ['scan.tiff', await plain(9, 9).tiff().toBuffer(), 422],
        ['cut.jpg', (await plain(900, 900).jpeg().toBuffer()).subarray(0, 900), 422],
        ['../../../etc/x.jpg', text('nothing'), 422],
        ['heavy.jpg', Buffer.concat([small, Buffer.alloc(17 * 1024 * 1024)]), 422],
      ]
      for (const [name, bytes, status] of bad) {
        const answer = await alice.post('/api/v2/media', form(bytes, name))
        assert.equal(answer.status, status, name)
        assert.match((answer.body as { error: string }).error, /^Validation failed: File /, name)
      }
      const thumbnail = text('<svg/>')
      assert.equal((await alice.post('/api/v2/media', form(small, 'a.jpg', { thumbnail }))).status, 422)
      assert.equal((await alice.post('/api/v2/media', form(null))).status, 422)
      assert.equal((await alice.post('/api/v2/media', { file: 'x'.repeat(10 * 1024 * 1024) })).status, 413)
      await settle()
      assert.deepEqual(files(data).sort(), before)
    })

    test('MED-03 what hangs on a picture does not come along', async () => {
      const tail = Buffer.from('<script>alert(1)</script>PK\x03\x04')
      const media = await upload(Buffer.concat([small, tail]))
      for (const url of [media.url, media.preview_url]) {
        const bytes = await bytesAt(url ?? '')
        assert.ok(!bytes.includes('script') && !bytes.includes('PK\x03\x04'))
      }
    })
  })
}
