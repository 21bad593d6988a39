import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { saveRemoteEmojis } from '#accounts/emojis.ts'
import { proxied } from '#accounts/proxied.ts'
import type { HostedDomain } from '#app.ts'
import { SITE_CHANGED } from '#instance/site.ts'
import { DAY, HOUR } from '#platform/times.ts'
import { cardByUrl, keepCard } from '#statuses/cards.ts'
import { createStatus } from '#statuses/create-status.ts'
import { deleteStatus } from '#statuses/delete-status.ts'
import { emptyCard } from '#statuses/read-page.ts'
import { statusById } from '#statuses/statuses.ts'
import { mp4 } from '../../test/films.ts'
import { openNetwork } from '../../test/network.ts'
import { plain } from '../../test/pictures.ts'
import { databases, world } from '../../test/world.ts'
import { readNote } from '../federation/shapes/read-note.ts'
import { PUBLIC } from '../federation/shapes/shape.ts'
import { mediaOf } from './media.ts'
import type { MediaAttachment } from './present-media.ts'
import { presentMedia } from './present-media.ts'
import { remoteBudget, trimRemoteFiles } from './remote-budget.ts'
import { remoteBytes } from './remote-files.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-remote-'))
after(() => rmSync(home, { recursive: true, force: true }))

const noise = (side: number, seed: number) =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      noise: { type: 'gaussian', mean: 100 + (seed % 50), sigma: 40 },
      background: '#000',
    },
  })
    .jpeg({ quality: 90 })
    .toBuffer()

for (const database of databases) {
  describe(`media of other servers on ${database}`, async () => {
    const network = openNetwork()
    const files = new Map<string, { status?: number; body: Buffer; type?: string }>()
    network.host('files.example', async ({ url }) => {
      const file = files.get(url.pathname)
      const { status = file ? 200 : 404, body = Buffer.alloc(0), type = 'image/jpeg' } = file ?? {}
      return { status, headers: { 'content-type': type }, body }
    })
    const asked = (path: string) => network.log.filter((line) => line.endsWith(path)).length
    const data = join(home, database)
    const { app, as, anyone, cast, clock, settle, close } = await world({
      database,
      http: network,
      settings: { HYRAX_DATA: data },
    })
    after(close)
    // What the test machine's disk has to spare must not decide.
    const disk = { free: 2 ** 40, total: 2 ** 41 }
    app.blobs.room = async () => disk
    const get = async (url: string | null | undefined, headers: Record<string, string> = {}) =>
      anyone.get(new URL(url ?? '').pathname, headers)

    let number = 0
    const post = async (
      attachment: { url: string; mediaType?: string; icon?: object; duration?: string },
      visibility: 'public' | 'private' = 'public',
    ) => {
      const { dan } = cast
      const uri = `${new URL(dan.uri).origin}/notes/${++number}`
      const to = visibility === 'public' ? PUBLIC : dan.followers_url
      const note = { id: uri, type: 'Note', attributedTo: dan.uri, to, content: '<p>Look</p>' }
      const document = { type: 'Document', mediaType: 'image/jpeg', ...attachment }
      const draft = await readNote(app, { ...note, attachment: [document] } as never, dan)
      const status = draft && (await createStatus(app, draft))
      if (!status) throw new Error('not kept')
      const [row] = await mediaOf(app, [status.id])
      return { status, row: row as NonNullable<typeof row> }
    }
    const shown = async (statusId: number) => {
      const body = (await as('alice').get(`/api/v1/statuses/${statusId}`)).body as {
        media_attachments: MediaAttachment[]
      }
      return body.media_attachments[0] as MediaAttachment
    }

    test('LOOP-10 a picture is fetched once for all who look at it at first and then kept; small ones are drawn anew (SSRF-14, MED-17)', async () => {
      const remoteUrl = 'https://files.example/a.jpg'
      files.set('/a.jpg', { body: await plain(1000, 800).jpeg().toBuffer(), type: 'text/html' })
      const { status, row } = await post({ url: remoteUrl })
      const media = await shown(status.id)
      assert.match(media.url ?? '', new RegExp(`^https://here.example/media_proxy/${row.id}/original/`))
      assert.equal(media.remote_url, remoteUrl)
      assert.equal(asked('/a.jpg'), 0)
      const looks = await Promise.all(Array.from({ length: 200 }, () => get(media.preview_url)))
      for (const look of looks) {
        assert.deepEqual([look.status, look.headers.get('content-type')], [200, 'image/jpeg'], look.text)
        assert.match(look.headers.get('content-security-policy') ?? '', /sandbox/)
        assert.equal(look.headers.get('x-content-type-options'), 'nosniff')
      }
      assert.equal(asked('/a.jpg'), 1)
      assert.ok((await get(media.preview_url)).text.length < 20_000)
      assert.equal((await get(media.url)).status, 200)
      assert.equal(asked('/a.jpg'), 2)
      const range = await get(media.url, { Range: 'bytes=0-1' })
      assert.deepEqual([range.status, range.headers.get('content-length')], [206, '2'])
      assert.equal((await anyone.get(`/media_proxy/${row.id}/small`)).status, 200)
      assert.equal(asked('/a.jpg'), 2)
      const own = await post({ url: 'https://here.example/assets/icon.png' })
      assert.equal((await get((await shown(own.status.id)).url)).status, 404)
    })

    test('PRIV-21 MED-16 private ones open only by the address that was shown, and no other address leads anywhere', async () => {
      files.set('/p.jpg', { body: await plain(20, 20).jpeg().toBuffer() })
      const { row } = await post({ url: 'https://files.example/p.jpg' }, 'private')
      const address = presentMedia(row, app.domains.all()[0] as never).url as string
      for (const path of [
        `/media_proxy/${row.id}/original`,
        `/media_proxy/${row.id}/original/AAAAAAAAAAAA`,
        `/media_proxy/${row.id}/large`,
        '/media_proxy/1/original',
        '/media_proxy/https://files.example/p.jpg',
        '/media_proxy/x/small',
        '/media_proxy/',
        `/media_proxy/emojis/${row.id}/AAAAAAAAAAAA`,
      ]) {
        assert.equal((await anyone.get(path)).status, 404, path)
      }
      assert.equal(asked('/p.jpg'), 0)
      assert.equal((await get(address)).status, 200)
    })

    test('ORG-13 MED-02 MED-21 what is no picture, too large or gone is 404, remembered, and asked again later', async () => {
      files.set('/s.svg', {
        body: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
        type: 'image/svg+xml',
      })
      files.set('/h.jpg', { body: Buffer.from('<html></html>') })
      files.set('/j.jpg', { body: Buffer.from('{"type":"Note"}') })
      files.set('/big.jpg', { body: Buffer.alloc(17 * 1024 * 1024, 1) })
      files.set('/busy.jpg', { status: 503, body: Buffer.alloc(0) })
      const names = ['s.svg', 'h.jpg', 'j.jpg', 'big.jpg', 'gone.jpg', 'busy.jpg']
      for (const name of names) {
        const { status } = await post({ url: `https://files.example/${name}` })
        const { url } = await shown(status.id)
        assert.equal((await get(url)).status, 404, name)
        assert.equal((await get(url)).status, 404, name)
        assert.equal(asked(`/${name}`), 1, name)
        clock.advance(2 * HOUR)
        await get(url)
        assert.equal(asked(`/${name}`), name === 'busy.jpg' ? 2 : 1, name)
        clock.advance(DAY)
        await get(url)
        assert.equal(asked(`/${name}`), name === 'busy.jpg' ? 3 : 2, name)
      }
    })

    test('a film has its still; one that is too large is seen where it lies', async () => {
      files.set('/f.mp4', { body: mp4() })
      files.set('/f.jpg', { body: await plain(50, 50).jpeg().toBuffer() })
      const film = { type: 'Video', mediaType: 'video/mp4', duration: 'PT1M2.5S' }
      const icon = { type: 'Image', url: 'https://files.example/f.jpg' }
      const { status } = await post({ ...film, url: 'https://files.example/f.mp4', icon })
      const media = await shown(status.id)
      assert.deepEqual([media.meta?.length, media.preview_remote_url], ['0:01:02.50', icon.url])
      assert.equal((await get(media.url)).headers.get('content-type'), 'video/mp4')
      assert.equal((await get(media.preview_url)).headers.get('content-type'), 'image/jpeg')
      files.set('/long.mp4', { body: Buffer.concat([mp4(), Buffer.alloc(100 * 1024 * 1024)]) })
      const long = await post({ ...film, url: 'https://files.example/long.mp4' })
      const far = await get((await shown(long.status.id)).url)
      assert.deepEqual([far.status, far.headers.get('location')], [302, 'https://files.example/long.mp4'])
      files.delete('/long.mp4')
    })

    test('profile pictures and emojis come through us, move with their address, and have a stand-in', async () => {
      const avatar = await noise(900, 1)
      files.set('/me.jpg', { body: avatar })
      files.set('/me2.png', { body: await plain(30, 30).png().toBuffer() })
      files.set('/blob.gif', { body: await plain(12, 12).gif().toBuffer() })
      const change = (avatar_url: string) =>
        app.inTransaction((tx) =>
          tx.db
            .updateTable('account')
            .set({ avatar_url, display_name: ':blob:', updated_at: app.now() })
            .where('id', '=', cast.dan.id)
            .execute(),
        )
      await app.inTransaction((tx) =>
        saveRemoteEmojis(tx, cast.dan.host, [
          { shortcode: 'blob', url: 'https://files.example/blob.gif', uri: null },
        ]),
      )
      await change('https://files.example/me.jpg')
      type Shown = { avatar: string; header: string; emojis: { url: string; static_url: string }[] }
      const account = async () => (await anyone.get(`/api/v1/accounts/${cast.dan.id}`)).body as Shown
      const before = await account()
      assert.match(before.avatar, /^https:\/\/here\.example\/media_proxy\/avatars\//)
      const small = await get(before.avatar)
      assert.equal(small.status, 200)
      assert.ok(small.text.length < avatar.length, 'drawn anew, as it was large')
      assert.equal((await get(before.emojis[0]?.url)).headers.get('content-type'), 'image/gif')
      assert.equal((await get(before.emojis[0]?.static_url)).headers.get('content-type'), 'image/png')
      clock.advance(1000)
      await change('https://files.example/me2.png')
      const later = await account()
      assert.notEqual(later.avatar, before.avatar)
      const moved = await get(before.avatar)
      assert.deepEqual([moved.status, moved.headers.get('location')], [302, new URL(later.avatar).pathname])
      assert.equal((await get(later.avatar)).headers.get('content-type'), 'image/png')
      clock.advance(1000)
      await change('https://files.example/nowhere.png')
      const lost = await get((await account()).avatar)
      assert.deepEqual([lost.status, lost.headers.get('location')], [302, '/avatars/original/missing.png'])
    })

    test('MED-13 copies go with their status, and are shown no more of a suspended account', async () => {
      files.set('/gone-soon.jpg', { body: await plain(21, 21).jpeg().toBuffer() })
      const { status } = await post({ url: 'https://files.example/gone-soon.jpg' })
      const { url, preview_url } = await shown(status.id)
      assert.deepEqual([(await get(url)).status, (await get(preview_url)).status], [200, 200])
      const bytes = await remoteBytes(app)
      await deleteStatus(app, (await statusById(app, status.id)) as never, 'elsewhere')
      assert.deepEqual([(await get(url)).status, (await get(preview_url)).status], [404, 404])
      assert.ok((await remoteBytes(app)) < bytes)
      const other = await post({ url: 'https://files.example/a.jpg' })
      const address = (await shown(other.status.id)).url
      const suspend = (at: number | null) =>
        app.inTransaction((tx) =>
          tx.db.updateTable('account').set({ suspended_at: at }).where('id', '=', cast.dan.id).execute(),
        )
      await suspend(app.now())
      assert.equal((await get(address)).status, 404)
      await suspend(null)
      assert.equal((await get(address)).status, 200)
    })

    test('a month of looking never passes the budget: what was used longest ago goes, what matters here stays', async () => {
      await settle()
      const budget = 200_000
      await app.inTransaction((tx) =>
        tx.db
          .insertInto('setting')
          .values({
            domain_id: app.domains.all()[0]?.id as number,
            name: 'media_budget',
            value: JSON.stringify(budget),
            updated_at: app.now(),
          })
          .execute(),
      )
      await app.events.publish(SITE_CHANGED, null)
      assert.equal(await remoteBudget(app), budget)
      await trimRemoteFiles(app)
      assert.ok((await remoteBytes(app)) <= budget)
      const pictures = await Promise.all([1, 2, 3, 4].map((seed) => noise(110, seed)))
      const posts: { url: string | null; id: number }[] = []
      const loved: { url: string | null; id: number }[] = []
      for (let day = 0; day < 30; day++) {
        clock.advance(DAY)
        for (let each = 0; each < 2; each++) {
          const path = `/day-${day}-${each}.jpg`
          files.set(path, { body: pictures[(day + each) % 4] as Buffer })
          const { status } = await post({ url: `https://files.example${path}` })
          const seen = { url: (await shown(status.id)).url, id: status.id }
          posts.push(seen)
          if (day === 0) {
            loved.push(seen)
            await as('bob').post(`/api/v1/statuses/${status.id}/bookmark`)
          }
          assert.equal((await get(seen.url)).status, 200)
          assert.ok((await remoteBytes(app)) <= budget, `day ${day}`)
        }
        if (day % 7 === 0) await trimRemoteFiles(app)
      }
      await settle()
      const stored = await app.db
        .selectFrom('remote_file')
        .select(({ fn }) => fn.sum<number>('size').as('bytes'))
        .executeTakeFirstOrThrow()
      assert.equal(Number(stored.bytes), await remoteBytes(app))
      const count = () => network.log.length
      const before = count()
      for (const { url } of [...posts.slice(-3), ...loved]) assert.equal((await get(url)).status, 200)
      assert.equal(count(), before, 'the newest and the bookmarked ones are still here')
      assert.equal((await get(posts[4]?.url)).status, 200)
      assert.equal(count(), before + 1, 'an old one is fetched again')
      disk.free = 1000
      files.set('/full.jpg', { body: pictures[0] as Buffer })
      const { status } = await post({ url: 'https://files.example/full.jpg' })
      const bytes = await remoteBytes(app)
      const look = await get((await shown(status.id)).url)
      assert.deepEqual([look.status, look.headers.get('cache-control')], [200, 'no-store'])
      assert.equal(await remoteBytes(app), bytes, 'a disk that is nearly full keeps no more copies')
      await trimRemoteFiles(app)
      assert.ok((await remoteBytes(app)) < bytes)
      disk.free = 2 ** 40
    })

    test('the picture of a card has a blurhash once somebody looked at it, until the page shows another', async () => {
      files.set('/card.jpg', { body: await noise(300, 7) })
      const url = 'https://news.example/hashed'
      const found = { ...emptyCard(app, url), title: 'News', is_empty: 0 }
      const image_url = 'https://files.example/card.jpg'
      const card = await keepCard(app, { ...found, image_url })
      const hash = async () => (await cardByUrl(app, url))?.blurhash
      assert.equal(await hash(), null)
      const path = proxied(app.domains.all()[0] as HostedDomain, 'cards', card.id, image_url)
      assert.equal((await get(path)).status, 200)
      assert.match(String(await hash()), /^[\w#$%*+,\-.:;=?@[\]^{|}~]{6,120}$/)
      await keepCard(app, { ...found, image_url, title: 'Old news' })
      assert.notEqual(await hash(), null)
      await keepCard(app, { ...found, image_url: 'https://files.example/other.jpg' })
      assert.equal(await hash(), null)
    })
  })
}
