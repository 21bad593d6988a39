import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import type { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import type { Marks } from './marks-of-many.ts'
import { marksOfMany } from './marks-of-many.ts'
import { quotedAlike, quotedIn } from './quoted-alike.ts'

/** A status as these members see it, all alike. */
export type Shown = { status: Status; accountIds: number[] }

/**
 * A status as each of these members of one domain sees it: shaped once for all to whom it looks the same, by itself
 * only for those to whom it cannot (its author; whoever sees something else of what it quotes; everybody, where it
 * holds a poll).
 */
export async function presentForMany(
  app: App,
  domain: HostedDomain,
  row: StatusRow,
  viewers: readonly AccountRow[],
): Promise<Shown[]> {
  const original = row.reblog_of_id === null ? row : await statusById(app, row.reblog_of_id)
  if (!original) return []
  const ids = viewers.map((viewer) => viewer.id)
  const alike = original.poll_id === null ? await quotedAlike(app, original, ids) : null
  const apart = new Set([row.account_id, original.account_id, ...(alike?.apart ?? ids)])
  const others = viewers.filter((viewer) => !apart.has(viewer.id))
  const base = others[0] && (await present(app, domain, row, others[0]))
  const shown = base ? await asMarked(app, base, { original, quoted: alike?.quoted ?? null }, others) : []
  for (const viewer of base ? viewers.filter(({ id }) => apart.has(id)) : viewers) {
    const status = await present(app, domain, row, viewer)
    if (status) shown.push({ status, accountIds: [viewer.id] })
  }
  return shown
}

async function present(app: App, domain: HostedDomain, row: StatusRow, account: AccountRow) {
  return (await presentStatuses(app, { domain, account }, [row.id]))[0]
}

type Rows = { original: StatusRow; quoted: StatusRow | null }

/** Copies of one shape with what is each member's own; members who did the same share one. */
async function asMarked(
  app: App,
  base: Status,
  rows: Rows,
  viewers: readonly AccountRow[],
): Promise<Shown[]> {
  const ids = viewers.map((viewer) => viewer.id)
  const proper = base.reblog ?? base
  const within = quotedIn(proper)
  const own = await marksOfMany(app, rows.original, proper, ids)
  const ofQuoted = within && rows.quoted ? await marksOfMany(app, rows.quoted, within, ids) : null
  const groups = new Map<string, Shown>()
  for (const id of ids) {
    const marks = own.get(id) ?? {}
    const marksWithin = ofQuoted?.get(id) ?? {}
    const key = JSON.stringify([marks, marksWithin])
    const group = groups.get(key) ?? { status: withMarks(base, marks, marksWithin), accountIds: [] }
    group.accountIds.push(id)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function withMarks(base: Status, marks: Marks, marksWithin: Marks): Status {
  if (base.reblog) return { ...base, ...marks, reblog: withMarks(base.reblog, marks, marksWithin) }
  const within = quotedIn(base)
  const quote =
    base.quote && within ? { ...base.quote, quoted_status: { ...within, ...marksWithin } } : base.quote
  return { ...base, ...marks, quote }
}
