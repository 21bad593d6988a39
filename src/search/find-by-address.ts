import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import type { App, HostedDomain } from '#app.ts'
import { readId } from '#platform/ids.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'

export type Addressed = { status?: StatusRow; account?: AccountRow; tag?: string }
type Wanted = { statuses: boolean; accounts: boolean; resolve: boolean }

/** `/@name@host/1`, `/web/@name/1`, `/deck/@name`, `/users/name/statuses/1`, `/web/statuses/1`, `/web/accounts/1`, `/tags/name`. */
const STATUS =
  /^\/(?:(?:web\/|deck\/)?@[^/]+\/|users\/[^/]+\/statuses\/|ap\/users\/\d+\/statuses\/|(?:web\/|deck\/)?statuses\/)(\d+)\/?$/
const ACCOUNT = /^\/(?:(?:web\/|deck\/)?@|users\/)([^/]+)\/?$/
const ACCOUNT_ID = /^\/(?:web\/|deck\/)?accounts\/(\d+)\/?$/
const TAG = /^\/(?:web\/|deck\/)?tags\/([^/]+)\/?$/

/** What an address leads to: pages and documents of ours in all their forms without a request, others as far as asked. */
export async function findByAddress(
  app: App,
  domain: HostedDomain,
  address: string,
  wanted: Wanted,
): Promise<Addressed> {
  const known = await findKnown(app, address, wanted)
  if (known.status || known.account) return known
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url) return {}
  if (app.domains.isOurs(url.host)) return findOurs(app, app.domains.byHost(url.host) ?? domain, url, wanted)
  if (!wanted.resolve) return {}
  const status = wanted.statuses ? await app.fediverse.findStatus(address) : null
  if (status) return { status }
  const account = wanted.accounts ? await app.fediverse.findAccount(address) : null
  return account && account.suspended_at === null ? { account } : {}
}

async function findKnown(app: App, address: string, wanted: Wanted): Promise<Addressed> {
  if (wanted.statuses) {
    const query = app.db.selectFrom('status').selectAll().where('uri', '=', address)
    const status = await query.executeTakeFirst()
    if (status) return { status }
  }
  if (!wanted.accounts) return {}
  const account = await app.db
    .selectFrom('account')
    .selectAll()
    .where((row) => row.or([row('uri', '=', address), row('url', '=', address)]))
    .executeTakeFirst()
  return shown(app, account)
}

async function findOurs(app: App, domain: HostedDomain, url: URL, wanted: Wanted): Promise<Addressed> {
  const path = decoded(url.pathname)
  const statusId = readId(STATUS.exec(path)?.[1])
  if (statusId !== null) {
    const status = wanted.statuses ? await statusById(app, statusId) : undefined
    return status ? { status } : {}
  }
  const tag = TAG.exec(path)?.[1]
  if (tag) return { tag }
  if (!wanted.accounts) return {}
  const accountId = readId(ACCOUNT_ID.exec(path)?.[1])
  if (accountId !== null) {
    const query = app.db.selectFrom('account').selectAll().where('id', '=', accountId)
    return shown(app, await query.executeTakeFirst())
  }
  const handle = ACCOUNT.exec(path)?.[1]
  return handle ? shown(app, await accountByAcct(app, domain, handle)) : {}
}

async function shown(app: App, account: AccountRow | undefined): Promise<Addressed> {
  const seen = account && account.suspended_at === null ? await letIn(app, account) : undefined
  return seen ? { account: seen } : {}
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
