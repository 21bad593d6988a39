import type { App } from '#app.ts'
import { quotePolicyChanged } from '#happenings.ts'
import type { QuotePolicyWord } from './quote-policy.ts'
import { policyFor } from './quote-policy.ts'
import type { StatusRow } from './statuses.ts'

/** Changes who may quote a post of a member from now on; quotes that stand are left alone. It is no edit. */
export async function setQuotePolicy(app: App, status: StatusRow, word: QuotePolicyWord): Promise<void> {
  const quote_policy = policyFor(status.visibility, word)
  if (quote_policy === status.quote_policy) return
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('status').set({ quote_policy }).where('id', '=', status.id).execute()
    await tx.emit(quotePolicyChanged, { statusId: status.id, at: tx.now(), origin: 'here' })
  })
}
