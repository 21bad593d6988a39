import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { App, Tables } from '#app.ts'
import { keptWhileRightsStand } from '#auth/rights.ts'
import { prepared } from '#platform/database/prepared.ts'

export type HighlightedRole = { account_id: number; id: number; name: string; color: string }

/** With more holders than this, those of a page are asked for each time. */
const MOST_KEPT = 500

const all = prepared<{ most: number }, HighlightedRole>((db, { most }) => holders(db).limit(most))
const ofSome = prepared<{ ids: readonly number[] }, HighlightedRole>((db, { ids }, dialect) =>
  holders(db).where(dialect.among(sql`"user".account_id`, ids)),
)
const kept = keptWhileRightsStand<{ roles: HighlightedRole[] | null }>()

/** The roles that are shown on these accounts of ours. Few hold one, so those few are remembered. */
export async function highlightedRoles(app: App, ids: readonly number[]): Promise<HighlightedRole[]> {
  if (ids.length === 0) return []
  const known = await kept(app, 'all', async () => {
    const roles = await all(app, { most: MOST_KEPT + 1 })
    return { roles: roles.length > MOST_KEPT ? null : roles }
  })
  return known?.roles ?? (await ofSome(app, { ids }))
}

function holders(db: Kysely<Tables>) {
  return db
    .selectFrom('user')
    .innerJoin('role', 'role.id', 'user.role_id')
    .select(['user.account_id', 'role.id', 'role.name', 'role.color'])
    .where('role.highlighted', '=', 1)
}
