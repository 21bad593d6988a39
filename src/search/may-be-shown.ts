import { sql } from 'kysely'

/** SQL: whether the account `a` wishes to be found, and nothing speaks against showing it to strangers (BLK-11). */
export const mayBeShown = sql<boolean>`(a.discoverable = 1
  and a.suspended_at is null and a.silenced_at is null and a.moved_to_id is null and a.memorial = 0
  and a.actor_type <> 'Application'
  and not exists (select 1 from "user" u where u.account_id = a.id
    and (u.approved_at is null or u.confirmed_at is null)))`
