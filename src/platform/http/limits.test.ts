import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openLimits, resetTime, tightest } from './limits.ts'

const MINUTE = 60_000

describe('limits', () => {
  test('count in windows aligned to 1970 and begin anew with the next', () => {
    const limits = openLimits()
    const now = 1000 * 30 * MINUTE + 29 * MINUTE
    for (let tries = 1; tries <= 5; tries++) {
      assert.equal(limits.take('accounts', '192.0.2.1', now)?.over, false)
    }
    const standing = limits.take('accounts', '192.0.2.1', now)
    assert.deepEqual(standing, { limit: 5, remaining: 0, resetsAt: 1001 * 30 * MINUTE, over: true })
    assert.equal(limits.take('accounts', '192.0.2.1', now + MINUTE)?.remaining, 4)
  })

  test('count one IPv6 household together, and e-mails without regard to case', () => {
    const limits = openLimits()
    limits.take('apps', '2001:db8::1', 0)
    assert.equal(limits.take('apps', '2001:db8::ffff', 0)?.remaining, 3)
    limits.take('recovery-email', 'A@b.example', 0)
    assert.equal(limits.take('recovery-email', ' a@B.example', 0)?.remaining, 3)
  })

  test('remember a bounded number of keys', () => {
    const limits = openLimits({ remembered: 2 })
    for (const user of [1, 2, 3]) limits.take('media', user, 0)
    assert.equal(limits.take('media', 3, 0)?.remaining, 28)
    assert.equal(limits.take('media', 1, 0)?.remaining, 29)
  })

  test('tell where somebody stands without counting', () => {
    const limits = openLimits()
    assert.equal(limits.look('apps', '192.0.2.1', 0), null)
    for (let tries = 0; tries < 5; tries++) limits.take('apps', '192.0.2.1', 0)
    for (let looks = 0; looks < 3; looks++)
      assert.deepEqual(limits.look('apps', '192.0.2.1', 0), {
        limit: 5,
        remaining: 0,
        resetsAt: 10 * MINUTE,
        over: true,
      })
    assert.equal(limits.look('apps', '192.0.2.1', 10 * MINUTE), null)
  })

  test('can be off', () => assert.equal(openLimits({ off: true }).take('media', 1, 0), null))

  test('the tightest has the least room, and one that is over is tightest of all', () => {
    const a = { limit: 300, remaining: 10, resetsAt: 1, over: false }
    const b = { limit: 30, remaining: 3, resetsAt: 1, over: false }
    const c = { limit: 5, remaining: 0, resetsAt: 1, over: true }
    assert.equal(tightest(a, b), b)
    assert.equal(tightest(c, { ...b, remaining: 0 }), c)
    assert.equal(tightest(null, a), a)
  })

  test('say when they end in ISO 8601 with microseconds', () => {
    assert.equal(resetTime(Date.UTC(2024, 0, 1, 0, 5)), '2024-01-01T00:05:00.000000Z')
  })
})
