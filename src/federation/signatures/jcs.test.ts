import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromBase58, toBase58 } from './base58.ts'
import { canonicalJson } from './jcs.ts'

describe('canonical JSON (RFC 8785)', () => {
  test('names stand in the order of their UTF-16 units, at every depth', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude02': 5, '\u0080': 6, '\u00f6': 7 }
    assert.equal(
      canonicalJson({ b: [value], a: { d: 1, c: null } }),
      '{"a":{"c":null,"d":1},"b":[{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude02":5,"\ufb33":3}]}',
    )
  })

  test('numbers and texts are written as ECMAScript does', () => {
    const numbers = [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0, 1e21, 0.000001]
    assert.equal(canonicalJson(numbers), '[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,0.000001]')
    assert.equal(canonicalJson('\u20ac$\u000f\nA\'B"\\/'), '"\u20ac$\\u000f\\nA\'B\\"\\\\/"')
  })

  test('what has no canonical form is refused', () => {
    for (const value of ['\ud800', { '\udead': 1 }, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => canonicalJson(value), TypeError)
  })
})

describe('base58', () => {
  test('bytes come back as they were, in one spelling only', () => {
    for (const bytes of [Buffer.alloc(4), Buffer.from('00ff00ff', 'hex'), Buffer.from('ffffffff', 'hex')]) {
      const text = toBase58(bytes)
      assert.deepEqual(fromBase58(text, 4), bytes)
      assert.equal(fromBase58(`z1${text.slice(1)}`, 4), null)
    }
    for (const wrong of ['', 'z', 'm1111', 'z0OIl', `z${'1'.repeat(500)}`, 7, null])
      assert.equal(fromBase58(wrong, 4), null)
  })
})
