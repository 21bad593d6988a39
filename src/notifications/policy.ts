import type { App } from '#app.ts'
import { DAY } from '#platform/times.ts'

/** What happens to notifications of a kind of sender: they pass, wait apart, or are never written. */
export const verdicts = ['accept', 'filter', 'drop'] as const
export type Verdict = (typeof verdicts)[number]

/** The questions that a policy answers, with what holds until the member says otherwise. */
export const usualPolicy = {
  for_not_following: 'accept',
  for_not_followers: 'accept',
  for_new_accounts: 'accept',
  for_private_mentions: 'filter',
  for_limited_accounts: 'filter',
  for_bots: 'accept',
} as const satisfies Record<string, Verdict>
export type PolicyKey = keyof typeof usualPolicy
export type Policy = Record<PolicyKey, Verdict>

export type NotificationPolicyRow = { account_id: number } & Policy

/** What the member decided, or what holds when they never did. */
export async function policyOf(app: App, accountId: number): Promise<Policy> {
  const row = await app.db
    .selectFrom('notification_policy')
    .select(['for_not_following', 'for_not_followers', 'for_new_accounts'])
    .select(['for_private_mentions', 'for_limited_accounts', 'for_bots'])
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return row ?? usualPolicy
}

/** Changes the answers that are given and keeps the others. */
export async function savePolicy(app: App, accountId: number, changes: Partial<Policy>): Promise<void> {
  await app.inTransaction(async (tx) => {
    const kept = { ...(await policyOf(tx, accountId)), ...changes }
    await tx.db
      .insertInto('notification_policy')
      .values({ account_id: accountId, ...kept })
      .onConflict((clash) => clash.column('account_id').doUpdateSet(kept))
      .execute()
  })
}

/** What is known of a notification when the policy is asked. */
export type Circumstances = {
  /** Whether the receiver follows the sender. */
  following: boolean
  /** Since when the sender follows the receiver; null when they do not. */
  followedSince: number | null
  senderSince: number
  senderLimited: boolean
  senderBot: boolean
  /** Whether it is a private mention that answers no private mention of the receiver's own. */
  unasked: boolean
  now: number
}

/** Younger accounts count as new. */
export const NEW_ACCOUNT = 30 * DAY
/** Younger followers do not count as followers yet. */
export const NEW_FOLLOWER = 3 * DAY

const applies: Record<PolicyKey, (is: Circumstances) => boolean> = {
  for_not_following: (is) => !is.following,
  for_not_followers: (is) => is.followedSince === null || is.followedSince > is.now - NEW_FOLLOWER,
  for_new_accounts: (is) => !is.following && is.senderSince > is.now - NEW_ACCOUNT,
  for_private_mentions: (is) => !is.following && is.unasked,
  for_limited_accounts: (is) => !is.following && is.senderLimited,
  for_bots: (is) => !is.following && is.senderBot,
}

/** The hardest answer that the policy gives to these circumstances. */
export function decide(policy: Policy, is: Circumstances): Verdict {
  const answers = (Object.keys(applies) as PolicyKey[]).filter((key) => applies[key](is))
  if (answers.some((key) => policy[key] === 'drop')) return 'drop'
  return answers.some((key) => policy[key] === 'filter') ? 'filter' : 'accept'
}
