import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readConfig } from '#platform/config.ts'
import { databases, world } from '../../test/world.ts'
import { addDomain, ensureDomain, markFederated } from './domains.ts'

const configFor = (name: string) =>
  readConfig({ env: { LOCAL_DOMAIN: name, HYRAX_DATA: '/nowhere' }, cwd: '/nowhere' })

for (const database of databases) {
  describe(`hosted domains (${database})`, () => {
    test('a domain that has not federated may be renamed, and every stored address follows', async () => {
      const w = await world({ database })
      w.app.config = configFor('new.example')
      const domain = await ensureDomain(w.app)
      assert.equal(domain.origin, 'https://new.example')
      const { body } = await w.anyone.get('/api/v1/accounts/lookup?acct=alice')
      assert.match((body as { uri: string }).uri, /^https:\/\/new\.example\/ap\/users\//)
      const keys = await w.app.db
        .selectFrom('account_key')
        .select('key_id')
        .where('private_pem', 'is not', null)
        .execute()
      assert.ok(keys.every((key) => key.key_id.startsWith('https://new.example/')))
      await w.close()
    })

    test('after the first activity left, another domain is refused with a sentence that says why', async () => {
      const w = await world({ database })
      const [domain] = w.app.domains.all()
      assert.ok(domain)
      await markFederated(w.app, domain)
      w.app.config = configFor('new.example')
      await assert.rejects(
        ensureDomain(w.app),
        /already sent activities as here\.example.*cannot become new\.example/,
      )
      w.app.config = configFor('here.example')
      assert.equal((await ensureDomain(w.app)).name, 'here.example')
      await w.close()
    })

    test('the first activity that leaves fixes the name', async () => {
      const w = await world({ database })
      await w.as('bob').post(`/api/v1/accounts/${w.cast.dan.id}/follow`)
      await w.settle()
      assert.ok(w.app.domains.all()[0]?.federated_at)
      await w.close()
    })

    test('the request’s host selects the domain; people, timelines and names are its own (ORG-20)', async () => {
      const w = await world({ database })
      await addDomain(w.app, { name: 'second.example', alternates: ['also.example'] })
      await w.as('alice').post('/api/v1/statuses', { status: 'only on the first' })
      const at = async (host: string, path: string) => {
        const answer = await w.site.request(`https://${host}${path}`, { headers: { Host: host } })
        return { status: answer.status, body: answer.status === 200 ? await answer.json() : null }
      }
      const second = await at('also.example', '/api/v2/instance')
      assert.equal((second.body as { domain: string }).domain, 'second.example')
      assert.deepEqual((await at('second.example', '/api/v1/timelines/public?local=true')).body, [])
      assert.equal((await at('second.example', '/api/v1/accounts/lookup?acct=alice')).status, 404)
      const seen = await at('second.example', '/api/v1/accounts/lookup?acct=alice%40here.example')
      assert.equal((seen.body as { acct: string }).acct, 'alice@here.example')
      assert.equal((await at('third.example', '/api/v2/instance')).status, 421)
      await w.close()
    })
  })
}
