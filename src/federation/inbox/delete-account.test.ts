import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import { openNetwork } from '../../../test/network.ts'
import { stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { deleteRemoteAccount } from './delete-account.ts'

for (const database of databases) {
  describe(`an account elsewhere that ended (${database})`, () => {
    let w: World
    let gone: AccountRow
    before(async () => {
      const network = openNetwork()
      const documents = new Map<string, Record<string, unknown>>()
      const headers = { 'content-type': 'application/activity+json' }
      network.host('p.test', async ({ method, url }) => {
        const found = documents.get(url.href)
        const status = method === 'POST' ? 202 : found ? 200 : 404
        return { status, headers, body: Buffer.from(JSON.stringify(found ?? {})) }
      })
      w = await world({ database, http: network })
      const { uri } = stranger(documents, 'p.test', 'pia')
      gone = (await w.app.fediverse.findAccount(uri)) as AccountRow
    })
    after(() => w.close())

    test('leaves nothing behind of what members kept about it: follows, lists, notes', async () => {
      const bob = w.as('bob')
      await bob.post(`/api/v1/accounts/${gone.id}/follow`)
      await bob.post(`/api/v1/accounts/${gone.id}/note`, { comment: 'met in Rome' })
      const list = (await bob.post('/api/v1/lists', { title: 'far' })).body as { id: string }
      await bob.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: [String(gone.id)] })
      const left = async () => [
        ...(await w.app.db
          .selectFrom('follow_request')
          .select('id')
          .where('target_id', '=', gone.id)
          .execute()),
        ...(await w.app.db
          .selectFrom('account_note')
          .select('id')
          .where('target_id', '=', gone.id)
          .execute()),
        ...(await w.app.db
          .selectFrom('list_member')
          .select('id')
          .where('account_id', '=', gone.id)
          .execute()),
      ]
      assert.equal((await left()).length, 3)
      await deleteRemoteAccount(w.app, gone)
      await w.settle()
      assert.deepEqual(await left(), [])
      assert.equal((await bob.get(`/api/v1/accounts/${gone.id}`)).status, 404)
    })
  })
}
