import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { rightsChanged } from '#happenings.ts'
import { addDomain } from '#instance/domains.ts'
import { WORK_TOPIC } from '#platform/jobs/queue-put.ts'
import { MISSED, topic } from '#platform/pubsub.ts'
import type { World } from '../test/world.ts'
import { databases, world } from '../test/world.ts'

/** Resolves with the next message on a channel. */
function next<Message>({ app }: World, name: string): Promise<Message> {
  return new Promise((resolve) => {
    const stop = app.events.subscribe<Message>(name, (message) => {
      stop()
      resolve(message)
    })
  })
}

describe('two processes on one PostgreSQL database', { skip: !databases.includes('postgres') }, () => {
  let one: World
  let two: World

  before(async () => {
    one = await world({ database: 'postgres', shared: true })
    two = await world({ beside: one })
    await Promise.all([one.app.events.ready(), two.app.events.ready()])
  })
  after(async () => {
    await two.close()
    await one.close()
  })

  test('messages come to the other one whole and in order, and never back', async () => {
    const channel = topic<{ n: number; text: string }>("a channel: «ünïcödé» 'quoted'")
    const [here, there]: [number[], number[]] = [[], []]
    const stop = one.app.events.subscribe(channel, ({ n }) => void here.push(n))
    const arrived = new Promise<void>((resolve) => {
      two.app.events.subscribe(channel, ({ n, text }) => {
        assert.equal(text, 'it’s\n🦫')
        if (there.push(n) === 50) resolve()
      })
    })
    for (let n = 0; n < 50; n++) one.app.events.publish(channel, { n, text: 'it’s\n🦫' })
    await arrived
    const answered = next(one, 'answer')
    two.app.events.publish('answer', null)
    await answered
    stop()
    const all = Array.from({ length: 50 }, (_, n) => n)
    assert.deepEqual([here, there], [all, all])
  })

  test('work that one of them owes wakes the workers of both', async () => {
    const heard = next<string>(two, WORK_TOPIC)
    const posted = await one.as('alice').post('/api/v1/statuses', { status: 'heard next door' })
    assert.equal(posted.status, 200)
    assert.equal(await heard, 'local')
    await two.settle()
    const left = await one.app.db.selectFrom('job').select('id').execute()
    assert.deepEqual(left, [])
  })

  test('a token that is revoked at one ends at the other, though it was remembered there', async () => {
    const elsewhere = two.as('bob')
    assert.equal((await elsewhere.get('/api/v1/accounts/verify_credentials')).status, 200)
    const heard = next(two, rightsChanged.name)
    const { userId } = await one.app.inTransaction(async (tx) => {
      const { id } = await tx.db
        .selectFrom('user')
        .select('id')
        .where('account_id', '=', one.cast.bob.id)
        .executeTakeFirstOrThrow()
      await tx.db.updateTable('token').set({ revoked_at: tx.now() }).where('user_id', '=', id).execute()
      await tx.emit(rightsChanged, { userId: id })
      return { userId: id }
    })
    assert.deepEqual(await heard, { userId })
    assert.equal((await elsewhere.get('/api/v1/accounts/verify_credentials')).status, 401)
  })

  test('a domain that is added at one is served by the other', async () => {
    const read = Promise.withResolvers<void>()
    const look = () => (two.app.domains.byHost('second.example') ? read.resolve() : setImmediate(look))
    await addDomain(one.app, { name: 'second.example' })
    look()
    await read.promise
    assert.equal(two.app.domains.byHost('second.example')?.name, 'second.example')
  })

  test('a broken line is mended, and what was missed is said to have been (FAIL-24)', async () => {
    const told = next(two, MISSED)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`.execute(one.app.db)
    await told
    await Promise.all([one.app.events.ready(), two.app.events.ready()])
    const heard = next(two, 'after the break')
    one.app.events.publish('after the break', 'still there')
    assert.equal(await heard, 'still there')
  })
})

test('a message that no wire carries is refused where it is made', async () => {
  const place = await world()
  assert.throws(() => place.app.events.publish('heavy', 'ü'.repeat(4000)), /send ids instead/)
  await place.close()
})
