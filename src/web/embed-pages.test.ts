import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { blankMedia } from '#media/media.ts'
import type { Status } from '#statuses/entities.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

for (const database of databases) {
  describe(`what others show of a post (${database})`, () => {
    let w: World
    const posts: Record<string, Status> = {}
    before(async () => {
      w = await world({ database })
      const post = async (name: string, status: string, more: object = {}) => {
        w.clock.advance(1000)
        posts[name] = (await w.as('alice').post('/api/v1/statuses', { status, ...more })).body as Status
      }
      await post('open', 'Moss & rain #Moss')
      const other = (await w.as('bob').post('/api/v1/statuses', { status: 'a question' })).body as Status
      await post('reply', 'more of it', { in_reply_to_id: other.id })
      for (const visibility of ['unlisted', 'private', 'direct'])
        await post(visibility, `${visibility} words #moss`, { visibility })
    })
    after(() => w.close())
    const oembed = (url: string, more = '') =>
      w.anyone.get(`/api/oembed?url=${encodeURIComponent(url)}${more}`)

    test('oEmbed answers a frame that shows the post, as wide as asked at most', async () => {
      const { status, body } = await oembed(posts.open?.url as string, '&maxwidth=300&maxheight=200')
      assert.equal(status, 200)
      const told = body as { type: string; html: string; author_name: string; width: number; height: number }
      assert.deepEqual([told.type, told.author_name, told.width, told.height], ['rich', 'alice', 300, 200])
      const address = /src="([^"]+)"/.exec(told.html)?.[1] as string
      const page = await w.anyone.get(new URL(address).pathname)
      assert.equal(page.status, 200)
      assert.match(page.text, /Moss &amp; rain/)
      assert.doesNotMatch(page.text, /<script/)
      assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors \*/)
      assert.equal(page.headers.get('x-frame-options'), null)
      assert.equal((await oembed(posts.open?.uri as string, '&maxwidth=none')).status, 200)
      assert.equal((await oembed(posts.unlisted?.url as string)).status, 200)
    })

    test('PRIV-16 what a stranger may not see is embedded nowhere', async () => {
      for (const name of ['private', 'direct']) {
        const post = posts[name] as Status
        assert.equal((await oembed(post.url as string)).status, 404, name)
        for (const who of [w.anyone, w.as('alice')])
          assert.equal((await who.get(`/@alice/${post.id}/embed`)).status, 404, name)
      }
      for (const url of ['', 'https://here.example/', 'https://elsewhere.example/@dan', 'x'.repeat(3000)])
        assert.equal((await oembed(url)).status, 404, url.slice(0, 40))
      assert.equal((await w.anyone.get('/api/oembed')).status, 404)
      assert.equal((await w.anyone.get(`/@bob/${posts.open?.id}/embed`)).status, 404)
      assert.equal((await w.anyone.get('/@alice/1/embed')).status, 404)
    })

    test('PRIV-16 a film or sound of an open post is played by itself, and nothing else', async () => {
      const { app } = w
      const attach = async (kind: string, name: string) => {
        const id = app.newId()
        const url = 'https://elsewhere.example/media/sound.mp3'
        const place = { id, account_id: w.cast.alice.id, status_id: Number(posts[name]?.id), position: 0 }
        const row = {
          ...blankMedia,
          ...place,
          kind,
          mime: 'audio/mpeg',
          remote_url: url,
          created_at: app.now(),
        }
        await app.inTransaction((tx) => tx.db.insertInto('media').values(row).execute())
        return w.anyone.get(`/media/${id}/player`)
      }
      const page = await attach('audio', 'open')
      assert.equal(page.status, 200)
      assert.match(page.text, /<audio [^>]*src="[^"]*\/media_proxy\/\d+\/original/)
      assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors \*/)
      for (const [kind, name] of [
        ['audio', 'private'],
        ['audio', 'direct'],
        ['image', 'open'],
      ] as const)
        assert.equal((await attach(kind, name)).status, 404, `${kind} ${name}`)
      assert.equal((await w.anyone.get('/media/1/player')).status, 404)
      await app.inTransaction((tx) => tx.db.deleteFrom('media').execute())
    })

    test('PRIV-06 feeds hold what anybody may see: a profile, its answers, files and hashtags, and a hashtag of all', async () => {
      const cases: [string, RegExp[], RegExp[]][] = [
        ['/@alice.rss', [/Moss &amp;amp; rain|Moss &amp; rain/, /unlisted words/], [/more of it/]],
        ['/users/alice.rss', [/unlisted words/], []],
        ['/@alice/with_replies.rss', [/more of it/], []],
        ['/@alice/media.rss', [], [/rain/]],
        ['/@alice/tagged/Moss.rss', [/rain/, /unlisted words/], [/more of it/]],
        ['/@alice/tagged/none.rss', [], [/rain/]],
        ['/tags/moss.rss', [/rain/, /<title>#Moss<\/title>/], [/unlisted words/]],
        ['/tags/moss.rss?local=true', [/rain/], [/unlisted words/]],
        ['/tags/unused.rss', [/<rss/], [/<item>/]],
      ]
      for (const [path, there, absent] of cases) {
        for (const who of [w.anyone, w.as('bob')]) {
          const { status, text, headers } = await who.get(path)
          assert.equal(status, 200, path)
          assert.match(headers.get('content-type') ?? '', /rss\+xml/)
          for (const wanted of there) assert.match(text, wanted, path)
          for (const unwanted of [...absent, /private words/, /direct words/])
            assert.doesNotMatch(text, unwanted, path)
        }
      }
      assert.equal((await w.anyone.get('/@alice.rss?limit=1')).text.split('<item>').length, 2)
      assert.equal((await w.anyone.get('/@nobody.rss')).status, 404)
      assert.equal((await w.anyone.get('/@nobody/media.rss')).status, 404)
    })

    test('the addresses that browsers look for lead on', async () => {
      const leads = async (path: string) => {
        const { status, headers } = await w.anyone.get(path)
        return [status, headers.get('location')]
      }
      assert.deepEqual(await leads('/.well-known/change-password'), [302, '/settings/account'])
      assert.deepEqual(await leads('/.well-known/proxy?uri=web%2Bap://x'), [
        302,
        '/authorize_interaction?uri=web%2Bap://x',
      ])
      assert.equal((await w.anyone.get('/privacy-policy')).status, 404)
    })
  })
}
