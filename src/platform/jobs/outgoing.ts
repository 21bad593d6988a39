import { sql } from 'kysely'
import type { App } from '#app.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'

const columns = { id: 'int', n: 'int' } as const
type Change = { list: string }

const hold = prepared<{ ids: number[] }, { id: number }>(
  (_db, { ids }, dialect) =>
    sql`select id from outgoing where ${dialect.among(sql.ref('id'), ids)} order by id ${dialect.holdRows}`,
)
const change = prepared<Change, never>(
  (_db, { list }, dialect) => sql<never>`update outgoing set "left" = "left" + item.n
    from ${dialect.recordsOf(list, columns)} where outgoing.id = item.id`,
)
const forget = prepared<{ ids: number[] }, never>(
  (_db, { ids }, dialect) =>
    sql<never>`delete from outgoing where ${dialect.among(sql.ref('id'), ids)} and "left" <= 0`,
)

/** Counts jobs that need a stored document (`by` 1) or need it no more (`by` -1); the last one takes it along. */
export async function countOutgoing(tx: App, refs: readonly (number | null)[], by: 1 | -1): Promise<void> {
  const counts = new Map<number, number>()
  for (const ref of refs) if (ref !== null) counts.set(ref, (counts.get(ref) ?? 0) + by)
  if (counts.size === 0) return
  const ids = [...counts.keys()]
  if (ids.length > 1) await hold(tx, { ids })
  await change(tx, {
    list: packed(
      columns,
      [...counts].map(([id, n]) => ({ id, n })),
    ),
  })
  if (by === -1) await forget(tx, { ids })
}
