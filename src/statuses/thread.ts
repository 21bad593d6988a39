import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { StatusRow } from './statuses.ts'

/** How much of a thread is shown: strangers get less (surface j). */
export type ThreadBounds = { ancestors: number; descendants: number; depth: number }
export const strangerBounds: ThreadBounds = { ancestors: 40, descendants: 60, depth: 20 }
export const memberBounds: ThreadBounds = { ancestors: 4096, descendants: 4096, depth: 4096 }

type Link = { id: number; parent: number | null; account_id: number; depth: number }

const ancestors = prepared<{ id: number; most: number }, { id: number }>((db, { id, most }) =>
  db
    .withRecursive('line(id, parent, depth)', (line) =>
      line
        .selectFrom('status')
        .select(['status.id', 'status.in_reply_to_id as parent', sql<number>`0`.as('depth')])
        .where('status.id', '=', id)
        .unionAll(
          line
            .selectFrom('line')
            .innerJoin('status', 'status.id', 'line.parent')
            .select(['status.id', 'status.in_reply_to_id as parent', sql<number>`line.depth + 1`.as('depth')])
            .where('line.depth', '<', most),
        ),
    )
    .selectFrom('line')
    .select('line.id')
    .where('line.depth', '>', 0)
    .orderBy('line.depth', 'desc'),
)

const descendants = prepared<{ id: number; most: number; depth: number }, Link>((db, { id, most, depth }) =>
  db
    .withRecursive('tree(id, parent, account_id, depth)', (tree) =>
      tree
        .selectFrom('status')
        .select([
          'status.id',
          'status.in_reply_to_id as parent',
          'status.account_id',
          sql<number>`1`.as('depth'),
        ])
        .where('status.in_reply_to_id', '=', id)
        .unionAll(
          tree
            .selectFrom('tree')
            .innerJoin('status', 'status.in_reply_to_id', 'tree.id')
            .select([
              'status.id',
              'status.in_reply_to_id as parent',
              'status.account_id',
              sql<number>`tree.depth + 1`.as('depth'),
            ])
            .where('tree.depth', '<', depth),
        ),
    )
    .selectFrom('tree')
    .selectAll()
    .limit(most),
)

/** Ids of what the status answers, the first post first. */
export async function ancestorIds(app: App, status: StatusRow, bounds: ThreadBounds): Promise<number[]> {
  if (status.in_reply_to_id === null) return []
  return (await ancestors(app, { id: status.id, most: bounds.ancestors })).map((row) => row.id)
}

/** Ids of what answers the status, as a tree read from the top, oldest first; the author's own line leads. */
export async function descendantIds(app: App, status: StatusRow, bounds: ThreadBounds): Promise<number[]> {
  const { descendants: most, depth } = bounds
  const links = await descendants(app, { id: status.id, most, depth })
  const children = new Map<number, Link[]>()
  for (const link of links) {
    const parent = link.parent ?? status.id
    const list = children.get(parent)
    if (list) list.push(link)
    else children.set(parent, [link])
  }
  const order: number[] = []
  const waiting = sorted(children.get(status.id), status.account_id).reverse()
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    order.push(next.id)
    waiting.push(...sorted(children.get(next.id), status.account_id).reverse())
  }
  return order
}

function sorted(links: Link[] | undefined, authorId: number): Link[] {
  const own = (link: Link) => (link.account_id === authorId ? 0 : 1)
  return [...(links ?? [])].sort((a, b) => own(a) - own(b) || a.id - b.id)
}
