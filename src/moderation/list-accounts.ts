import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import type { Page } from '#platform/paging.ts'

export type AccountState = 'active' | 'pending' | 'disabled' | 'silenced' | 'suspended' | 'sensitized'

/** What accounts the staff looks for; what is left out is not asked. */
export type AccountSearch = {
  origin?: 'local' | 'remote' | undefined
  state?: AccountState | undefined
  isStaff?: boolean | undefined
  roleIds?: readonly number[] | undefined
  username?: string | undefined
  displayName?: string | undefined
  host?: string | undefined
  email?: string | undefined
  ip?: string | undefined
}

const beginning = (text: string) => `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`

/** Accounts for the staff of a domain: its own and those of other servers, newest first. Those that ended are not among them. */
export async function listAccounts(
  app: App,
  domain: HostedDomain,
  search: AccountSearch,
  page: Page,
): Promise<AccountRow[]> {
  const asksUser = search.isStaff || search.roleIds || search.email || search.ip || search.origin === 'local'
  let asked = app.db
    .selectFrom('account')
    .leftJoin('user', 'user.account_id', 'account.id')
    .selectAll('account')
    .where('account.deleted_at', 'is', null)
    .where('account.actor_type', '<>', 'Application')
    .limit(page.limit)
  if (search.origin === 'remote') asked = asked.where('account.domain_id', 'is', null)
  else if (asksUser) asked = asked.where('user.domain_id', '=', domain.id)
  else
    asked = asked.where((row) =>
      row.or([row('account.domain_id', 'is', null), row('user.domain_id', '=', domain.id)]),
    )
  for (const condition of conditionsOf(search)) asked = asked.where(condition)
  if (page.maxId !== null) asked = asked.where('account.id', '<', page.maxId)
  const least = page.minId ?? page.sinceId
  if (least !== null) asked = asked.where('account.id', '>', least)
  const rows = await asked.orderBy('account.id', page.minId === null ? 'desc' : 'asc').execute()
  return page.minId === null ? rows : rows.reverse()
}

const STATES: Record<AccountState, ReturnType<typeof sql<boolean>>> = {
  active: sql<boolean>`account.suspended_at is null and account.silenced_at is null
    and ("user".id is null or ("user".disabled_at is null and "user".approved_at is not null))`,
  pending: sql<boolean>`"user".id is not null and "user".approved_at is null`,
  disabled: sql<boolean>`"user".disabled_at is not null`,
  silenced: sql<boolean>`account.silenced_at is not null`,
  suspended: sql<boolean>`account.suspended_at is not null`,
  sensitized: sql<boolean>`account.sensitized_at is not null`,
}

function conditionsOf({ state, isStaff, roleIds, username, displayName, host, email, ip }: AccountSearch) {
  const conditions: ReturnType<typeof sql<boolean>>[] = []
  if (state) conditions.push(STATES[state])
  if (isStaff) conditions.push(sql`"user".role_id is not null`)
  if (roleIds?.length) conditions.push(sql`"user".role_id in (${sql.join(roleIds)})`)
  if (username) conditions.push(sql`account.username_lower like ${beginning(username)} escape '\\'`)
  if (displayName)
    conditions.push(sql`lower(account.display_name) like ${beginning(displayName)} escape '\\'`)
  if (host) conditions.push(sql`account.host = ${host.toLowerCase()}`)
  if (email) conditions.push(sql`"user".email_lower like ${beginning(email)} escape '\\'`)
  if (ip)
    conditions.push(sql`("user".sign_up_ip = ${ip}
      or exists (select 1 from session where session.user_id = "user".id and session.ip = ${ip}))`)
  return conditions
}
