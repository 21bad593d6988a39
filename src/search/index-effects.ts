import { now } from '#platform/jobs/declare.ts'
import { ACCOUNTS, indexSoon, STATUSES } from './search-index.ts'

type ById = { statusId: number }
type Marked = { statusId: number; accountId: number; origin: 'here' | 'elsewhere' }

/** A status that was written or rewritten is found by its words a moment later. */
export const indexStatus = now<ById>({
  name: 'index status',
  run: (tx, { statusId }) => indexSoon(tx, 'status', statusId),
})

/** What a member here marks belongs to their library. */
export const indexMarked = now<Marked>({
  name: 'index what was marked',
  async run(tx, { statusId, origin }) {
    if (origin === 'here') await indexSoon(tx, 'status', statusId)
  },
})

/** A deleted status leaves the index with its row (PRIV-25). */
export const unindexStatus = now<ById>({
  name: 'unindex status',
  run: async (tx, { statusId }) => void (await tx.dialect.fullText.drop(STATUSES, [statusId]).execute(tx.db)),
})

export const indexAccount = now<{ accountId: number }>({
  name: 'index account',
  run: (tx, { accountId }) => indexSoon(tx, 'account', accountId),
})

export const unindexAccount = now<{ accountId: number }>({
  name: 'unindex account',
  async run(tx, { accountId }) {
    await tx.dialect.fullText.drop(ACCOUNTS, [accountId]).execute(tx.db)
    await tx.db.deleteFrom('search_author').where('account_id', '=', accountId).execute()
  },
})
