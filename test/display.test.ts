import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import { assertSafe, attacks } from './html-grammar.ts'
import type { Network } from './network.ts'
import { openNetwork } from './network.ts'
import type { Stranger } from './stranger.ts'
import { serveDocuments, stranger } from './stranger.ts'
import type { World } from './world.ts'
import { databases, world } from './world.ts'

/** What one meets in normalised Unicode and in Markdown besides (XSS-18, XSS-19). */
const typed = [
  ...attacks,
  '＜script＞alert(1)＜/script＞',
  '﹤img src=x onerror=alert(1)﹥',
  '[x](javascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '![x](https://evil.example/tracker.png)',
  '<javascript:alert(1)>',
  '`</code><script>alert(1)</script>`',
  '```html\n</code></pre><script>alert(1)</script>\n```',
  '[a]: javascript:alert(1)\n\n[x][a]',
  '#"><script>alert(1)</script> @alice"><script>alert(1)</script>',
  'https://evil.example/"onmouseover="alert(1)',
]

/** Names of fields that hold HTML, wherever they stand. */
const HTML = new Set(['content', 'note', 'value', 'formatted_note'])
/** Objects in which those names hold what was typed. */
const TYPED = new Set(['source', 'params', 'meta'])

/** Where somebody reads back what they typed themselves. */
const isTyped = (path: string) => path.endsWith('/source') || path === '/api/v1/profile'

function checkEvery(value: unknown, where: string): number {
  if (typeof value !== 'object' || value === null) return 0
  let found = 0
  for (const [name, part] of Object.entries(value)) {
    if (TYPED.has(name)) continue
    if (HTML.has(name) && typeof part === 'string') {
      assertSafe(part, `${where} ${name}: ${part}`)
      found++
    } else found += checkEvery(part, `${where} ${name}`)
  }
  return found
}

for (const database of databases) {
  describe(`what readers are shown (${database})`, () => {
    let w: World
    let network: Network
    let mal: Stranger
    let malId: string
    const statuses: string[] = []

    before(async () => {
      network = openNetwork()
      const documents = new Map<string, Record<string, unknown>>()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test'])
      mal = stranger(documents, 'e.test', 'mal')
      const fields = attacks.slice(0, 10).map((value) => ({ type: 'PropertyValue', name: value, value }))
      const actor = documents.get(mal.uri)
      documents.set(mal.uri, { ...actor, name: attacks[0], summary: attacks.join(''), attachment: fields })
      malId = String((await w.app.fediverse.findAccount(mal.uri))?.id)
      await w.as('bob').post(`/api/v1/accounts/${malId}/follow`)
      await w.settle()
      const { uri } = await w.app.db.selectFrom('follow_request').select('uri').executeTakeFirstOrThrow()
      await mal.send(w, mal.activity('Accept', uri))
      for (const [n, content] of attacks.entries()) {
        const more = { content, summary: content, id: `${mal.uri}/notes/${n}`, name: content }
        assert.equal(await mal.send(w, mal.activity('Create', mal.note(`note ${n}`, more))), 202)
      }
      for (const status of typed)
        for (const content_type of ['text/plain', 'text/markdown']) {
          const { body } = await w
            .as('bob')
            .post('/api/v1/statuses', { status, content_type, visibility: 'public' })
          const { id } = body as { id?: string }
          if (id) statuses.push(id)
        }
      const fields_attributes = typed.slice(-4).map((value) => ({ name: value.slice(0, 30), value }))
      const profile = {
        note: typed.slice(-8).join('\n').slice(0, 500),
        display_name: '<b>bob</b>',
        fields_attributes,
      }
      assert.equal((await w.as('bob').patch('/api/v1/accounts/update_credentials', profile)).status, 200)
      await w.settle()
    })
    after(() => w.close())

    test('XSS-01 XSS-02 XSS-04 XSS-11 XSS-14 XSS-15 XSS-18 XSS-19 XSS-20 is markup of the few kinds that apps know', async () => {
      let found = 0
      const bobs = String(w.cast.bob.id)
      for (const endpoint of endpoints) {
        const { method, path } = routeOf(endpoint)
        if (method !== 'GET' || path.includes('/streaming') || isTyped(path)) continue
        let ids = [bobs, malId]
        if (path.includes('/statuses/:id')) ids = statuses
        for (const id of path.includes(':') ? ids : ['']) {
          const to = path.replace(/:[^/]+/, id)
          if (to.includes(':')) continue
          const { body } = await w.as('bob').get(`${to}?limit=80`)
          found += checkEvery(body, to)
        }
      }
      assert.ok(found > statuses.length, `${found}`)
      const { body } = await w.as('bob').get(`/api/v1/accounts/${malId}/statuses?limit=40`)
      assert.equal((body as unknown[]).length, Math.min(40, attacks.length))
    })

    test('XSS-12 XSS-14 and pages of it hold no script, no handler and no picture from elsewhere', async () => {
      for (const path of ['/@bob', '/', '/@bob.rss', ...statuses.map((id) => `/@bob/${id}`)]) {
        const { status, text } = await w.anyone.get(path, { Accept: 'text/html' })
        assert.equal(status, 200, path)
        assert.doesNotMatch(text, /<script(?! src="\/assets\/| type="application\/ld\+json">)/, path)
        assert.doesNotMatch(text.replace(/"[^"]*"/g, '""'), /<[^>]* on[a-z]+\s*=/i, path)
        assert.doesNotMatch(text, /<img[^>]+src="https:\/\/evil/, path)
      }
    })
  })
}
