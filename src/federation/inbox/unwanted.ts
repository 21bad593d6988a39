import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { Interaction } from '#statuses/interaction-policy.ts'
import { interactionAnswer } from '#statuses/interaction-policy.ts'
import type { StatusRow } from '#statuses/statuses.ts'

/** Whether a member said that they do not want this of the account: then it did not happen here. */
export async function isUnwanted(
  app: App,
  account: AccountRow,
  status: StatusRow | null,
  what: Interaction,
): Promise<boolean> {
  if (!status || status.domain_id === null || status.interaction_policy === null) return false
  return (await interactionAnswer(app, account, status, what)) !== 'automatic'
}
