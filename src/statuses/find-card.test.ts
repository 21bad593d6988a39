import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'

const PAGE = `<!doctype html><html lang="en-GB"><head><title>Fallback</title>
  <meta property="og:title" content="Four kilos &amp; a trunk"><meta property="og:description" content="On hyraxes.">
  <meta property="og:site_name" content="Zoo News"><meta property="og:image" content="/hyrax.jpg">
  <meta property="og:image:alt" content="A hyrax"><meta name="fediverse:creator" content="@carol@here.example">
  <script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"C. Rol","url":"https://zoo.example/c"},
  "datePublished":"2026-05-01T10:00:00Z"}</script></head><body>x</body></html>`

for (const database of databases) {
  describe(`preview cards (${database})`, () => {
    let w: World
    let network: Network
    beforeEach(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
      serve('zoo.example', PAGE)
    })
    afterEach(() => w.close())

    const serve = (host: string, body: string, type = 'text/html; charset=utf-8', status = 200) =>
      network.host(host, async () => ({ status, headers: { 'content-type': type }, body: Buffer.from(body) }))
    const post = async (status: string, more: Record<string, unknown> = {}) => {
      w.clock.advance(1000)
      const { body } = await w.as('bob').post('/api/v1/statuses', { status, visibility: 'public', ...more })
      await w.settle()
      return (await w.as('bob').get(`/api/v1/statuses/${(body as Status).id}`)).body as Status
    }

    test('a page is shown by what it says of itself, with its picture from our own address', async () => {
      const { card } = await post('look: https://zoo.example/kilos#part and https://other.example/')
      assert.equal(card?.url, 'https://zoo.example/kilos')
      const { title, description, provider_name, language, type, image_description } = card
      assert.deepEqual(
        { title, description, provider_name, language, type, image_description },
        {
          title: 'Four kilos & a trunk',
          description: 'On hyraxes.',
          provider_name: 'Zoo News',
          language: 'en',
          type: 'link',
          image_description: 'A hyrax',
        },
      )
      assert.deepEqual(card.authors, [{ name: 'C. Rol', url: 'https://zoo.example/c', account: null }])
      assert.match(card.image ?? '', /^https:\/\/here\.example\/media_proxy\/cards\/\d+\/[\w-]{12}$/)
      assert.equal(card.published_at, '2026-05-01T10:00:00.000Z')
    })

    test('an author is named with their account only if it names the page’s domain as its own', async () => {
      await w
        .as('carol')
        .patch('/api/v1/accounts/update_credentials', { attribution_domains: ['zoo.example'] })
      const { card } = await post('look: https://zoo.example/kilos')
      assert.equal(card?.authors[0]?.account?.username, 'carol')
    })

    test('LOOP-08 a page is asked once for all who link to it, and again after a fortnight', async () => {
      await post('one https://zoo.example/kilos')
      const second = await post('two https://zoo.example/kilos')
      assert.ok(second.card)
      assert.equal(network.log.length, 1)
      w.clock.advance(15 * 86_400_000)
      await post('three https://zoo.example/kilos')
      assert.equal(network.log.length, 2)
    })

    test('mentions, hashtags, our own pages and plain words are no links', async () => {
      const none = await post('@carol #zoo https://here.example/@carol nothing')
      assert.equal(none.card, null)
      assert.deepEqual(network.log, [])
    })

    test('PAR-01 SSRF-01 what is no page, breaks off, or is not to be asked gives no card and no fault', async () => {
      serve('bin.example', 'MZ', 'application/octet-stream')
      serve('bare.example', '<p>no title')
      serve('lost.example', PAGE, 'text/html', 404)
      serve(
        'json.example',
        '<script type="application/ld+json">{"@type":"Article",,}</script><title>Broken JSON</title>',
      )
      for (const host of ['bin', 'bare', 'lost', 'gone'])
        assert.equal((await post(`https://${host}.example/`)).card, null, host)
      assert.equal((await post('https://json.example/')).card?.title, 'Broken JSON')
      const asked = network.log.length
      await post('again https://bin.example/')
      assert.equal(network.log.length, asked)
    })

    test('an edit that changes the link changes the card', async () => {
      serve('second.example', '<title>Second</title>')
      const { id } = await post('https://zoo.example/kilos')
      await w.as('bob').put(`/api/v1/statuses/${id}`, { status: 'now https://second.example/' })
      await w.settle()
      const edited = (await w.as('bob').get(`/api/v1/statuses/${id}`)).body as Status
      assert.equal(edited.card?.title, 'Second')
      await w.as('bob').put(`/api/v1/statuses/${id}`, { status: 'no link' })
      await w.settle()
      assert.equal(((await w.as('bob').get(`/api/v1/statuses/${id}`)).body as Status).card, null)
    })

    test('XSS-07 a film is shown in a sandboxed frame of its own page, and nothing else of what its server sent', async () => {
      const frame =
        '<script>bad()</script><iframe src="https://player.vimeo.com/embed/1?a=1&amp;b=2" onload="x()"></iframe>'
      const oEmbed = { type: 'video', html: frame, width: 640, height: 360, author_name: 'Tuber' }
      network.host('tube.example', async ({ url }) => ({
        status: 200,
        headers: { 'content-type': url.pathname === '/oembed' ? 'application/json' : 'text/html' },
        body: Buffer.from(
          url.pathname === '/oembed'
            ? JSON.stringify(oEmbed)
            : '<title>Film</title><link rel="alternate" type="application/json+oembed" href="/oembed">',
        ),
      }))
      const { card } = await post('https://tube.example/1')
      assert.equal(card?.type, 'video')
      assert.equal(card.embed_url, 'https://player.vimeo.com/embed/1?a=1&b=2')
      assert.match(
        card.html,
        /^<iframe src="https:\/\/player\.vimeo\.com\/embed\/1\?a=1&amp;b=2" width="640" [^>]*sandbox=/,
      )
      assert.doesNotMatch(card.html, /script>|onload/)
      assert.equal(card.author_name, 'Tuber')
      oEmbed.html = frame.replace('player.vimeo.com', 'evil.example')
      const { card: other } = await post('https://tube.example/2')
      assert.deepEqual([other?.type, other?.html, other?.embed_url], ['link', '', ''])
    })
  })
}
