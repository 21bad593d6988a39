import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dayOf, isoTime } from './times.ts'

describe('times', () => {
  test('are spelt as the language spells them, in every year, and nonsense is refused alike', () => {
    const leap = Date.UTC(2024, 1, 29, 23, 59, 59, 999)
    for (const ms of [0, 1, 999, 1000, leap, leap + 1, Date.UTC(9999, 11, 31, 23), -1, -62_135_596_800_000]) {
      assert.equal(isoTime(ms), new Date(ms).toISOString())
    }
    for (let ms = 7; ms < 4e12; ms = Math.floor(ms * 1.37) + 11)
      assert.equal(isoTime(ms), new Date(ms).toISOString())
    assert.equal(isoTime(Date.UTC(10_000, 0, 1)), '+010000-01-01T00:00:00.000Z')
    assert.equal(dayOf(leap), '2024-02-29')
    assert.throws(() => isoTime(Number.NaN), RangeError)
  })
})
