import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { MODERATOR } from '#auth/roles.ts'
import { setRole } from '#auth/sign-up.ts'
import { userByAccount } from '#auth/users.ts'
import { createStatus } from '#statuses/create-status.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import { foreignDraft, remoteActor } from '../../test/remote-actor.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Report } from './reports.ts'

for (const database of databases) {
  describe(`report (${database})`, () => {
    let w: World
    let network: Network
    const sent: { host: string; body: string; signature: string }[] = []
    before(async () => {
      network = openNetwork()
      for (const host of ['elsewhere.example', 'third.example']) {
        network.host(host, async ({ body, headers }) => {
          sent.push({ host, body: body.toString(), signature: JSON.stringify(headers) })
          return { status: 202, headers: {}, body: Buffer.alloc(0) }
        })
      }
      w = await world({ database, http: network })
      const bob = await userByAccount(w.app, w.cast.bob.id)
      if (bob) await setRole(w.app, bob, MODERATOR)
      await w.settle()
    })
    after(() => w.close())

    const report = (body: Record<string, unknown>, who: 'carol' | 'mallory' = 'carol') =>
      w.as(who).post('/api/v1/reports', body)

    test('names only posts of the account that its author could see, and rules there are', async () => {
      const { alice, bob } = w.cast
      const open = (await w.as('alice').post('/api/v1/statuses', { status: 'one' })).body as Status
      const closed = (await w.as('alice').post('/api/v1/statuses', { status: 'two', visibility: 'private' }))
        .body as Status
      const rule = w.app.newId()
      await w.app.inTransaction(async (tx) => {
        const domain_id = alice.domain_id as number
        await tx.db
          .insertInto('rule')
          .values({
            id: rule,
            domain_id,
            position: 1,
            text: 'be kind',
            hint: '',
            translations: '{}',
            created_at: 1,
          })
          .execute()
      })
      const cases: [Record<string, unknown>, number][] = [
        [{}, 404],
        [{ account_id: '1' }, 404],
        [{ account_id: alice.id, comment: 'x'.repeat(1001) }, 422],
        [{ account_id: alice.id, category: 'boredom' }, 422],
        [{ account_id: alice.id, status_ids: [closed.id] }, 404],
        [{ account_id: bob.id, status_ids: [open.id] }, 404],
        [{ account_id: alice.id, rule_ids: ['77'] }, 422],
      ]
      for (const [body, status] of cases)
        assert.equal((await report(body)).status, status, JSON.stringify(body))
      const made = (
        await report({
          account_id: String(alice.id),
          status_ids: [open.id],
          rule_ids: [String(rule)],
          comment: 'look',
          category: 'spam',
        })
      ).body as Report
      assert.deepEqual(
        [made.category, made.comment, made.status_ids, made.rule_ids, made.collection_ids, made.action_taken],
        ['violation', 'look', [open.id], [String(rule)], null, false],
      )
      assert.equal(made.target_account.username, 'alice')
    })

    test('tells the staff who look at reports, once while a report about the same account waits', async () => {
      await report({ account_id: w.cast.alice.id })
      await w.settle()
      const told = await w.app.db
        .selectFrom('notification')
        .select(['account_id', 'from_account_id'])
        .where('type', '=', 'admin.report')
        .where('report_id', 'is not', null)
        .execute()
      const { alice, bob, carol } = w.cast
      assert.deepEqual(told.map((row) => row.account_id).sort(), [alice.id, bob.id].sort())
      assert.deepEqual([...new Set(told.map((row) => row.from_account_id))], [carol.id])
    })

    test('PRIV-27 is forwarded in the server’s name only, and says nothing of who reported', async () => {
      const { dan, carol } = w.cast
      const fred = await saveRemoteAccount(w.app, remoteActor('fred', 'third.example'))
      const asked = await createStatus(w.app, foreignDraft(fred, `${fred.uri}/statuses/1`))
      const answer = foreignDraft(dan, `${dan.uri}/statuses/1`, { parent: asked })
      const status = await createStatus(w.app, answer)
      const quiet = await report({ account_id: dan.id, comment: 'not this' })
      assert.equal((quiet.body as Report).forwarded, false)
      const body = { account_id: dan.id, status_ids: [String(status?.id)], comment: 'rude', forward: true }
      const made = (await report({ ...body, forward_to_domains: ['elsewhere.example', 'third.example'] }))
        .body as Report
      assert.equal(made.forwarded, true)
      await w.settle()
      assert.deepEqual(sent.map(({ host }) => host).sort(), ['elsewhere.example', 'third.example'])
      for (const { body, signature } of sent) {
        const flag = JSON.parse(body) as { type: string; actor: string; content: string; object: string[] }
        assert.deepEqual(
          [flag.type, flag.actor, flag.content, flag.object],
          ['Flag', 'https://here.example/actor', 'rude', [dan.uri, status?.uri]],
        )
        assert.equal(`${body}${signature}`.includes(carol.uri), false)
        assert.equal(`${body}${signature}`.includes(String(made.id)), false)
      }
    })
  })
}
