import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { together } from './together.ts'

describe('together', () => {
  test('what is asked for at once is done at once, in the order it was asked for, and no more than so many', async () => {
    const batches: number[][] = []
    const add = together<number>(async (items) => void batches.push(items), 3)
    await Promise.all([1, 2, 3, 4, 5].map(add))
    assert.deepEqual(batches, [
      [1, 2, 3],
      [4, 5],
    ])
    await add(6)
    assert.deepEqual(batches.at(-1), [6])
  })

  test('nobody hears of an end before what they asked for is done', async () => {
    let finish = () => {}
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    let ended = false
    const add = together<number>(() => held, 3)
    const asked = add(1).then(() => {
      ended = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(ended, false)
    finish()
    await asked
    assert.equal(ended, true)
  })

  test('one that cannot be done fails alone', async () => {
    const done: number[] = []
    const add = together<number>(async (items) => {
      if (items.includes(2)) throw new Error(`not ${items.join()}`)
      done.push(...items)
    }, 10)
    const ends = await Promise.allSettled([1, 2, 3].map(add))
    assert.deepEqual(
      ends.map((end) => (end.status === 'rejected' ? String(end.reason) : 'done')),
      ['done', 'Error: not 2', 'done'],
    )
    assert.deepEqual(done, [1, 3])
  })
})
