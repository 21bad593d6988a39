import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { approveUser, signUp } from '#auth/sign-up.ts'
import { saveSite } from '#instance/site.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

for (const database of databases) {
  describe(`whoever waits to be let in (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    test('is nobody to everybody else until then', async () => {
      const [domain] = w.app.domains.all()
      assert.ok(domain)
      await saveSite(w.app, domain.id, { registrations: 'approved' })
      const joined = await signUp(w.app, domain, {
        username: 'waiting',
        password: 'long enough',
        agreement: true,
      })
      const { id } = joined.account
      const bob = w.as('bob')
      const found = async () => {
        const answer = await bob.get('/api/v2/search?q=waiting&type=accounts')
        return (answer.body as { accounts: unknown[] }).accounts.length
      }
      const mentioned = async () => {
        const answer = await bob.post('/api/v1/statuses', { status: `@waiting, ${Math.random()}` })
        return (answer.body as { mentions: unknown[] }).mentions.length
      }
      const listed = async () => ((await bob.get(`/api/v1/accounts?id[]=${id}`)).body as unknown[]).length
      const paths = [`/api/v1/accounts/${id}`, `/api/v1/accounts/${id}/statuses`]
      paths.push('/api/v1/accounts/lookup?acct=waiting')
      for (const path of paths) assert.equal((await bob.get(path)).status, 404, path)
      assert.equal((await bob.post(`/api/v1/accounts/${id}/follow`, {})).status, 404)
      assert.deepEqual([await found(), await mentioned(), await listed()], [0, 0, 0])

      await approveUser(w.app, joined.user)
      for (const path of paths) assert.equal((await bob.get(path)).status, 200, path)
      assert.equal((await bob.post(`/api/v1/accounts/${id}/follow`, {})).status, 200)
      assert.deepEqual([await found(), await mentioned(), await listed()], [1, 1, 1])
    })
  })
}
