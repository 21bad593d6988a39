import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { signUp } from '#auth/sign-up.ts'
import { saveSite } from '#instance/site.ts'
import type { Status } from '#statuses/entities.ts'
import { suspendAccount } from '../../test/people.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const html = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const activity = { Accept: 'application/activity+json' }

for (const database of databases) {
  describe(`pages for everybody (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const page = (path: string) => w.anyone.get(path, html)
    const post = async (who: 'alice' | 'bob' | 'carol', fields: Record<string, unknown>) => {
      const answer = await w.as(who).post('/api/v1/statuses', fields)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }

    test('a profile shows its public posts, in any case of the name', async () => {
      await post('alice', { status: 'seen by all' })
      await post('alice', { status: 'quietly seen', visibility: 'unlisted' })
      for (const path of ['/@alice', '/@ALICE', '/@alice@here.example']) {
        const { status, text } = await page(path)
        assert.equal(status, 200)
        assert.match(text, /seen by all/)
        assert.match(text, /quietly seen/)
        assert.match(text, /<meta property="og:type" content="profile">/)
        assert.match(text, /type="application\/rss\+xml"/)
      }
    })

    test('answers stand on the second tab, pictures alone on the third', async () => {
      const parent = await post('bob', { status: 'a question' })
      await post('alice', { status: 'my answer to it', in_reply_to_id: parent.id })
      assert.doesNotMatch((await page('/@alice')).text, /my answer to it/)
      assert.match((await page('/@alice/with_replies')).text, /my answer to it/)
      assert.doesNotMatch((await page('/@alice/media')).text, /seen by all/)
    })

    test('PRIV-03, PRIV-06 nothing private is on any page or feed, whoever wrote it', async () => {
      const open = await post('alice', { status: 'the open root #hollow' })
      const secret = { in_reply_to_id: open.id, status: 'hush #hollow @alice' }
      await post('bob', { ...secret, visibility: 'private' })
      await post('bob', { ...secret, visibility: 'direct' })
      await post('alice', { status: 'hush alone #hollow', visibility: 'private' })
      const paths = [`/@alice/${open.id}`, '/', '/@alice', '/@bob/with_replies', '/@alice.rss', '/@bob.rss']
      for (const path of [...paths, '/tags/hollow', '/@alice/with_replies']) {
        const { status, text } = await page(path)
        assert.equal(status, 200, path)
        assert.doesNotMatch(text, /hush/, path)
      }
    })

    test('PRIV-16 a private post has no page, no preview and no document', async () => {
      for (const visibility of ['private', 'direct']) {
        const status = await post('alice', { status: 'for few', visibility })
        for (const accept of [html, activity]) {
          const answer = await w.anyone.get(`/@alice/${status.id}`, accept)
          assert.equal(answer.status, 404)
          assert.doesNotMatch(answer.text, /for few/)
        }
        assert.equal((await page(`/@alice/${status.id}`)).text, (await page('/@alice/12345')).text)
      }
    })

    test('a post stands under its author’s name alone, with its thread', async () => {
      const root = await post('alice', { status: 'the first word' })
      const answer = await post('bob', { status: 'the second word', in_reply_to_id: root.id })
      const { text } = await page(`/@bob/${answer.id}`)
      assert.match(text, /the first word/)
      assert.match(text, /the second word/)
      assert.match(text, /<meta property="og:type" content="article">/)
      assert.equal((await page(`/@alice/${answer.id}`)).status, 404)
      assert.equal((await page('/@alice/99999999999999999999')).status, 404)
    })

    test('a post shows what it quotes within, or a sentence that says why not; the feed leads there', async () => {
      const one = await post('alice', { status: 'the quoted words' })
      const two = await post('bob', { status: 'the quoting words', quoted_status_id: one.id })
      const quoting = `/@bob/${two.id}`
      assert.match((await page(quoting)).text, /<article class="quote[^>]*>.*the quoted words/s)
      assert.match((await page('/@bob.rss')).text, new RegExp(`RE: &lt;a href=&quot;${one.url}&quot;`))
      const other = await post('alice', { status: 'on', quoted_status_id: two.id })
      const { text } = await page(`/@alice/${other.id}`)
      assert.match(text, /the quoting words/)
      assert.doesNotMatch(text, /the quoted words/)
      assert.match(text, /Quotes another post/)
      await w.as('alice').post(`/api/v1/statuses/${one.id}/quotes/${two.id}/revoke`)
      const after = (await page(quoting)).text
      assert.doesNotMatch(after, /the quoted words/)
      assert.match(after, /took their post back from here/)
      assert.doesNotMatch((await page('/@bob.rss')).text, /RE:/)
    })

    test('what was deleted is gone for good, what never was is not found', async () => {
      const status = await post('bob', { status: 'soon gone' })
      assert.equal((await page(`/@bob/${status.id}`)).status, 200)
      await w.as('bob').delete(`/api/v1/statuses/${status.id}`)
      await w.settle()
      assert.equal((await page(`/@bob/${status.id}`)).status, 410)
      assert.equal((await page('/@bob/1')).status, 404)
      assert.equal((await page('/@nobody')).status, 404)
      assert.equal((await page('/nothing/here')).status, 404)
    })

    test('a tag lists the public posts that carry it, however it is spelt', async () => {
      await post('bob', { status: 'found #Straße' })
      await post('bob', { status: 'kept out #strasse', visibility: 'unlisted' })
      for (const path of ['/tags/strasse', '/tags/Stra%C3%9Fe', '/tags/STRASSE']) {
        const { status, text } = await page(path)
        assert.equal(status, 200, path)
        assert.match(text, /found/, path)
        assert.doesNotMatch(text, /kept out/)
      }
      assert.equal((await page('/tags/nobodysaid')).status, 200)
    })

    test('odd spellings of a tag are no failures of ours', async () => {
      for (const path of ['/tags/100%25', '/tags/%25E0', '/tags/%E0%A4%A', '/tags/%F0%9F%92%A9', '/tags/-']) {
        assert.ok([200, 404].includes((await page(path)).status), path)
      }
    })

    test('the feed is RSS of what is open', async () => {
      const answer = await w.anyone.get('/@alice.rss')
      assert.equal(answer.status, 200)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/rss\+xml/)
      assert.match(answer.text, /seen by all/)
      assert.equal((await w.anyone.get('/@dan@elsewhere.example.rss')).status, 404)
      assert.equal((await w.anyone.get('/@nobody.rss')).status, 404)
    })

    test('the server’s own actor has no profile', async () => {
      assert.equal((await page('/@here.example')).status, 404)
    })

    test('WEB-08 people of other servers have no page here, only a way to theirs', async () => {
      const { status, headers, text } = await page('/@dan@elsewhere.example')
      assert.equal(status, 200)
      assert.equal(headers.get('location'), null)
      assert.match(text, /href="https:\/\/elsewhere\.example\/@dan" rel="nofollow noopener noreferrer"/)
      assert.match(text, /<meta name="robots" content="noindex">/)
    })

    test('one address, two readers: a browser gets the page, a server the document', async () => {
      const status = await post('alice', { status: 'read by both' })
      for (const path of ['/@alice', `/@alice/${status.id}`]) {
        const shown = await page(path)
        assert.match(shown.headers.get('content-type') ?? '', /^text\/html/)
        assert.match(shown.headers.get('vary') ?? '', /Accept/)
        assert.match(shown.headers.get('link') ?? '', /rel="alternate"; type="application\/activity\+json"/)
        const read = await w.anyone.get(path, activity)
        assert.match(read.headers.get('content-type') ?? '', /^application\/activity\+json/)
        assert.match(read.headers.get('vary') ?? '', /Accept/)
        assert.ok((read.body as { id: string }).id.startsWith('https://here.example/ap/users/'))
      }
    })

    test('who waits to be let in is nobody yet', async () => {
      const [domain] = w.app.domains.all()
      assert.ok(domain)
      await saveSite(w.app, domain.id, { registrations: 'approved' })
      await signUp(w.app, domain, { username: 'waiting', password: 'long enough', agreement: true })
      for (const path of ['/@waiting', '/@waiting.rss', '/@waiting/media'])
        for (const accept of [html, activity])
          assert.equal((await w.anyone.get(path, accept)).status, 404, path)
      await saveSite(w.app, domain.id, { registrations: 'open' })
    })

    test('a suspended account has no pages, nor have its posts', async () => {
      const status = await post('carol', { status: 'once said', visibility: 'public' })
      assert.equal((await page(`/@carol/${status.id}`)).status, 200)
      await suspendAccount(w.app, w.cast.carol.id)
      for (const path of ['/@carol', `/@carol/${status.id}`, '/@carol.rss', '/@carol/with_replies']) {
        const answer = await page(path)
        assert.equal(answer.status, 410, path)
        assert.doesNotMatch(answer.text, /once said/)
      }
    })

    test('XSS-09, XSS-21 what comes in an address or a name is shown as text', async () => {
      const marker = '<b id=x>'
      await w.as('bob').patch('/api/v1/accounts/update_credentials', {
        display_name: `</title></script>${marker}`,
      })
      await post('bob', { status: `${marker} <script>alert(1)</script>`, spoiler_text: `${marker}` })
      const asked = encodeURIComponent(`"><script>${marker}`)
      const paths = ['/@bob', '/@bob.rss', `/tags/${asked}`, `/${asked}`, `/nowhere?q=${asked}`]
      for (const path of [...paths, `/@bob?max_id=${asked}`, `/setup?code=${asked}`]) {
        const { text } = await page(path)
        assert.doesNotMatch(text, /<b id=x>|<script>|javascript:/, path)
      }
    })

    test('front and about say what the server is', async () => {
      assert.match((await page('/')).text, /Here/)
      const about = await page('/about')
      assert.equal(about.status, 200)
      assert.match(about.text, /Hyrax/)
    })

    test('a server for one person shows them at the front', async () => {
      const [domain] = w.app.domains.all()
      await saveSite(w.app, domain?.id ?? 0, { single_user: true, contact_account_id: w.cast.alice.id })
      assert.match((await page('/')).text, /seen by all/)
      assert.match((await page('/')).text, /og:type" content="profile"/)
      await saveSite(w.app, domain?.id ?? 0, { single_user: false })
    })
  })
}
