import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { saveSite, siteOf } from './site.ts'

for (const database of databases) {
  describe(`what the keeper says outside of the browser (${database})`, () => {
    let w: World
    before(async () => {
      const settings = { SINGLE_USER_MODE: 'true', HYRAX_SOURCE_URL: 'https://code.example/fork' }
      w = await world({ database, settings })
    })
    after(() => w.close())

    test('SINGLE_USER_MODE is stronger than what was chosen at setup: one profile in front, nobody signs up', async () => {
      const id = w.app.domains.all()[0]?.id ?? 0
      await saveSite(w.app, id, {
        single_user: false,
        registrations: 'open',
        contact_account_id: w.cast.alice.id,
      })
      assert.equal((await siteOf(w.app, id)).single_user, true)
      assert.match((await w.anyone.get('/', { Accept: 'text/html' })).text, /@alice/)
      const { body } = await w.anyone.get('/api/v2/instance')
      assert.equal((body as { registrations: { enabled: boolean } }).registrations.enabled, false)
    })

    test('whoever changed the program says where its source is, on every page and in the API', async () => {
      const { text } = await w.anyone.get('/about', { Accept: 'text/html' })
      assert.match(text, /href="https:\/\/code\.example\/fork"/)
      const { body } = await w.anyone.get('/api/v2/instance')
      assert.equal((body as { source_url: string }).source_url, 'https://code.example/fork')
    })
  })
}
