import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEarlier } from './later-id.ts'

test('ids of one maker that counts up tell which came first; all others tell nothing', () => {
  const likes = 'https://a.test/users/x#likes/'
  assert.equal(isEarlier(`${likes}9`, `${likes}10`), true)
  assert.equal(isEarlier(`${likes}10`, `${likes}9`), false)
  assert.equal(isEarlier(`${likes}9`, `${likes}9`), false)
  assert.equal(isEarlier('https://a.test/s/9/activity', 'https://a.test/s/10/activity'), true)
  assert.equal(isEarlier('https://a.test/s/9/activity', 'https://a.test/s/10/undo'), false)
  assert.equal(isEarlier('https://a.test/s/9', 'https://b.test/s/10'), false)
  assert.equal(isEarlier(`${likes}a9`, `${likes}b1`), false)
  const ulids = ['01F8MH75CBF9JFX4ZAD54N0W0R', '01F8MHAMCHF6Y650WCRSCP4WMY'] as const
  assert.equal(isEarlier(`https://g.test/${ulids[0]}`, `https://g.test/${ulids[1]}`), true)
  assert.equal(isEarlier(`https://g.test/${ulids[1]}`, `https://g.test/${ulids[0]}`), false)
  assert.equal(isEarlier(`https://g.test/${'9'.repeat(40)}`, `https://g.test/${'8'.repeat(40)}`), false)
})
