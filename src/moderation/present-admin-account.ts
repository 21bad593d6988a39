import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { isLocal } from '#accounts/accounts.ts'
import { Account, presentAccounts } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { presentRole, Role } from '#auth/present-credentials.ts'
import type { SessionRow, UserRow } from '#auth/users.ts'
import { isoTime } from '#platform/times.ts'

const MOST_ADDRESSES = 20

/** https://docs.joinmastodon.org/entities/Admin_Account/ */
export const AdminAccount = z.object({
  id: z.string(),
  username: z.string(),
  domain: z.string().nullable(),
  created_at: z.string(),
  email: z.string().nullable(),
  ip: z.string().nullable(),
  ips: z.array(z.object({ ip: z.string(), used_at: z.string() })),
  locale: z.string().nullable(),
  invite_request: z.string().nullable(),
  role: Role.nullable(),
  confirmed: z.boolean().nullable(),
  approved: z.boolean().nullable(),
  disabled: z.boolean().nullable(),
  sensitized: z.boolean(),
  silenced: z.boolean(),
  suspended: z.boolean(),
  account: Account,
  created_by_application_id: z.string().optional(),
})
export type AdminAccount = z.infer<typeof AdminAccount>

/** These accounts as the staff sees them, in order; two queries more for those of our own. */
export async function presentAdminAccounts(
  app: App,
  reader: Reader,
  rows: readonly AccountRow[],
): Promise<AdminAccount[]> {
  const shown = await presentAccounts(app, reader, rows)
  const users = await usersOf(app, rows)
  const sessions = await sessionsOf(app, [...users.values()])
  return Promise.all(
    rows.map(async (row, at) => {
      const user = users.get(row.id)
      return {
        ...stateOfAccount(row),
        ...(user ? await privateOf(app, user, sessions.get(user.id) ?? []) : UNKNOWN),
        account: shown[at] as Account,
      }
    }),
  )
}

function stateOfAccount(row: AccountRow) {
  return {
    id: String(row.id),
    username: row.username,
    domain: isLocal(row) ? null : row.host,
    created_at: isoTime(row.created_at),
    sensitized: row.sensitized_at !== null,
    silenced: row.silenced_at !== null,
    suspended: row.suspended_at !== null,
  }
}

const UNKNOWN = {
  email: null,
  ip: null,
  ips: [],
  locale: null,
  invite_request: null,
  role: null,
  confirmed: null,
  approved: null,
  disabled: null,
}

async function privateOf(app: App, user: UserRow, sessions: readonly SessionRow[]) {
  const ips = sessions.flatMap(({ ip, last_used_at }) => (ip ? [{ ip, used_at: isoTime(last_used_at) }] : []))
  const application = user.created_by_application_id
  return {
    email: user.email,
    ip: ips[0]?.ip ?? user.sign_up_ip,
    ips,
    locale: user.locale,
    invite_request: user.sign_up_reason,
    role: await presentRole(app, user),
    confirmed: user.confirmed_at !== null,
    approved: user.approved_at !== null,
    disabled: user.disabled_at !== null,
    ...(application === null ? {} : { created_by_application_id: String(application) }),
  }
}

async function usersOf(app: App, rows: readonly AccountRow[]): Promise<Map<number, UserRow>> {
  const ids = rows.filter(isLocal).map(({ id }) => id)
  if (ids.length === 0) return new Map()
  const users = await app.db
    .selectFrom('user')
    .selectAll()
    .where(app.dialect.among(sql`account_id`, ids))
    .execute()
  return new Map(users.map((user) => [user.account_id, user]))
}

async function sessionsOf(app: App, users: readonly UserRow[]): Promise<Map<number, SessionRow[]>> {
  if (users.length === 0) return new Map()
  const ids = users.map(({ id }) => id)
  const rows = await app.db
    .selectFrom('session')
    .selectAll()
    .where(app.dialect.among(sql`user_id`, ids))
    .orderBy('last_used_at', 'desc')
    .limit(ids.length * MOST_ADDRESSES)
    .execute()
  const byUser = Map.groupBy(rows, (row) => row.user_id)
  return new Map([...byUser].map(([id, of]) => [id, of.slice(0, MOST_ADDRESSES)]))
}
