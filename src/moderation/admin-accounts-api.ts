import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, isLocal } from '#accounts/accounts.ts'
import type { App, HostedDomain, Viewer } from '#app.ts'
import type { Permission } from '#auth/roles.ts'
import { demand } from '#auth/roles.ts'
import { approveUser, enableUser } from '#auth/sign-up.ts'
import { rejectUser } from '#auth/turn-away.ts'
import type { UserRow } from '#auth/users.ts'
import { userByAccount } from '#auth/users.ts'
import { invalid, notAllowed, notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, idList, idText, text, wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { actOnAccount, demandRank } from './act-on-account.ts'
import { deleteAccount } from './delete-account.ts'
import type { AccountSearch, AccountState } from './list-accounts.ts'
import { listAccounts } from './list-accounts.ts'
import { unsensitizeAccount, unsilenceAccount, unsuspendAccount } from './mark-account.ts'
import { AdminAccount, presentAdminAccounts } from './present-admin-account.ts'
import { reportById } from './reports.ts'
import { actions } from './warnings.ts'

const USUAL = 100
const MOST = 200
const read = 'admin:read:accounts'
const write = 'admin:write:accounts'

const Words = PageQuery.extend({
  username: text(100).optional(),
  display_name: text(100).optional(),
  by_domain: text(260).optional(),
  email: text(320).optional(),
  ip: text(100).optional(),
})
const states = ['active', 'pending', 'disabled', 'silenced', 'suspended', 'sensitized'] as const
const legacy = ['local', 'remote', 'staff', ...states] as const
const Legacy = Words.extend(Object.fromEntries(legacy.map((name) => [name, flag.optional()])))

type Given = {
  app: App
  viewer: Viewer
  domain: HostedDomain
  request: Parameters<typeof paged>[1]['request']
}

async function answer(
  { app, viewer, domain, request }: Given,
  query: z.output<typeof Words>,
  search: AccountSearch,
) {
  await demand(app, viewer.user, 'manage_users')
  const page = readPage(query, USUAL, MOST)
  const { username, display_name: displayName, by_domain: host, email, ip } = query
  const rows = await listAccounts(app, domain, { ...search, username, displayName, host, email, ip }, page)
  const shown = await presentAdminAccounts(app, { domain, account: viewer.account }, rows)
  const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
  return paged(shown, { request, page, ...ends, style: 'statuses' })
}

export const accountsEndpoint = endpoint({
  route: 'GET /api/v1/admin/accounts',
  scope: read,
  summary: 'Accounts by their state, origin, name, address or server, newest first',
  query: Legacy,
  returns: z.array(AdminAccount),
  handle: async (given) => {
    const query = given.query as z.output<typeof Words> & Partial<Record<(typeof legacy)[number], boolean>>
    const state = states.find((name) => query[name])
    const origin = query.local ? 'local' : query.remote ? 'remote' : undefined
    return answer(given, query, { origin, state, isStaff: query.staff })
  },
})

export const accountsV2Endpoint = endpoint({
  route: 'GET /api/v2/admin/accounts',
  scope: read,
  summary: 'Accounts by their state, origin, role, name, address or server, newest first',
  query: Words.extend({
    origin: wordOf(['local', 'remote']).optional(),
    status: wordOf(states).optional(),
    permissions: wordOf(['staff']).optional(),
    role_ids: idList.optional(),
    invited_by: idText.optional(),
  }),
  returns: z.array(AdminAccount),
  handle: async (given) => {
    const { query } = given
    // Nobody is invited here.
    if (query.invited_by !== undefined) return []
    const roleIds = query.role_ids?.flatMap((id) => readId(id) ?? [])
    const state = query.status as AccountState | undefined
    return answer(given, query, {
      origin: query.origin,
      state,
      isStaff: query.permissions === 'staff',
      roleIds,
    })
  },
})

/** The account a path names, as far as the staff of this domain has to do with it; throws `notFound`. */
async function named(app: App, domain: HostedDomain, id: string): Promise<AccountRow> {
  const account = await accountById(app, readId(id) ?? -1)
  if (!account || account.deleted_at !== null || account.actor_type === 'Application') throw notFound()
  if (isLocal(account) && account.domain_id !== domain.id) throw notFound()
  return account
}

async function shownTo(app: App, domain: HostedDomain, viewer: Viewer, id: number): Promise<AdminAccount> {
  const account = await accountById(app, id)
  const [shown] = account
    ? await presentAdminAccounts(app, { domain, account: viewer.account }, [account])
    : []
  if (!shown) throw notFound()
  return shown
}

export const accountEndpoint = endpoint({
  route: 'GET /api/v1/admin/accounts/:id',
  scope: read,
  summary: 'One account as the staff sees it',
  returns: AdminAccount,
  handle: async ({ app, viewer, domain, params }) => {
    await demand(app, viewer.user, 'manage_users')
    return shownTo(app, domain, viewer, (await named(app, domain, params.id)).id)
  },
})

export const actEndpoint = endpoint({
  route: 'POST /api/v1/admin/accounts/:account_id/action',
  scope: write,
  summary: 'Warn, freeze, limit or suspend an account',
  body: z.object({
    type: wordOf(actions).optional(),
    report_id: idText.optional(),
    warning_preset_id: idText.optional(),
    text: text().optional(),
    send_email_notification: flag.optional(),
  }),
  returns: z.object({}).strict(),
  handle: async ({ app, viewer, domain, params, body }) => {
    await demand(app, viewer.user, 'manage_users')
    const account = await named(app, domain, params.account_id)
    if (account.id === viewer.account.id) throw notAllowed()
    await demandRank(app, viewer.user, account)
    if (body.type === undefined) throw invalid('Validation failed: Type is not included in the list')
    const reportId = body.report_id === undefined ? null : readId(body.report_id)
    if (reportId !== null) await demandReport(app, domain, account, reportId)
    await actOnAccount(app, account, { action: body.type, text: body.text, reportId, by: viewer })
    return {}
  },
})

/** A report of another domain, or about somebody else, is none (AZ-16). */
async function demandReport(app: App, domain: HostedDomain, account: AccountRow, id: number): Promise<void> {
  const report = await reportById(app, id)
  if (report?.domain_id !== domain.id || report.target_id !== account.id) throw notFound()
}

type Change = (app: App, account: AccountRow) => Promise<void>

/** Declares what the staff does to one account and then looks at it. */
function changing(word: string, summary: string, change: Change, permission: Permission = 'manage_users') {
  return endpoint({
    route: `POST /api/v1/admin/accounts/:id/${word}` as const,
    scope: write,
    summary,
    returns: AdminAccount,
    handle: async ({ app, viewer, domain, params }) => {
      await demand(app, viewer.user, permission)
      const account = await named(app, domain, (params as { id: string }).id)
      await demandRank(app, viewer.user, account)
      const before = await shownTo(app, domain, viewer, account.id)
      await change(app, account)
      return (await accountById(app, account.id)) ? shownTo(app, domain, viewer, account.id) : before
    },
  })
}

async function personOf(app: App, account: AccountRow): Promise<UserRow> {
  const user = await userByAccount(app, account.id)
  if (!user) throw invalid('Validation failed: Account is not of this server')
  return user
}

export const unsilenceEndpoint = changing('unsilence', 'Limit an account no longer', unsilenceAccount)
export const unsuspendEndpoint = changing('unsuspend', 'Take a suspension back', unsuspendAccount)
export const unsensitiveEndpoint = changing('unsensitive', 'Cover pictures no longer', unsensitizeAccount)
export const enableEndpoint = changing('enable', 'Let somebody sign in again', async (app, account) =>
  enableUser(app, await personOf(app, account)),
)
export const approveEndpoint = changing('approve', 'Let somebody in who waits', async (app, account) => {
  const user = await personOf(app, account)
  if (user.approved_at !== null) throw notAllowed('This person is in already')
  await approveUser(app, user)
})
export const rejectEndpoint = changing('reject', 'Turn somebody away who waits', async (app, account) =>
  rejectUser(app, await personOf(app, account)),
)

export const deleteEndpoint = endpoint({
  route: 'DELETE /api/v1/admin/accounts/:id',
  scope: write,
  summary: 'Delete the data of a suspended account for good',
  returns: AdminAccount,
  handle: async ({ app, viewer, domain, params }) => {
    await demand(app, viewer.user, 'delete_user_data')
    const account = await named(app, domain, params.id)
    await demandRank(app, viewer.user, account)
    if (account.suspended_at === null) throw notAllowed('Only suspended accounts can be deleted')
    const shown = await shownTo(app, domain, viewer, account.id)
    await deleteAccount(app, account)
    return shown
  },
})
