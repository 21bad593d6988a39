import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { CustomEmoji } from '#accounts/emojis.ts'
import type { Status } from '#statuses/entities.ts'
import { runIn } from '../../test/command-line.ts'
import { plain } from '../../test/pictures.ts'
import { databases, world } from '../../test/world.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-keeping-'))
after(() => rmSync(home, { recursive: true, force: true }))
const fileWith = (name: string, content: string | Uint8Array) => {
  const file = join(home, name)
  writeFileSync(file, content)
  return file
}

for (const database of databases) {
  describe(`keeping a server from the command line (${database})`, () => {
    test('custom emojis are added, shown in texts and in the picker, replaced and removed', async () => {
      const w = await world({ database, settings: { HYRAX_DATA: home } })
      const file = fileWith('blobcat.png', await plain(32, 32).png().toBuffer())
      const moving = fileWith('moving.gif', await plain(16, 16).gif().toBuffer())
      assert.match((await runIn(w, 'emojis', 'list')).out, /none/)
      assert.match((await runIn(w, 'emojis', 'add', file, '--category', 'Cats')).out, /:blobcat: is there/)
      assert.equal((await runIn(w, 'emojis', 'add', moving, 'wave')).code, 0)
      const emojis = (await w.anyone.get('/api/v1/custom_emojis')).body as CustomEmoji[]
      assert.deepEqual(
        emojis.map((each) => [each.shortcode, each.category, each.visible_in_picker]),
        [
          ['blobcat', 'Cats', true],
          ['wave', null, true],
        ],
      )
      const [cat, wave] = emojis as [CustomEmoji, CustomEmoji]
      assert.equal(cat.url, cat.static_url)
      assert.match(wave.url, /\.gif$/)
      assert.doesNotMatch(wave.static_url, /\.gif$/)
      const picture = await w.anyone.get(new URL(wave.url).pathname)
      assert.equal(picture.headers.get('content-type'), 'image/gif')
      const post = await w.as('alice').post('/api/v1/statuses', { status: 'look :blobcat:' })
      assert.deepEqual(
        (post.body as Status).emojis.map((each) => each.url),
        [cat.url],
      )
      assert.equal((await runIn(w, 'emojis', 'add', file)).code, 0)
      await w.settle()
      assert.equal((await w.anyone.get(new URL(cat.url).pathname)).status, 404, 'replaced')
      for (const line of [
        [file, 'a'],
        [file, 'not-ok'],
        [fileWith('page.png', '<html>'), 'page'],
        [fileWith('large.png', new Uint8Array(300_000)), 'large'],
        [fileWith('cut.png', (await plain(32, 32).png().toBuffer()).subarray(0, 60)), 'cut'],
        [join(home, 'absent'), 'absent'],
      ])
        assert.notEqual((await runIn(w, 'emojis', 'add', ...(line as string[]))).code, 0, String(line[1]))
      assert.equal((await runIn(w, 'emojis', 'remove', ':wave:')).code, 0)
      assert.equal((await runIn(w, 'emojis', 'remove', 'wave')).code, 1)
      await w.close()
    })

    test('texts and rules are written, and the search index is watched and built anew', async () => {
      const w = await world({ database })
      const file = fileWith('policy.md', 'We keep *little*.')
      assert.match((await runIn(w, 'site', 'text', 'privacy-policy')).out, /Nobody wrote it/)
      assert.equal((await runIn(w, 'site', 'text', 'privacy-policy', file)).code, 0)
      const line = ['site', 'text', 'terms-of-service', file, '--effective']
      assert.equal((await runIn(w, ...line, '2026-02-01')).code, 0)
      assert.equal((await runIn(w, ...line, 'soon')).code, 2)
      assert.equal((await runIn(w, 'site', 'text', 'poem', file)).code, 2)
      const terms = (await w.anyone.get('/api/v1/instance/terms_of_service')).body
      assert.equal((terms as { effective_date: string }).effective_date, '2026-02-01')
      for (const path of ['/privacy-policy', '/terms-of-service', '/terms-of-service/2026-02-01'])
        assert.match((await w.anyone.get(path)).text, /<em>little<\/em>/, path)
      assert.equal((await w.anyone.get('/terms-of-service/2020-01-01')).status, 404)

      const number = /\d+/.exec(
        (await runIn(w, 'rules', 'add', 'Be kind', '--hint', 'Always')).out,
      )?.[0] as string
      assert.equal((await runIn(w, 'rules', 'translate', number, 'de', 'Sei nett')).code, 0)
      assert.equal((await runIn(w, 'rules', 'translate', number, 'klingon!', 'Qapla')).code, 1)
      const [rule] = (await w.anyone.get('/api/v1/instance/rules')).body as { translations: object }[]
      assert.deepEqual(rule?.translations, { de: { text: 'Sei nett', hint: '' } })
      assert.match((await runIn(w, 'rules', 'list')).out, /Be kind +de/)
      assert.equal((await runIn(w, 'rules', 'remove', number)).code, 0)
      assert.equal((await runIn(w, 'rules', 'remove', number)).code, 1)

      assert.match((await runIn(w, 'search', 'status')).out, /not begun/)
      assert.equal((await runIn(w, 'search', 'reindex')).code, 0)
      assert.match((await runIn(w, 'search', 'status')).out, /being built: accounts/)
      assert.match((await runIn(w, 'search', 'reindex', '--now')).out, /statuses: done/)
      assert.match((await runIn(w, 'search', 'status')).out, /is built/)
      await w.close()
    })
  })
}
