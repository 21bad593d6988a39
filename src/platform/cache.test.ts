import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { latelyUsed, secondSight } from './cache.ts'

describe('lately used', () => {
  test('keeps what was used last, and looking alone is no use', () => {
    const kept = latelyUsed<string, number>(2)
    kept.set('a', 1)
    kept.set('b', 2)
    assert.equal(kept.get('a'), 1)
    assert.equal(kept.peek('b'), 2)
    kept.set('c', 3)
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => kept.peek(key)),
      [1, undefined, 3],
    )
    kept.set('a', 4)
    assert.equal(kept.get('a'), 4)
    assert.equal(kept.peek('c'), 3)
  })
})

describe('second sight', () => {
  test('knows what was asked about lately, and forgets what was asked about long ago', () => {
    const isSeenAgain = secondSight<number>(10)
    assert.deepEqual([1, 1, 2, 1].map(isSeenAgain), [false, true, false, true])
    for (let key = 100; key < 120; key++) isSeenAgain(key)
    assert.equal(isSeenAgain(119), true)
    assert.equal(isSeenAgain(2), false)
  })
})
