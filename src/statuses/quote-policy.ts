import type { StatusRow, Visibility } from './statuses.ts'
import { isOpen } from './visibility.ts'

/** What a member may say about who may quote a post. */
export const quotePolicies = ['public', 'followers', 'nobody'] as const
export type QuotePolicyWord = (typeof quotePolicies)[number]

/** Groups of people in a policy; the last stands for what another server says and we do not know. */
export const approvalGroups = ['public', 'followers', 'following', 'unsupported_policy'] as const
export type ApprovalGroup = (typeof approvalGroups)[number]

/** Who may quote a status at once, and who after its author said yes. */
export type QuotePolicy = { automatic: ApprovalGroup[]; manual: ApprovalGroup[] }

/** What a policy means for one person. */
export type QuoteAnswer = 'automatic' | 'manual' | 'denied' | 'unknown'

/** What somebody is to the author of a status that they may want to quote. */
export type Quoter = { id: number; isFollower: boolean; isFollowed: boolean }

const NOBODY: QuotePolicy = { automatic: [], manual: [] }
// Bounded by itself: there are few groups, always written in one order.
const read = new Map<string, QuotePolicy>()

/** The policy in its stored form. */
export function storedPolicy({ automatic, manual }: QuotePolicy): string {
  const inOrder = (groups: ApprovalGroup[]) => approvalGroups.filter((group) => groups.includes(group))
  return JSON.stringify({ automatic: inOrder(automatic), manual: inOrder(manual) })
}

/** What a member chose, as it is stored with a post for these readers: what is not for everybody is not quoted. */
export function policyFor(visibility: Visibility, word: QuotePolicyWord): string {
  return storedPolicy(
    isOpen({ visibility }) && word !== 'nobody' ? { automatic: [word], manual: [] } : NOBODY,
  )
}

/** The policy of a status; where nothing was said, nobody may quote it. */
export function quotePolicyOf({ quote_policy: stored }: Pick<StatusRow, 'quote_policy'>): QuotePolicy {
  if (stored === null) return NOBODY
  let policy = read.get(stored)
  if (!policy) {
    policy = JSON.parse(stored) as QuotePolicy
    read.set(stored, policy)
  }
  return policy
}

type Quotable = Pick<StatusRow, 'account_id' | 'visibility' | 'quote_policy'>

/** What the policy of a status means for somebody who may see it. */
export function quoteAnswerFor(status: Quotable, quoter: Quoter | null): QuoteAnswer {
  if (!quoter || status.visibility === 'direct' || status.visibility === 'limited') return 'denied'
  if (quoter.id === status.account_id) return 'automatic'
  if (!isOpen(status)) return 'denied'
  const { automatic, manual } = quotePolicyOf(status)
  const among = (groups: ApprovalGroup[]) =>
    groups.includes('public') ||
    (quoter.isFollower && groups.includes('followers')) ||
    (quoter.isFollowed && groups.includes('following'))
  if (among(automatic)) return 'automatic'
  if (among(manual)) return 'manual'
  return [...automatic, ...manual].includes('unsupported_policy') ? 'unknown' : 'denied'
}

/** Whether a policy looks different to those who follow the author, or whom the author follows. */
export function dependsOnFollows(status: Pick<StatusRow, 'quote_policy'>): boolean {
  const { automatic, manual } = quotePolicyOf(status)
  return [...automatic, ...manual].some((group) => group === 'followers' || group === 'following')
}
