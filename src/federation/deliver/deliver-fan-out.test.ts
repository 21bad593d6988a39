import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { blankAccount } from '#accounts/save-account.ts'
import type { Task } from '#platform/jobs/declare.ts'
import type { JobRow } from '#platform/jobs/tables.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { CHUNK, fanOut } from './deliver-fan-out.ts'

const HOSTS = 2 * CHUNK + 30

for (const database of databases) {
  describe(`fanning out on ${database}`, () => {
    let place: World
    before(async () => {
      place = await world({ database })
      await follow(place, HOSTS)
    })
    after(() => place.close())

    const rows = (queue: string) =>
      place.app.db.selectFrom('job').selectAll().where('queue', '=', queue).orderBy('id').execute()

    test('killed between two chunks, it goes on where it was: nobody missed, nobody twice (FAIL-04)', async () => {
      const { app } = place
      const answer = await place.as('alice').post('/api/v1/statuses', { status: 'to very many' })
      assert.equal(answer.status, 200)
      const order = await pendingFanOut(place)
      const firstRun = new AbortController()
      // The first chunk is written; then the lights go out.
      const dying = {
        ...app,
        inTransaction: (async (work) => {
          const value = await app.inTransaction(work)
          firstRun.abort()
          return value
        }) as typeof app.inTransaction,
      }
      await assert.rejects(run(dying, order, firstRun.signal), /stopped/)
      assert.equal((await rows('deliver')).length, CHUNK)
      const again = (await rows('local')).find((row) => row.id === order.id) as JobRow
      await run(app, again, new AbortController().signal)
      const written = await rows('deliver')
      assert.equal(written.length, HOSTS)
      assert.equal(new Set(written.map((row) => row.lane)).size, HOSTS)
      assert.ok(written.every((row) => row.ref === order.ref && row.okey === order.okey && row.prio === 30))
      const done = (await rows('local')).find((row) => row.id === order.id) as JobRow
      await run(app, done, new AbortController().signal)
      assert.equal((await rows('deliver')).length, HOSTS, 'running it once more adds nothing')
      const [outgoing] = await app.db.selectFrom('outgoing').selectAll().execute()
      assert.equal(outgoing?.left, HOSTS + 1)
    })
  })
}

async function run(app: World['app'], row: JobRow, signal: AbortSignal): Promise<void> {
  const { id, lane, ref, attempts, failures } = row
  const task: Task = { id, lane, ref, attempts, failures, signal }
  await fanOut.run(app, fanOut.payload.parse(JSON.parse(row.payload ?? '')), task)
}

/** Lets the effects of the post run by hand and gives the fan-out they owe, as a worker would hold it. */
async function pendingFanOut({ app }: World): Promise<JobRow> {
  const { deliverCreate } = await import('./deliver.ts')
  const { id } = await app.db
    .selectFrom('status')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  const task = { id: 0, lane: '', ref: null, attempts: 1, failures: 0, signal: new AbortController().signal }
  await deliverCreate.run(app, { statusId: id, origin: 'here' }, task)
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('job').set({ state: 2, attempts: 1 }).where('kind', '=', fanOut.name).execute()
  })
  return app.db.selectFrom('job').selectAll().where('kind', '=', fanOut.name).executeTakeFirstOrThrow()
}

async function follow({ app, cast }: World, hosts: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    for (let start = 0; start < hosts; start += 100) {
      const numbers = Array.from({ length: Math.min(100, hosts - start) }, (_, step) => start + step)
      const accounts = numbers.map((number) => ({
        ...blankAccount,
        id: tx.newId(),
        username: 'fan',
        username_lower: 'fan',
        host: `h${number}.example`,
        uri: `https://h${number}.example/fan`,
        inbox_url: `https://h${number}.example/fan/inbox`,
        created_at: tx.now(),
        updated_at: tx.now(),
      }))
      await tx.db.insertInto('account').values(accounts).execute()
      const follows = accounts.map(({ id, uri }) => ({
        id: tx.newId(),
        account_id: id,
        target_id: cast.alice.id,
        uri: `${uri}#follow`,
        show_reblogs: 1,
        notify: 0,
        languages: null,
        created_at: tx.now(),
      }))
      await tx.db.insertInto('follow').values(follows).execute()
    }
  })
}
