import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openSession } from '#auth/sessions.ts'
import { userByAccount } from '#auth/users.ts'
import { closedNetwork } from '../../test/network.ts'
import { databases, world } from '../../test/world.ts'

for (const database of databases) {
  describe(`coming from another server (${database})`, () => {
    test('LOOP-14 a stranger is asked to sign in, and nobody is asked for them', async () => {
      const network = closedNetwork()
      const w = await world({ database, http: network })
      const answer = await w.anyone.get('/authorize_interaction?uri=https%3A%2F%2Felsewhere.example%2F1')
      assert.equal(answer.status, 303)
      assert.match(answer.headers.get('location') ?? '', /^\/auth\/sign_in\?next=%2Fauthorize_interaction/)
      await w.close()
    })

    test('a member follows whom they came for', async () => {
      const w = await world({ database })
      const user = await userByAccount(w.app, w.cast.bob.id)
      assert.ok(user)
      const token = await openSession(w.app, user, { ip: '192.0.2.1', userAgent: null })
      const cookie = { Cookie: `__Host-hyrax_session=${token}` }
      const page = await w.anyone.get('/authorize_interaction?uri=acct%3Adan%40elsewhere.example', cookie)
      assert.equal(page.status, 404)
      const found = await w.anyone.get(
        `/authorize_interaction?uri=${encodeURIComponent(w.cast.dan.uri)}`,
        cookie,
      )
      assert.equal(found.status, 200, found.text)
      const csrf = /name="csrf" value="([^"]+)"/.exec(found.text)?.[1] ?? ''
      const fields = { csrf, kind: 'account', id: String(w.cast.dan.id), action: 'follow' }
      const sent = await w.site.request('https://here.example/authorize_interaction', {
        method: 'POST',
        headers: { ...cookie, Host: 'here.example', 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      })
      assert.equal(sent.status, 303)
      const waiting = await w.app.db.selectFrom('follow_request').selectAll().execute()
      assert.deepEqual(
        waiting.map((row) => row.target_id),
        [w.cast.dan.id],
      )
      await w.close()
    })
  })
}
