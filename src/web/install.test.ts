import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { shellFiles } from './install.ts'

const MOST_PRECACHED = 250 * 1024

for (const database of databases) {
  describe(`installing the member app (${database})`, () => {
    let w: World
    let bob: Browser
    beforeEach(async () => {
      w = await world({ database })
      bob = openBrowser(w)
    })
    afterEach(() => w.close())

    test('the manifest tells the name of the server, where the app begins, and what can be shared to it', async () => {
      const answer = await bob.get('/manifest.webmanifest')
      assert.equal(answer.headers.get('content-type'), 'application/manifest+json')
      const told = JSON.parse(answer.text)
      assert.deepEqual([told.name, told.start_url, told.scope], ['Here', '/home', '/'])
      assert.ok(told.share_target.params.files[0].accept.includes('image/jpeg'))
      for (const { src } of told.icons)
        assert.equal((await bob.get(src)).headers.get('content-type'), 'image/png')
    })

    test('the service worker names the pieces that stand offline, within their budget, and is asked for each time', async () => {
      const answer = await bob.get('/sw.js')
      assert.equal(answer.headers.get('cache-control'), 'no-cache')
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        /^default-src 'none'; connect-src 'self'$/,
      )
      const [, list = '[]'] = /^self\.hyraxFiles=(\[.*?\]);/.exec(answer.text) ?? []
      assert.deepEqual(JSON.parse(list), shellFiles())
      let bytes = 0
      for (const path of shellFiles()) {
        const file = await w.site.request(`https://here.example${path}`, {
          headers: { Host: 'here.example', 'accept-encoding': 'br' },
        })
        assert.equal(file.status, 200, path)
        bytes += (await file.arrayBuffer()).byteLength
      }
      assert.ok(bytes < MOST_PRECACHED, `${bytes} bytes`)
    })

    test('the shell names the manifest and pages for visitors do not', async () => {
      await bob.enter('bob')
      assert.match((await bob.get('/home')).text, /<link rel="manifest" href="\/manifest.webmanifest">/)
      assert.equal((await bob.get('/home')).headers.get('x-hyrax-shell'), '1')
      assert.doesNotMatch((await openBrowser(w).get('/')).text, /rel="manifest"/)
    })

    test('what is shared before the service worker is there keeps its words', async () => {
      const form = new FormData()
      form.set('title', 'A page')
      form.set('url', 'https://page.example/')
      const answer = await w.site.request('https://here.example/share', {
        method: 'POST',
        headers: { Host: 'here.example' },
        body: form,
      })
      assert.equal(answer.status, 303)
      assert.equal(answer.headers.get('location'), '/share?title=A+page&url=https%3A%2F%2Fpage.example%2F')
    })
  })
}
