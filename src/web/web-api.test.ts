import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

for (const database of databases) {
  describe(`what a web client of ours asks (${database})`, () => {
    let w: World
    let bob: Browser
    let csrf: string
    beforeEach(async () => {
      w = await world({ database })
      bob = openBrowser(w)
      await bob.enter('bob')
      csrf = /name="csrf" value="([^"]+)"/.exec((await bob.get('/about')).text)?.[1] ?? ''
    })
    afterEach(() => w.close())

    const ask = (method: string, path: string, body?: unknown, token = csrf) =>
      w.site.request(`https://here.example${path}`, {
        method,
        headers: {
          Host: 'here.example',
          Cookie: [...bob.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          'X-CSRF-Token': token,
          'Content-Type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })

    test('settings are kept for the member whose browser it is, proven by the session’s secret', async () => {
      assert.equal((await ask('PUT', '/api/web/settings', { data: { columns: [1, 2] } })).status, 200)
      const [row] = await w.app.db
        .selectFrom('user')
        .select('settings')
        .where('account_id', '=', w.cast.bob.id)
        .execute()
      assert.deepEqual(JSON.parse(row?.settings ?? '{}').web, { columns: [1, 2] })
      assert.equal((await ask('PUT', '/api/web/settings', { data: {} }, 'guess')).status, 403)
      assert.equal((await ask('PUT', '/api/web/settings', { data: { x: 'y'.repeat(70_000) } })).status, 422)
    })

    test('a public post of ours can be embedded, and nothing else', async () => {
      const post = async (visibility: string) =>
        ((await w.as('bob').post('/api/v1/statuses', { status: 'x', visibility })).body as { id: string }).id
      const shown = await ask('GET', `/api/web/embeds/${await post('public')}`)
      assert.match(
        ((await shown.json()) as { html: string }).html,
        /<iframe src="https:\/\/here\.example\/@bob\//,
      )
      assert.equal((await ask('GET', `/api/web/embeds/${await post('private')}`)).status, 404)
      assert.equal((await ask('GET', '/api/web/embeds/1')).status, 404)
      assert.equal(
        (await ask('GET', `/api/web/embeds/${await post('public')}`, undefined, 'guess')).status,
        403,
      )
    })
  })
}
