import { z } from 'zod'
import type { AccountRow } from './accounts.ts'

/** https://docs.joinmastodon.org/entities/FeatureApproval/ */
export const FeatureApproval = z.object({
  automatic: z.array(z.string()),
  manual: z.array(z.string()),
  current_user: z.enum(['automatic', 'manual', 'denied', 'unknown', 'missing']),
})
export type FeatureApproval = z.infer<typeof FeatureApproval>

type Featured = Pick<AccountRow, 'id' | 'domain_id' | 'discoverable'>

/**
 * Whether this reader may put the account into a collection: members of ours who want to be found may be, by
 * everybody; what those of other servers allow is not known here.
 */
export function featurePolicyFor(
  account: Featured,
  reader: { id: number } | null,
): FeatureApproval['current_user'] {
  if (!reader) return 'denied'
  if (account.domain_id === null) return 'missing'
  return account.discoverable === 1 ? 'automatic' : 'denied'
}

/** Who may put the account into a collection at once; nobody has to be asked by hand. */
export function featureApprovalOf(account: Featured): FeatureApproval {
  const isOpen = account.domain_id !== null && account.discoverable === 1
  return { automatic: isOpen ? ['public'] : [], manual: [], current_user: 'denied' }
}

/** The same approval with what it means for this reader. */
export function approvalFor(
  shown: FeatureApproval,
  account: Pick<AccountRow, 'id' | 'domain_id'>,
  reader: { id: number } | null,
): FeatureApproval {
  const discoverable = shown.automatic.length > 0 ? 1 : 0
  return { ...shown, current_user: featurePolicyFor({ ...account, discoverable }, reader) }
}
