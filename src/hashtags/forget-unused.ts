import { sql } from 'kysely'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { idAt } from '#platform/ids.ts'
import { DAY } from '#platform/times.ts'

/** How long a hashtag that nothing carries is kept, and how many are looked at in one turn. */
const KEPT = 30 * DAY
const LOOKED_AT = 5000
const place = keptBy(() => ({ after: 0 }))

/** Drops hashtags that nothing carries, nobody follows and no profile shows (LOOP-16); a part of them in each turn. */
export async function forgetUnusedTags(app: App): Promise<void> {
  const { after } = place(app)
  const rows = await app.db
    .selectFrom('tag')
    .select('id')
    .where('id', '>', after)
    .where('id', '<', idAt(app.now() - KEPT))
    .orderBy('id')
    .limit(LOOKED_AT)
    .execute()
  const last = rows.at(-1)
  place(app).after = rows.length === LOOKED_AT && last ? last.id : 0
  if (!last) return
  await app.inTransaction(async (tx) => {
    await sql`delete from tag where id > ${after} and id <= ${last.id}
      and not exists (select 1 from status_tag t where t.tag_id = tag.id)
      and not exists (select 1 from featured_tag f where f.tag_id = tag.id)
      and not exists (select 1 from tag_follow w where w.tag_id = tag.id)
      and not exists (select 1 from collection c where c.tag_id = tag.id)
      and not exists (select 1 from trend r where r.kind = 'tag' and r.subject_id = tag.id)`.execute(tx.db)
  })
}
