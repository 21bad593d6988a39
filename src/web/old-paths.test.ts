import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

for (const database of databases) {
  describe(`addresses of older Mastodons (${database})`, () => {
    let w: World
    let browser: Browser
    let ids: Record<'open' | 'secret', string>
    before(async () => {
      w = await world({ database })
      browser = openBrowser(w)
      const post = async (visibility: string) => {
        const { body } = await w.as('alice').post('/api/v1/statuses', { status: 'a wall', visibility })
        return (body as { id: string }).id
      }
      ids = { open: await post('public'), secret: await post('private') }
    })
    after(() => w.close())

    const leads = async (path: string) => (await browser.get(path)).leadsTo

    test('what stood below /web stands beside it, with its query', async () => {
      assert.equal(await leads('/web'), '/')
      assert.equal(await leads('/web/@alice'), '/@alice')
      assert.equal(await leads('/web/search?q=a%26b'), '/search?q=a%26b')
      assert.equal(await leads('/web/timelines/home'), '/timelines/home')
      assert.equal(await leads('/timelines/home'), '/home')
      assert.equal(await leads('/timelines/tag/wall'), '/tags/wall')
    })

    test('WEB-08 and never leads to another server', async () => {
      for (const path of [
        '/web//evil.example',
        '/web/%2fevil.example',
        '/web/\\evil.example',
        '/web/%5cevil.example',
      ])
        assert.equal((await browser.get(path)).status, 404, path)
      const odd = await leads('/web/@evil.example/..%2f')
      assert.ok(odd === '' || /^\/[^/\\]/.test(odd), odd)
    })

    test('people and posts are found by their numbers, those that may be seen', async () => {
      assert.equal(await leads(`/accounts/${w.cast.alice.id}`), '/@alice')
      assert.equal(await leads(`/accounts/${w.cast.dan.id}`), '/@dan@elsewhere.example')
      assert.equal(await leads(`/statuses/${ids.open}`), `/@alice/${ids.open}`)
      for (const path of [`/statuses/${ids.secret}`, '/statuses/77', '/accounts/77'])
        assert.equal((await browser.get(path)).status, 404, path)
    })

    test('the addresses of documents lead browsers to the pages', async () => {
      const page = await browser.get(`/users/alice/statuses/${ids.open}`)
      assert.equal(page.leadsTo, `/@alice/${ids.open}`)
      assert.equal(await leads('/users/alice'), '/@alice')
      for (const name of ['followers', 'following'])
        assert.equal(await leads(`/users/alice/${name}`), `/@alice/${name}`)
      assert.equal((await browser.get('/users/nobody/followers')).status, 404)
    })

    test('links to follow somebody ask who wants to', async () => {
      const asks = '/authorize_interaction?uri=acct%3Abob%40here.example'
      assert.equal(await leads('/authorize_follow?acct=acct:bob@here.example'), asks)
      const link = 'web+mastodon://follow?uri=acct:bob@here.example'
      assert.equal(await leads(`/intent?uri=${encodeURIComponent(link)}`), asks)
      for (const other of ['', 'https://evil.example/', 'web+mastodon://else?uri=x', 'web+mastodon:'])
        assert.equal((await browser.get(`/intent?uri=${encodeURIComponent(other)}`)).status, 404, other)
    })
  })
}
