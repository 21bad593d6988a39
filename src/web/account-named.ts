import type { AccountRow } from '#accounts/accounts.ts'
import { accountByHandle } from '#accounts/accounts.ts'
import { stateOf } from '#auth/user-state.ts'
import { userByAccount } from '#auth/users.ts'
import { gone, notFound } from '#platform/errors.ts'
import type { Visit } from './visit.ts'

const NOBODY = 'There is nobody of that name here.'

/** The account that a handle in an address names. Whoever still waits to be let in is nobody yet. */
export async function accountNamed(visit: Visit, handle: string): Promise<AccountRow> {
  const { app } = visit
  const [username = '', host = visit.domain.name] = handle.replace(/^@/, '').split('@')
  const hosted = app.domains.byHost(host)
  const account = await accountByHandle(app, username, hosted ? hosted.name : host)
  if (!account || account.actor_type === 'Application') throw notFound(NOBODY)
  if (account.deleted_at !== null) throw gone('This account has ended.')
  if (account.suspended_at !== null) throw gone('This account has been suspended.')
  const user = account.domain_id === null ? undefined : await userByAccount(app, account.id)
  const state = user ? stateOf(user, account) : 'active'
  if (state === 'pending' || state === 'unconfirmed') throw notFound(NOBODY)
  return account
}
