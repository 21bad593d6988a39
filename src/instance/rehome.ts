import { sql } from 'kysely'
import type { App, HostedDomain } from '#app.ts'

const columns: Record<string, string[]> = {
  account: [
    'uri',
    'url',
    'inbox_url',
    'shared_inbox_url',
    'outbox_url',
    'followers_url',
    'following_url',
    'featured_url',
    'avatar_url',
    'header_url',
  ],
  account_key: ['key_id'],
  status: ['uri', 'url'],
  follow: ['uri'],
  follow_request: ['uri'],
  block: ['uri'],
  favourite: ['uri'],
}

/**
 * Writes the stored addresses of a domain that nobody elsewhere has seen yet under its new origin and name,
 * in the caller's transaction. After the first activity left this must never run.
 */
export async function rehome(tx: App, before: HostedDomain, origin: string, name: string): Promise<void> {
  await tx.db.updateTable('account').set({ host: name }).where('domain_id', '=', before.id).execute()
  const old = `${before.origin}/`
  for (const [table, names] of Object.entries(columns)) {
    for (const column of names) {
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${`${origin}/`} || substr(${sql.ref(column)}, ${old.length + 1})
        where substr(${sql.ref(column)}, 1, ${old.length}) = ${old}`.execute(tx.db)
    }
  }
}
