import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { bareApp } from '../../../test/bare-app.ts'
import { watchPlans } from '../../../test/watched-plans.ts'
import { job } from './declare.ts'
import { claim, usualLimits } from './queue-claim.ts'
import { finish } from './queue-finish.ts'
import { cancelWaiting, owed, putMany } from './queue-put.ts'
import { runTimer } from './queue-timer.ts'
import { revive } from './revive.ts'

const send = job({ name: 'send', queue: 'deliver', tries: 3, payload: z.object({}), run: async () => {} })

test('every step of the queue finds its rows by an index, however many wait', async () => {
  const bare = await bareApp('sqlite')
  const { app, plans } = watchPlans(bare.app)
  const to = (lane: string, options = {}) =>
    owed(bare.clock.now, send, {}, { lane, objectKey: 7, ...options })
  await app.inTransaction(async (tx) => {
    await putMany(tx, [
      to('a', { unique: 'k' }),
      to('b'),
      to('c', { at: bare.clock.now + 1 }),
      to('e', { unique: 'x' }),
    ])
    await putMany(tx, [to('a', { unique: 'k' })])
    await cancelWaiting(tx, ['x'])
  })
  const [first, second] = await app.inTransaction((tx) => claim(tx, 'deliver'))
  await app.inTransaction((tx) => claim(tx, 'deliver', { ...usualLimits, inTurn: true }))
  assert.ok(first && second)
  const failed = { end: 'lane', reason: 'nobody there' } as const
  await app.inTransaction((tx) =>
    finish(tx, [
      { job: first, outcome: { end: 'done', ms: 1 } },
      { job: second, outcome: failed },
    ]),
  )
  bare.clock.advance(3_600_000)
  await runTimer(app)
  await bare.app.inTransaction((tx) => tx.db.updateTable('lane').set({ state: 3 }).execute())
  await revive(app, 'b')
  assert.ok(plans.length > 15)
  for (const { text, steps } of plans) {
    const scans = steps.filter((step) => /^SCAN (job|lane|outgoing|own|earlier)\b/.test(step))
    const partly = steps.filter((step) => /lane.*\(queue=\?\)$/.test(step) && /update lane/.test(text))
    assert.deepEqual([...scans, ...partly], [], text)
  }
  await bare.close()
})
