import type { Account } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import type { Page } from '#platform/paging.ts'
import { isoTime } from '#platform/times.ts'
import type { Status } from '#statuses/entities.ts'
import type { GroupedNotifications, NotificationGroup, PartialAccount } from './entities.ts'
import { aloneKey } from './group-keys.ts'
import type { GroupFacts } from './groups.ts'
import { groupFacts } from './groups.ts'
import type { Ask } from './list-notifications.ts'
import { isGrouped } from './list-notifications.ts'
import type { NotificationRow } from './notifications.ts'
import type { Supported, Told } from './present-notification.ts'
import { fallbackFor, loadTold } from './present-notification.ts'

export type GroupOptions = {
  grouped: Ask['grouped']
  supported: Supported
  /** All but the first of a group's accounts as pictures only. */
  partial?: boolean
  /** The page that the rows are; left out for a group by itself. */
  page?: Page
}

/** The groups that these rows stand for, as their owner sees them, with accounts and statuses each once. */
export async function presentGroups(
  app: App,
  reader: Reader,
  rows: readonly NotificationRow[],
  options: GroupOptions,
): Promise<GroupedNotifications> {
  const once = firstOfGroups(rows, options.grouped)
  const together = once.filter((row) => isTogether(row, options.grouped))
  const facts = await groupFacts(app, together, lowestOf(rows, options.page))
  const others = [...facts.values()].flatMap((each) => each.samples)
  const { told, accounts } = await loadTold(app, reader, once, others)
  const groups = told.map((each) => shape(each, facts.get(each.row.id), accounts, options))
  const statuses = new Map(told.flatMap(({ subject }) => (subject.status ? [entry(subject.status)] : [])))
  return {
    ...shownAccounts(groups, accounts, options.partial ?? false),
    statuses: [...statuses.values()],
    notification_groups: groups,
  }
}

const entry = (status: Status): [string, Status] => [status.id, status]

const isTogether = (row: NotificationRow, grouped: Ask['grouped']) =>
  isGrouped(row.type, grouped) && row.group_key !== aloneKey(row.id)

function firstOfGroups(rows: readonly NotificationRow[], grouped: Ask['grouped']): NotificationRow[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    if (!isTogether(row, grouped)) return true
    const isNew = !seen.has(row.group_key)
    seen.add(row.group_key)
    return isNew
  })
}

/** The oldest notification that a page covers: a short one goes down to where it was told to stop. */
function lowestOf(rows: readonly NotificationRow[], page: Page | undefined): number {
  if (!page) return 0
  if (page.minId !== null) return page.minId + 1
  if (rows.length < page.limit) return (page.sinceId ?? -1) + 1
  return rows.at(-1)?.id ?? 0
}

function shape(
  told: Told,
  facts: GroupFacts | undefined,
  accounts: Map<number, Account>,
  { supported, page }: GroupOptions,
): NotificationGroup {
  const { row, account, subject } = told
  const { status, ...rest } = subject
  const samples = (facts?.samples ?? []).filter((id) => accounts.has(id) && !accounts.get(id)?.suspended)
  return {
    group_key: facts ? row.group_key : aloneKey(row.id),
    notifications_count: facts?.count ?? 1,
    type: row.type,
    most_recent_notification_id: facts?.newest ?? row.id,
    ...(page
      ? {
          page_min_id: String(facts?.pageMin ?? row.id),
          page_max_id: String(row.id),
          latest_page_notification_at: isoTime(row.created_at),
        }
      : {}),
    sample_account_ids: samples.length > 0 ? samples.map(String) : [account.id],
    ...(status ? { status_id: status.id } : {}),
    ...rest,
    ...fallbackFor(told, supported),
  }
}

function shownAccounts(groups: NotificationGroup[], accounts: Map<number, Account>, partial: boolean) {
  const wanted = [...new Set(groups.flatMap((group) => group.sample_account_ids))]
  const whole = new Set(groups.flatMap((group) => group.sample_account_ids.slice(0, partial ? 1 : undefined)))
  const known = wanted.flatMap((id) => accounts.get(Number(id)) ?? [])
  return {
    accounts: known.filter((account) => whole.has(account.id)),
    ...(partial
      ? { partial_accounts: known.filter((account) => !whole.has(account.id)).map(pictureOf) }
      : {}),
  }
}

function pictureOf(account: Account): PartialAccount {
  const { id, acct, locked, bot, url, avatar, avatar_static, avatar_description } = account
  return { id, acct, locked, bot, url, avatar, avatar_static, avatar_description }
}
