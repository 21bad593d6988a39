import type { AccountRow } from '#accounts/accounts.ts'
import type { UserRow } from './users.ts'

/** Whether somebody may act, or what keeps them from it. */
export type UserState = 'active' | 'unconfirmed' | 'pending' | 'disabled' | 'suspended'

/** The state a person is in; where several hold, the one that lasts longest. */
export function stateOf(
  user: Pick<UserRow, 'confirmed_at' | 'approved_at' | 'disabled_at'>,
  account: Pick<AccountRow, 'suspended_at'>,
): UserState {
  if (account.suspended_at !== null) return 'suspended'
  if (user.disabled_at !== null) return 'disabled'
  if (user.approved_at === null) return 'pending'
  return user.confirmed_at === null ? 'unconfirmed' : 'active'
}
