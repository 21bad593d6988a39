import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountCores } from '#accounts/accounts.ts'
import type { App, Tables } from '#app.ts'
import type { Dialect } from '#platform/database/dialect.ts'
import { prepared } from '#platform/database/prepared.ts'
import { notFound } from '#platform/errors.ts'
import type { Mark } from './status-parts.ts'
import { isMark, marksQuery } from './status-parts.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'

/** What a viewer is to the authors and statuses of one page; loaded once for all of them. */
export type Standing = {
  viewerId: number | null
  /** Whether the viewer is a member of this server, and not somebody elsewhere. */
  isMember: boolean
  /** Authors the viewer follows. */
  following: ReadonlySet<number>
  /** Authors who blocked the viewer. */
  blockedBy: ReadonlySet<number>
  /** Authors nobody may read. */
  suspended: ReadonlySet<number>
  /** Statuses that mention the viewer. */
  mentionedIn: ReadonlySet<number>
}

/** Something that ties a viewer to an author or a status. */
export type Tie = { kind: string; id: number }
type TieAsk = { viewer: number; authors: readonly number[]; statuses: readonly number[] }

const tiesQuery = (db: Kysely<Tables>, { viewer, authors, statuses }: TieAsk, dialect: Dialect) =>
  db
    .selectFrom('follow')
    .select([sql<string>`'following'`.as('kind'), 'target_id as id'])
    .where('account_id', '=', viewer)
    .where(dialect.among(sql`target_id`, authors))
    .unionAll(
      db
        .selectFrom('block')
        .select([sql<string>`'blocked'`.as('kind'), 'account_id as id'])
        .where('target_id', '=', viewer)
        .where(dialect.among(sql`account_id`, authors)),
    )
    .unionAll(
      db
        .selectFrom('mention')
        .select([sql<string>`'mentioned'`.as('kind'), 'status_id as id'])
        .where('account_id', '=', viewer)
        .where(dialect.among(sql`status_id`, statuses)),
    )
const ties = prepared<TieAsk, Tie>(tiesQuery)
const tiesAndMarks = prepared<TieAsk, Tie>((db, ask, dialect) =>
  tiesQuery(db, ask, dialect).unionAll(marksQuery(db, { viewer: ask.viewer, ids: ask.statuses }, dialect)),
)

const marksOf = prepared<{ viewer: number; ids: readonly number[] }, Tie>(marksQuery)

type Viewing = Pick<AccountRow, 'id' | 'domain_id'> | null
type Authors = Iterable<Pick<AccountRow, 'id' | 'suspended_at'>>

/** Loads what `viewer` is to these statuses' authors, in one query; `authors` are the authors' rows. */
export async function standingTo(
  app: App,
  viewer: Viewing,
  statuses: readonly StatusRow[],
  authors: Authors,
): Promise<Standing> {
  return standingBy(viewer, authors, viewer ? await ties(app, asked(viewer, statuses)) : [])
}

/** Like `standingTo`, with what the viewer did to these statuses in the same query. */
export async function standingAndMarks(
  app: App,
  viewer: Viewing,
  statuses: readonly StatusRow[],
  authors: Authors,
): Promise<{ standing: Standing; marks: Mark[] }> {
  const rows = viewer ? await marksAndAnyTies(app, asked(viewer, statuses)) : []
  return { standing: standingBy(viewer, authors, rows), marks: rows.filter(isMark) }
}

/** Nothing ties somebody to themselves that could be looked up. */
function marksAndAnyTies(app: App, ask: TieAsk): Promise<Tie[]> {
  const isOwn = ask.authors.every((id) => id === ask.viewer)
  return isOwn ? marksOf(app, { viewer: ask.viewer, ids: ask.statuses }) : tiesAndMarks(app, ask)
}

const asked = (viewer: NonNullable<Viewing>, statuses: readonly StatusRow[]): TieAsk => ({
  viewer: viewer.id,
  authors: [...new Set(statuses.map((status) => status.account_id))],
  statuses: statuses.map((status) => status.id),
})

function standingBy(viewer: Viewing, authors: Authors, rows: readonly Tie[]): Standing {
  const suspended = new Set<number>()
  for (const author of authors) if (author.suspended_at !== null) suspended.add(author.id)
  const none = {
    viewerId: null,
    isMember: false,
    following: new Set(),
    blockedBy: new Set(),
    mentionedIn: new Set(),
  }
  if (!viewer) return { ...(none as unknown as Standing), suspended }
  const of = (kind: string) => new Set(rows.filter((row) => row.kind === kind).map((row) => row.id))
  return {
    viewerId: viewer.id,
    isMember: viewer.domain_id !== null,
    following: of('following'),
    blockedBy: of('blocked'),
    mentionedIn: of('mentioned'),
    suspended,
  }
}

/** Whether a status is for everybody, in public lists or out of them. */
export function isOpen({ visibility }: Pick<StatusRow, 'visibility'>): boolean {
  return visibility === 'public' || visibility === 'unlisted'
}

type Seen = Pick<StatusRow, 'id' | 'account_id' | 'visibility' | 'local_only'>

/** Whether the status may be read by whoever the standing was loaded for. */
export function maySee(standing: Standing, status: Seen): boolean {
  if (standing.suspended.has(status.account_id)) return false
  if (status.local_only === 1 && !standing.isMember) return false
  if (standing.viewerId === status.account_id) return true
  if (standing.blockedBy.has(status.account_id)) return false
  if (isOpen(status)) return true
  if (standing.mentionedIn.has(status.id)) return true
  return status.visibility === 'private' && standing.following.has(status.account_id)
}

/** Whether the status may be boosted by the viewer: public ones by those who see them, private ones by their author. */
export function mayReblog(status: Seen, viewerId: number): boolean {
  if (isOpen(status)) return true
  return status.visibility === 'private' && status.account_id === viewerId
}

/** The status, if the viewer may see it; else a refusal that does not tell whether it exists. */
export async function visibleStatus(
  app: App,
  viewer: AccountRow | null,
  id: number | null,
): Promise<StatusRow> {
  const status = id === null ? undefined : await statusById(app, id)
  if (!status) throw notFound()
  const original = status.reblog_of_id === null ? status : await statusById(app, status.reblog_of_id)
  if (!original) throw notFound()
  const both = original === status ? [status] : [status, original]
  const authors = await accountCores(
    app,
    both.map((each) => each.account_id),
  )
  const standing = await standingTo(app, viewer, both, authors.values())
  if (!both.every((each) => maySee(standing, each))) throw notFound()
  return status
}

/** Like `visibleStatus`, and a boost leads to what it boosts. */
export async function visibleOriginal(
  app: App,
  viewer: AccountRow | null,
  id: number | null,
): Promise<StatusRow> {
  const status = await visibleStatus(app, viewer, id)
  if (status.reblog_of_id === null) return status
  return (await statusById(app, status.reblog_of_id)) as StatusRow
}
