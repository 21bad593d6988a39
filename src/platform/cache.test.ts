import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { secondSight } from './cache.ts'

describe('second sight', () => {
  test('knows what was asked about lately, and forgets what was asked about long ago', () => {
    const isSeenAgain = secondSight<number>(10)
    assert.deepEqual([1, 1, 2, 1].map(isSeenAgain), [false, true, false, true])
    for (let key = 100; key < 120; key++) isSeenAgain(key)
    assert.equal(isSeenAgain(119), true)
    assert.equal(isSeenAgain(2), false)
  })
})
