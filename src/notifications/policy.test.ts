import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DAY } from '#platform/times.ts'
import type { Circumstances, Policy, Verdict } from './policy.ts'
import { decide, NEW_ACCOUNT, NEW_FOLLOWER, usualPolicy } from './policy.ts'

const now = Date.UTC(2026, 5, 1)
const friend: Circumstances = {
  following: true,
  followedSince: now - 100 * DAY,
  senderSince: now - 1000 * DAY,
  senderLimited: false,
  senderBot: false,
  unasked: false,
  now,
}
const stranger: Circumstances = { ...friend, following: false, followedSince: null }

const rows: [string, Circumstances, Partial<Policy>, Verdict][] = [
  ['a stranger passes by default', stranger, {}, 'accept'],
  ['not followed is filtered', stranger, { for_not_following: 'filter' }, 'filter'],
  ['followed passes that rule', friend, { for_not_following: 'drop' }, 'accept'],
  ['no follower is dropped', stranger, { for_not_followers: 'drop' }, 'drop'],
  [
    'a follower of today is none yet',
    { ...friend, followedSince: now - NEW_FOLLOWER + 1 },
    { for_not_followers: 'filter' },
    'filter',
  ],
  [
    'a follower of three days is one',
    { ...friend, followedSince: now - NEW_FOLLOWER },
    { for_not_followers: 'filter' },
    'accept',
  ],
  [
    'a new account is filtered',
    { ...stranger, senderSince: now - NEW_ACCOUNT + 1 },
    { for_new_accounts: 'filter' },
    'filter',
  ],
  [
    'a new account that is followed passes',
    { ...friend, senderSince: now },
    { for_new_accounts: 'drop' },
    'accept',
  ],
  ['an old account passes', stranger, { for_new_accounts: 'drop' }, 'accept'],
  ['an unasked private mention waits by default', { ...stranger, unasked: true }, {}, 'filter'],
  [
    'and passes when the member says so',
    { ...stranger, unasked: true },
    { for_private_mentions: 'accept' },
    'accept',
  ],
  ['a limited account waits by default', { ...stranger, senderLimited: true }, {}, 'filter'],
  ['a limited account that is followed passes', { ...friend, senderLimited: true }, {}, 'accept'],
  ['a bot is dropped', { ...stranger, senderBot: true }, { for_bots: 'drop' }, 'drop'],
  ['a bot that is followed passes', { ...friend, senderBot: true }, { for_bots: 'drop' }, 'accept'],
  [
    'the hardest answer wins',
    { ...stranger, senderLimited: true },
    { for_not_following: 'drop', for_limited_accounts: 'filter' },
    'drop',
  ],
]

describe('decide', () => {
  for (const [name, circumstances, changes, verdict] of rows) {
    test(name, () => {
      assert.equal(decide({ ...usualPolicy, ...changes }, circumstances), verdict)
    })
  }
})
