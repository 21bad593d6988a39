import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import { indexTodo } from '../src/search/index-todo.ts'
import type { Belongings } from './belongings.ts'
import { belongingsOf, everythingOf } from './belongings.ts'
import { openBrowser } from './browser.ts'
import { ask, thingOf } from './routes.ts'
import type { World } from './world.ts'
import { databases, world } from './world.ts'

const queries = [
  ...['"', '""', '"""', "'", "''", '"open', 'open"', '(', ')', '((', 'a AND', 'AND', 'OR OR', 'NOT', 'NOT a'],
  ...[
    'NEAR(a b, 3)',
    'a NEAR b',
    'a*',
    '*',
    '*a',
    '^a',
    '{a b}: c',
    'text: a',
    'rowid: 1',
    'col:',
    ': a',
    '-',
  ],
  ...[
    '--',
    '---a',
    '-"',
    '-from:',
    'from:',
    'from:@',
    'from:me',
    'has:',
    'has:everything',
    'is:',
    'in:nowhere',
  ],
  ...['before:', 'before:never', 'after:0000-00-00', 'during:99999-99-99', 'before:2026-02-30 -after:x'],
  ...[
    'language:',
    'language:xx-yy-zz',
    'a | b & !c',
    'a:*b',
    'a <-> b',
    ':*',
    "a' OR 1=1 --",
    '; drop table status',
  ],
  ...[
    '%',
    '_',
    '\\',
    '\\\\"',
    '\u0000a',
    '\ud800',
    '\u202e',
    '🤷🏽‍♂️',
    '東',
    '東京',
    'ا',
    '#',
    '#-',
    '@',
    '@@',
    '@a@b@c',
  ],
  ...[
    'https://',
    'https://[',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '$1',
    '?1',
    ':x',
  ],
  'a'.repeat(10_000),
  'word '.repeat(5_000),
  '"'.repeat(2_001),
  '-from:alice '.repeat(500),
  '('.repeat(1_000),
]

for (const database of databases) {
  describe(`what is sent to break the server (${database})`, () => {
    let w: World
    let bobs: Belongings
    before(async () => {
      w = await world({ database })
      bobs = await belongingsOf(w, 'bob')
      await indexTodo(w.app)
    })
    after(() => w.close())

    test('PAR-19 hostile search syntax finds nothing or is refused, and tells nothing of the database', async () => {
      for (const q of queries)
        for (const type of ['', '&type=statuses', '&type=accounts', '&type=hashtags']) {
          const path = `/api/v2/search?resolve=true&q=${encodeURIComponent(q.toWellFormed())}${type}`
          const { status, text } = await w.as('bob').get(path)
          assert.ok([200, 400, 422].includes(status), `${q.slice(0, 40)}${type}: ${status} ${text}`)
          assert.doesNotMatch(text, /sql|fts5|tsquery|syntax error|malformed MATCH/i)
        }
    })

    test('PAR-11 PAR-29 too much of anything is refused, and nothing of it is kept', async () => {
      const bob = w.as('bob')
      const atFirst = await everythingOf(bob, bobs)
      const many = (one: (n: number) => string) => Array.from({ length: 10_000 }, (_, n) => one(n))
      const words = many((n) => `word${n}`)
      const context = ['home']
      const rows = words.map((keyword) => ({ keyword }))
      const sent: [path: string, body: Record<string, unknown>, status: number][] = [
        ['/api/v1/statuses', { status: 'x'.repeat(10_000_000) }, 413],
        ['/api/v1/statuses', { status: 'x'.repeat(500_000) }, 422],
        ['/api/v1/statuses', { status: many((n) => `@name${n}`).join(' ') }, 422],
        ['/api/v1/statuses', { status: many((n) => `#tag${n}`).join(' ') }, 422],
        ['/api/v1/statuses', { status: many(() => ':code:').join(' ') }, 422],
        ['/api/v1/statuses', { status: 'poll', poll: { options: words, expires_in: 3600 } }, 422],
        ['/api/v1/statuses', { status: 'files', media_ids: words }, 422],
        ['/api/v2/filters', { title: 'many', context, keywords_attributes: rows }, 422],
        [
          '/api/v2/filters',
          { title: 'long', context, keywords_attributes: [{ keyword: words.join(' ') }] },
          422,
        ],
        ['/api/v1/filters', { phrase: words.join(' '), context }, 422],
        ['/api/v1/lists', { title: words.join(' ') }, 422],
        [`/api/v1/lists/${bobs.list[0]}/accounts`, { account_ids: words }, 422],
        ['/api/v1/collections', { name: 'many', account_ids: words }, 422],
        ['/api/v1/reports', { account_id: String(w.cast.carol.id), comment: words.join(' ') }, 422],
        [`/api/v1/accounts/${w.cast.carol.id}/note`, { comment: words.join(' ') }, 422],
      ]
      for (const [path, body, expected] of sent) {
        const { status, text } = await bob.post(path, body)
        assert.equal(status, expected, `${path} ${JSON.stringify(body).slice(0, 80)}: ${text.slice(0, 200)}`)
      }
      assert.deepEqual(await everythingOf(bob, bobs), atFirst)
    })

    test('UNI-04 what nobody could see is no text, no name and no title', async () => {
      const bob = w.as('bob')
      const context = ['home']
      for (const nothing of [
        '\u200b',
        '\u2800',
        '\u3164',
        '\u00ad',
        ' \u2060\ufeff ',
        '\u202e',
        '\u{e0020}',
      ]) {
        const sent: [path: string, body: Record<string, unknown>][] = [
          ['/api/v1/statuses', { status: nothing }],
          ['/api/v1/statuses', { status: 'poll', poll: { options: ['yes', nothing], expires_in: 600 } }],
          ['/api/v1/lists', { title: nothing }],
          ['/api/v2/filters', { title: nothing, context }],
          ['/api/v1/collections', { name: nothing }],
          ['/api/v1/apps', { client_name: nothing, redirect_uris: 'app://back' }],
        ]
        for (const [path, body] of sent) {
          const { status, text } = await bob.post(path, body)
          assert.equal(status, 422, `${path} ${JSON.stringify(body)} ${text}`)
        }
        const { body } = await bob.patch('/api/v1/accounts/update_credentials', { display_name: nothing })
        assert.equal((body as { display_name: string }).display_name, '')
      }
    })

    test('PAR-27 a password of a megabyte is a wrong one', async () => {
      const long = 'x'.repeat(1_000_000)
      const page = await openBrowser(w).signIn('bob', long)
      assert.equal(page.status, 401)
      assert.doesNotMatch(page.text, /xxxxx/)
    })

    test('WEB-15 what hangs on an address of the API leads nowhere, and no cache keeps it', async () => {
      for (const tail of ['/x.css', '.css', ';x.css', '%2fx.css']) {
        const answer = await w.as('bob').get(`/api/v1/accounts/verify_credentials${tail}`)
        assert.equal(answer.status, 404, tail)
        assert.match(answer.headers.get('cache-control') ?? 'no-store', /no-store/)
      }
    })

    test('WEB-16 stray files are not served', async () => {
      const names = [
        '.env',
        '.git/config',
        '.git/HEAD',
        'hyrax.db',
        'hyrax.sqlite',
        'data/hyrax.db',
        'package.json',
      ]
      const more = [
        'hyrax.toml',
        'node_modules/hono/package.json',
        'src/main.ts',
        'dist/hyrax.mjs',
        'wp-login.php',
      ]
      const below = ['', 'assets/', 'media/', 'assets/../', 'media/../', 'assets/%2e%2e/', 'media/..%2f']
      for (const folder of below)
        for (const name of [...names, ...more])
          assert.equal((await w.anyone.get(`/${folder}${name}`)).status, 404, folder + name)
    })

    test('PRIV-29 no answer tells the mail address or the address of another', async () => {
      const addresses = ['alice', 'bob', 'mallory'].map((name) => `${name}@mail.example`)
      for (const endpoint of endpoints) {
        const { method, path } = routeOf(endpoint)
        if (method !== 'GET' || path.includes('/streaming')) continue
        const found = thingOf(path)
        const ids = path.includes('/accounts/') ? [String(w.cast.bob.id)] : found ? bobs[found[1]] : ['1']
        for (const client of [w.as('carol'), w.anyone]) {
          const { text } = await ask(client, endpoint, ids)
          for (const address of addresses) assert.ok(!text.includes(address), `${endpoint.route}: ${address}`)
          assert.doesNotMatch(text, /"(?:ip|last_sign_in_at|current_sign_in_ip|password_hash|email_lower)":/)
        }
      }
    })
  })
}
