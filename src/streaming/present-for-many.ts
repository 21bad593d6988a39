import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { filteredBy } from '#filters/filtered.ts'
import type { ReaderFilters } from '#filters/reader-filters.ts'
import { filtersOfReaders } from '#filters/reader-filters.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { dependsOnFollows } from '#statuses/quote-policy.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'

/** A status as these members see it, all alike. */
export type Shown = { status: Status; accountIds: number[] }

type Done = { account_id: number; kind: string }

const marksOfMany = prepared<{ id: number; conversation: number; viewers: readonly number[] }, Done>(
  (db, { id, conversation, viewers }, dialect) =>
    db
      .selectFrom('favourite')
      .select(['account_id', sql<string>`'favourited'`.as('kind')])
      .where('status_id', '=', id)
      .where(dialect.among(sql`account_id`, viewers))
      .unionAll(
        db
          .selectFrom('bookmark')
          .select(['account_id', sql<string>`'bookmarked'`.as('kind')])
          .where('status_id', '=', id)
          .where(dialect.among(sql`account_id`, viewers)),
      )
      .unionAll(
        db
          .selectFrom('status')
          .select(['account_id', sql<string>`'reblogged'`.as('kind')])
          .where('reblog_of_id', '=', id)
          .where(dialect.among(sql`account_id`, viewers)),
      )
      .unionAll(
        db
          .selectFrom('conversation_mute')
          .select(['account_id', sql<string>`'muted'`.as('kind')])
          .where('conversation_id', '=', conversation)
          .where(dialect.among(sql`account_id`, viewers)),
      ),
)

/**
 * A status as each of these members of one domain sees it: shaped once for all to whom it looks the same, by itself
 * only for those to whom it cannot (its author; everybody, where it holds a poll or a quote, or may be
 * quoted by some alone).
 */
export async function presentForMany(
  app: App,
  domain: HostedDomain,
  row: StatusRow,
  viewers: readonly AccountRow[],
): Promise<Shown[]> {
  const original = row.reblog_of_id === null ? row : await statusById(app, row.reblog_of_id)
  if (!original) return []
  const authors = [row.account_id, original.account_id]
  const alone: AccountRow[] = []
  const others: AccountRow[] = []
  for (const viewer of viewers) (authors.includes(viewer.id) ? alone : others).push(viewer)
  const base = others[0] && (await present(app, domain, row, others[0]))
  if (!base || looksDifferent(original)) alone.push(...others.splice(0))
  const shown: Shown[] = base ? await asMarked(app, base, original, others) : []
  for (const viewer of alone) {
    const status = await present(app, domain, row, viewer)
    if (status) shown.push({ status, accountIds: [viewer.id] })
  }
  return shown
}

async function present(app: App, domain: HostedDomain, row: StatusRow, account: AccountRow) {
  return (await presentStatuses(app, { domain, account }, [row.id]))[0]
}

// By the row: what one reader is not shown of it another may be.
const looksDifferent = (original: StatusRow) =>
  original.poll_id !== null || original.quote_id !== null || dependsOnFollows(original)

const KINDS = ['favourited', 'reblogged', 'bookmarked', 'muted'] as const

/** Copies of one shape with what each did to the status; members who did the same share one. */
async function asMarked(app: App, base: Status, original: StatusRow, viewers: readonly AccountRow[]) {
  const done = new Map<number, Set<string>>()
  const ids = viewers.map((viewer) => viewer.id)
  if (ids.length === 0) return []
  const ask = { id: original.id, conversation: original.conversation_id ?? 0, viewers: ids }
  for (const { account_id: id, kind } of await marksOfMany(app, ask))
    done.set(id, (done.get(id) ?? new Set()).add(kind))
  const filters = await filtersOfReaders(app, ids)
  const groups = new Map<string, Shown>()
  for (const id of ids) {
    const kinds = done.get(id)
    const marks = {
      ...Object.fromEntries(KINDS.map((kind) => [kind, kinds?.has(kind) ?? false])),
      filtered: filteredFor(app, base, filters.get(id)),
    }
    const key = JSON.stringify(marks)
    const group = groups.get(key) ?? { status: withMarks(base, marks), accountIds: [] }
    group.accountIds.push(id)
    groups.set(key, group)
  }
  return [...groups.values()]
}

const filteredFor = (app: App, status: Status, reader: ReaderFilters | undefined) =>
  reader ? filteredBy(app, reader, status) : []

function withMarks(base: Status, marks: Partial<Status>): Status {
  const reblog = base.reblog ? { ...base.reblog, ...marks } : null
  return { ...base, ...marks, reblog }
}
