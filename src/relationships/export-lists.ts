import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'

/** What can be taken along as a table, in the form that Mastodon reads. */
export const exportKinds = ['follows', 'lists', 'blocks', 'mutes', 'domain_blocks', 'bookmarks'] as const
export type ExportKind = (typeof exportKinds)[number]
export type Table = { head: string[] | null; rows: (string | boolean)[][] }

/** More than anybody follows; a table is made in memory. */
const MOST_ROWS = 100_000

type Line = { a: string; b: string | number | null; c: string | number | null; d: string | null }

const address = sql`a.username || '@' || a.host`

const queries = {
  follows: (
    id: number,
  ) => sql<Line>`select ${address} as a, f.show_reblogs as b, f.notify as c, f.languages as d
    from follow f join account a on a.id = f.target_id where f.account_id = ${id} order by f.id`,
  lists: (id: number) => sql<Line>`select l.title as a, ${address} as b, null as c, null as d
    from list l join list_member m on m.list_id = l.id join account a on a.id = m.account_id
    where l.account_id = ${id} order by l.id, m.id`,
  blocks: (id: number) => sql<Line>`select ${address} as a, null as b, null as c, null as d
    from block k join account a on a.id = k.target_id where k.account_id = ${id} order by k.id`,
  mutes: (id: number) => sql<Line>`select ${address} as a, m.hide_notifications as b, null as c, null as d
    from mute m join account a on a.id = m.target_id where m.account_id = ${id} order by m.id`,
  domain_blocks: (id: number) => sql<Line>`select domain as a, null as b, null as c, null as d
    from account_domain_block where account_id = ${id} order by id`,
  bookmarks: (id: number) => sql<Line>`select s.uri as a, null as b, null as c, null as d
    from bookmark k join status s on s.id = k.status_id where k.account_id = ${id} order by k.id`,
} as const

const HEADS: Record<ExportKind, string[] | null> = {
  follows: ['Account address', 'Show boosts', 'Notify on new posts', 'Languages'],
  lists: null,
  blocks: ['Account address'],
  mutes: ['Account address', 'Hide notifications'],
  domain_blocks: null,
  bookmarks: null,
}

/** A member's follows, lists, blocks and so on as rows, whatever the number up to a hundred thousand. */
export async function exportTable(app: App, account: AccountRow, kind: ExportKind): Promise<Table> {
  const { rows } = await sql<Line>`${queries[kind](account.id)} limit ${MOST_ROWS}`.execute(app.db)
  return { head: HEADS[kind], rows: rows.map((line) => cells(kind, line)) }
}

function cells(kind: ExportKind, { a, b, c, d }: Line): (string | boolean)[] {
  if (kind === 'follows')
    return [a, b === 1, c === 1, d === null ? '' : (JSON.parse(d) as string[]).join(', ')]
  if (kind === 'lists') return [a, String(b)]
  if (kind === 'mutes') return [a, b === 1]
  return [a]
}
