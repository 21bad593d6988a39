import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { FullTextEntry } from '#platform/database/dialect-full-text.ts'
import { prepared } from '#platform/database/prepared.ts'
import { hasLink } from '#platform/html.ts'
import { searchableHtml, searchWords } from '#platform/text/search-words.ts'
import { optionsOf } from '#statuses/polls.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { mark } from './search-index.ts'

type Source = Pick<
  StatusRow,
  | 'id'
  | 'account_id'
  | 'visibility'
  | 'content'
  | 'spoiler_text'
  | 'sensitive'
  | 'language'
  | 'in_reply_to_id'
  | 'in_reply_to_uri'
  | 'poll_id'
  | 'quote_id'
  | 'card_id'
> &
  Pick<AccountRow, 'indexable' | 'domain_id'>
type Fact = {
  id: number
  kind: 'library' | 'tag' | 'media' | 'poll'
  account: number
  word: string
  text: string | null
}

/** Words of one status that are indexed: more is not writing. */
const MOST_WORDS = 4000
const MOST_IN_LIBRARY = 1000

const sources = prepared<{ ids: readonly number[] }, Source>((_, { ids }, dialect) => {
  const own = sql.raw(
    'id account_id visibility content spoiler_text sensitive language in_reply_to_id in_reply_to_uri poll_id quote_id card_id'
      .split(' ')
      .map((name) => `s.${name}`)
      .join(', '),
  )
  return sql<Source>`select ${own}, a.indexable, a.domain_id from status s join account a on a.id = s.account_id
    where ${dialect.among(sql`s.id`, ids)} and s.reblog_of_id is null`
})

/** Whose libraries the statuses belong to, what they are tagged with and what is attached: one query for a batch. */
const facts = prepared<{ ids: readonly number[] }, Fact>((_, { ids }, dialect) => {
  const marked = (table: string, column = 'status_id') => sql`
    select x.${sql.ref(column)} as id, 'library' as kind, x.account_id as account, '' as word, null as text
    from ${sql.table(table)} x join account a on a.id = x.account_id and a.domain_id is not null
    where ${dialect.among(sql`x.${sql.ref(column)}`, ids)}`
  return sql<Fact>`${marked('mention')} union all ${marked('favourite')} union all ${marked('bookmark')}
    union all ${marked('status', 'reblog_of_id')}
    union all select o.status_id, 'library', v.account_id, '', null from poll o
    join poll_vote v on v.poll_id = o.id join account a on a.id = v.account_id and a.domain_id is not null
    where ${dialect.among(sql`o.status_id`, ids)}
    union all select o.status_id, 'poll', 0, '', o.options from poll o where ${dialect.among(sql`o.status_id`, ids)}
    union all select g.status_id, 'tag', 0, t.name, null from status_tag g join tag t on t.id = g.tag_id
    where ${dialect.among(sql`g.status_id`, ids)}
    union all select m.status_id, 'media', 0, m.kind, m.description from media m
    where ${dialect.among(sql`m.status_id`, ids)}`
})

/** What the index holds for these statuses; those that nobody may find are left out. */
export async function statusEntries(app: App, ids: readonly number[]): Promise<FullTextEntry[]> {
  if (ids.length === 0) return []
  const rows = await sources(app, { ids })
  const known = Map.groupBy(await facts(app, { ids }), (fact) => fact.id)
  return rows.flatMap((row) => {
    const own = known.get(row.id) ?? []
    const finders = findersOf(row, own)
    return finders.length > 0 ? [entryOf(row, own, finders)] : []
  })
}

function findersOf(row: Source, own: readonly Fact[]): string[] {
  const members = own.filter((fact) => fact.kind === 'library').map((fact) => fact.account)
  if (row.domain_id !== null) members.unshift(row.account_id)
  const libraries = [...new Set(members)].slice(0, MOST_IN_LIBRARY).map(mark.library)
  return row.visibility === 'public' && row.indexable === 1 ? [mark.open, ...libraries] : libraries
}

function entryOf(row: Source, own: readonly Fact[], finders: string[]): FullTextEntry {
  const media = own.filter((fact) => fact.kind === 'media')
  const texts = [
    row.spoiler_text,
    searchableHtml(row.content),
    ...media.map((fact) => fact.text ?? ''),
    ...pollTexts(own),
  ]
  const { words, letters } = searchWords(texts.filter(Boolean).join('\n'), MOST_WORDS)
  const tags = own.filter((fact) => fact.kind === 'tag').map((fact) => mark.tag(fact.word))
  const marks = [...finders, mark.author(row.account_id), ...propertiesOf(row, media), ...tags]
  return { id: row.id, words, marks: [...new Set([...marks, ...letters.map(mark.letter)])] }
}

function pollTexts(own: readonly Fact[]): string[] {
  const polls = own.filter((fact) => fact.kind === 'poll' && fact.text)
  return polls.flatMap((fact) => optionsOf({ options: fact.text as string }).map((option) => option.title))
}

function propertiesOf(row: Source, media: readonly Fact[]): string[] {
  const kinds = media.map((fact) => (fact.word === 'gifv' ? 'video' : fact.word))
  const isReply = row.in_reply_to_id !== null || row.in_reply_to_uri !== null
  const isLinking = row.card_id !== null || hasLink(row.content)
  const languages = row.language ? [row.language, row.language.split('-')[0] as string] : []
  return [
    ...kinds.map(mark.has),
    ...(kinds.length > 0 ? [mark.has('media')] : []),
    ...(row.poll_id !== null ? [mark.has('poll')] : []),
    ...(isLinking ? [mark.has('link')] : []),
    ...(isReply ? [mark.is('reply')] : []),
    ...(row.sensitive === 1 ? [mark.is('sensitive')] : []),
    ...(row.quote_id !== null ? [mark.is('quote')] : []),
    ...languages.map(mark.language),
  ]
}
