import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByUri } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { HOUR } from '#platform/times.ts'
import { deleteRemoteAccount } from '../inbox/delete-account.ts'
import { fetchDocument } from './fetch-document.ts'

/** Asks once more for an account whose server said that it is gone, and believes it the second time (ACT-40). */
export const confirmGone = job({
  name: 'confirm gone',
  queue: 'fetch',
  tries: 3,
  payload: z.object({ uri: z.string() }),
  lane: ({ uri }) => (URL.canParse(uri) ? new URL(uri).host : ''),
  async run(app, { uri }) {
    const account = await accountByUri(app, uri)
    // What is known of a suspended one stays, for whoever suspended it.
    if (!account || account.domain_id !== null || account.suspended_at !== null) return
    const { kind } = await fetchDocument(app, uri, { fresh: true })
    if (kind === 'gone') await deleteRemoteAccount(app, account)
  },
})

/** Owes the second look, an hour later: a server may have a bad day. */
export async function oweSecondLook(app: App, { uri }: Pick<AccountRow, 'uri'>): Promise<void> {
  await app.inTransaction((tx) =>
    tx.later(confirmGone, { uri }, { unique: `gone ${uri}`, at: tx.now() + HOUR, prio: 80 }),
  )
}
