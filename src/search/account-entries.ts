import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { FullTextEntry } from '#platform/database/dialect-full-text.ts'
import { prepared } from '#platform/database/prepared.ts'
import { searchableHtml, searchWords } from '#platform/text/search-words.ts'
import { mark } from './search-index.ts'

type Source = Pick<
  AccountRow,
  'id' | 'username' | 'host' | 'display_name' | 'note' | 'fields' | 'discoverable' | 'followers_count'
>

const MOST_WORDS = 500
/** Steps of ten in the number of followers: 1,000 is the third. */
export const MOST_CROWD = 4

const sources = prepared<{ ids: readonly number[] }, Source>(
  (_, { ids }, dialect) =>
    sql<Source>`select id, username, host, display_name, note, fields, discoverable, followers_count from account
    where ${dialect.among(sql`id`, ids)} and suspended_at is null and actor_type <> 'Application'`,
)

/** What the index holds for these accounts; the texts of those who do not want to be discovered are left out. */
export async function accountEntries(app: App, ids: readonly number[]): Promise<FullTextEntry[]> {
  if (ids.length === 0) return []
  return (await sources(app, { ids })).map(entryOf)
}

function entryOf(row: Source): FullTextEntry {
  const names = searchWords(`${row.username}\n${row.display_name}`, MOST_WORDS)
  const text = row.discoverable === 1 ? `${searchableHtml(row.note)}\n${fieldTexts(row.fields)}` : ''
  const bio = searchWords(text, MOST_WORDS)
  const crowd = Array.from({ length: crowdOf(row.followers_count) }, (_, step) => mark.crowd(step + 1))
  const letters = names.letters.map(mark.letter)
  return {
    id: row.id,
    words: names.words,
    marks: [...new Set([...crowd, ...letters, ...bio.words.map(mark.bio)])],
  }
}

function crowdOf(followers: number): number {
  return Math.min(MOST_CROWD, Math.floor(Math.log10(Math.max(1, followers))))
}

function fieldTexts(fields: string): string {
  const read = JSON.parse(fields) as { name?: string; value?: string }[]
  return read.map(({ name = '', value = '' }) => `${name} ${searchableHtml(value)}`).join('\n')
}
