import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { fromBufferPromise } from 'yauzl'
import { pruneArchives } from '#accounts/archives.ts'
import type { Browser } from '../../../test/browser.ts'
import { openBrowser } from '../../../test/browser.ts'
import { plain } from '../../../test/pictures.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const WEEK = 7 * 86_400_000
type Activity = { type: string; object: string | { content: string } }

for (const database of databases) {
  describe(`taking along what is one's own (${database})`, () => {
    let w: World
    let bob: Browser
    beforeEach(async () => {
      w = await world({ database })
      bob = openBrowser(w)
      await bob.enter('bob')
    })
    afterEach(() => w.close())

    const table = async (kind: string) => (await bob.get(`/settings/exports/${kind}.csv`)).text
    const download = async (path: string, who: Browser) => {
      const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { Host: 'here.example', Cookie: cookie }
      return w.site.request(`https://here.example${path}`, { headers })
    }

    test('AZ-19 tables are what Mastodon reads, and hold no formulas', async () => {
      const as = w.as('bob')
      await w.app.inTransaction((tx) =>
        tx.db
          .insertInto('follow')
          .values({
            id: tx.newId(),
            account_id: w.cast.bob.id,
            target_id: w.cast.dan.id,
            uri: 'x',
            show_reblogs: 0,
            notify: 1,
            languages: '["de","en"]',
            created_at: tx.now(),
          })
          .execute(),
      )
      const { body: list } = await as.post('/api/v1/lists', { title: '=SUM(A1)' })
      await as.post(`/api/v1/lists/${(list as { id: string }).id}/accounts`, {
        account_ids: [w.cast.alice.id],
      })
      await as.post(`/api/v1/accounts/${w.cast.mallory.id}/block`)
      await as.post(`/api/v1/accounts/${w.cast.carol.id}/mute`, { notifications: false })
      await as.post('/api/v1/domain_blocks', { domain: 'bad.example' })
      const { body: status } = await as.post('/api/v1/statuses', { status: 'keep' })
      const { id, uri } = status as { id: string; uri: string }
      await as.post(`/api/v1/statuses/${id}/bookmark`)
      assert.equal(
        await table('follows'),
        'Account address,Show boosts,Notify on new posts,Languages\r\nalice@here.example,true,false,\r\n' +
          `dan@${w.cast.dan.host},false,true,"de, en"\r\n`,
      )
      assert.equal(await table('lists'), `"'=SUM(A1)",alice@here.example\r\n`)
      assert.equal(await table('blocks'), 'Account address\r\nmallory@here.example\r\n')
      assert.equal(await table('mutes'), 'Account address,Hide notifications\r\ncarol@here.example,false\r\n')
      assert.equal(await table('domain_blocks'), 'bad.example\r\n')
      assert.equal(await table('bookmarks'), `${uri}\r\n`)
      assert.equal((await openBrowser(w).get('/settings/exports/follows.csv')).status, 401)
    })

    test('an archive holds the profile, all that was written, what was liked, and the files', async () => {
      const form = new FormData()
      const picture = await plain(40, 40, '#00ff00').png().toBuffer()
      form.set('file', new File([new Uint8Array(picture)], 'a.png', { type: 'image/png' }))
      const media = (await w.as('bob').post('/api/v2/media', form)).body as { id: string }
      await w.settle()
      await w.as('bob').post('/api/v1/statuses', { status: 'for all', media_ids: [media.id] })
      await w.as('bob').post('/api/v1/statuses', { status: 'for few', visibility: 'private' })
      const { body: liked } = await w.as('alice').post('/api/v1/statuses', { status: 'good' })
      const { id, uri } = liked as { id: string; uri: string }
      await w.as('bob').post(`/api/v1/statuses/${id}/favourite`)
      await w.as('bob').post(`/api/v1/statuses/${id}/reblog`)
      const page = await bob.get('/settings/export')
      assert.equal((await bob.submit(page, '/settings/export')).status, 200)
      await w.settle()
      const path =
        /href="(\/backups\/\d+\/download)"/.exec((await bob.get('/settings/export')).text)?.[1] ?? ''
      const answer = await download(path, bob)
      assert.equal(answer.status, 200)
      assert.match(answer.headers.get('content-disposition') ?? '', /archive-bob\.zip/)
      const files = new Map<string, string>()
      const zip = await fromBufferPromise(Buffer.from(await answer.arrayBuffer()), { lazyEntries: true })
      for await (const entry of zip.eachEntry())
        files.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)))
      const outbox = JSON.parse(files.get('outbox.json') ?? '') as {
        totalItems: number
        orderedItems: Activity[]
      }
      assert.equal(outbox.totalItems, 3)
      assert.deepEqual(
        outbox.orderedItems.map(({ type, object }) => [
          type,
          typeof object === 'string' ? object : object.content,
        ]),
        [
          ['Create', '<p>for all</p>'],
          ['Create', '<p>for few</p>'],
          ['Announce', uri],
        ],
      )
      assert.deepEqual(JSON.parse(files.get('likes.json') ?? '').orderedItems, [uri])
      assert.equal(JSON.parse(files.get('actor.json') ?? '').preferredUsername, 'bob')
      assert.ok([...files.keys()].some((name) => name.startsWith('media_attachments/files/')))
    })

    test('PRIV-28 AZ-11 an archive is its owner’s alone, comes once a week, and goes after one', async () => {
      const page = await bob.get('/settings/export')
      await bob.submit(page, '/settings/export')
      await w.settle()
      const path =
        /href="(\/backups\/\d+\/download)"/.exec((await bob.get('/settings/export')).text)?.[1] ?? ''
      const carol = openBrowser(w)
      await carol.enter('carol')
      assert.equal((await download(path, carol)).status, 404)
      assert.equal((await download(path, openBrowser(w))).status, 401)
      assert.equal((await download('/backups/1/download', bob)).status, 404)
      const again = await bob.submit(page, '/settings/export')
      assert.equal(again.status, 429)
      assert.match(again.text, /once a week/)
      w.clock.advance(WEEK + 1000)
      await pruneArchives(w.app)
      assert.equal((await download(path, bob)).status, 404)
      assert.match((await bob.get('/settings/export')).text, /Make an archive/)
    })
  })
}
