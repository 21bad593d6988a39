import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases, world } from '../../test/world.ts'
import { holdWriter } from './id-writers.ts'
import { openIds, WRITERS } from './ids.ts'

for (const database of databases) {
  describe(`who makes ids (${database})`, () => {
    test('threads of several processes never make the same id in one millisecond', async () => {
      const w = await world({ database })
      const sources = Array.from({ length: 6 }, () => openIds())
      const held = await Promise.all(sources.map((ids) => holdWriter(w.app, ids)))
      const made = sources.flatMap((ids) => Array.from({ length: 300 }, () => ids.next(w.app.now())))
      assert.equal(new Set(made).size, made.length)
      for (const each of held) await each.release()
      assert.deepEqual(await w.app.db.selectFrom('id_writer').selectAll().execute(), [])
      await w.close()
    })

    test('a number is free again when its holder fell silent, and who slept takes another', async () => {
      const w = await world({ database })
      const [sleeper, other] = [openIds(), openIds()]
      const held = await holdWriter(w.app, sleeper)
      w.clock.advance(3 * 60_000)
      const taken = await holdWriter(w.app, other)
      const now = w.app.now()
      assert.equal(sleeper.next(now), other.next(now), 'the same number')
      await held.renew()
      assert.notEqual(sleeper.next(now), other.next(now))
      await Promise.all([held.release(), taken.release()])
      await w.close()
    })

    test('more threads than there are numbers are refused', async () => {
      const w = await world({ database })
      const held = []
      for (let n = 0; n < WRITERS; n++) held.push(await holdWriter(w.app, openIds()))
      await assert.rejects(holdWriter(w.app, openIds()), /threads write/)
      for (const each of held) await each.release()
      await w.close()
    })
  })
}
