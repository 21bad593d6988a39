import type { Kysely, RawBuilder } from 'kysely'
import { sql } from 'kysely'

/** One thing a text must have: tokens in a row; with `begins`, the last one may go on. */
export type Phrase = { tokens: readonly string[]; begins?: boolean }
/** All of these: each entry is satisfied by any one of its phrases. */
export type FullTextQuery = { all: readonly (readonly Phrase[])[]; none: readonly Phrase[] }
/** What is indexed for an id: words in their order, and marks, which stand for facts and have no place among them. */
export type FullTextEntry = { id: number; words: readonly string[]; marks: readonly string[] }

/** Which ids: newest first or, ascending, oldest first; both bounds are excluded. */
export type FullTextRange = { above: number; below: number; most: number; ascending?: boolean }

/**
 * An inverted index of ids, kept by both databases in their own way. Tokens are made by the caller: letters,
 * digits and `_` only. Both give ids in their order without ranking, so that the newest cost no look at the rest.
 */
export type FullText = {
  create(db: Kysely<never>, table: string): Promise<void>
  /** Puts entries in the place of what was there for their ids. */
  put(table: string, entries: readonly FullTextEntry[]): RawBuilder<unknown>
  /** Takes ids out; those that are not there do no harm. */
  drop(table: string, ids: readonly number[]): RawBuilder<unknown>
  /** Takes everything out. */
  clear(table: string): RawBuilder<unknown>
  /** The queries to run, in order, until one has given `most` ids. */
  find(table: string, query: FullTextQuery, range: FullTextRange): RawBuilder<{ id: number }>[]
  /** Ids that are in the index, upwards from `above`. */
  ids(table: string, above: number, most: number): RawBuilder<{ id: number }>
}

/** One token of the index may not be longer, in characters. */
export const LONGEST_TOKEN = 80
/** PostgreSQL counts places up to here. */
const LAST_PLACE = 16_383

const order = (range: FullTextRange) => sql.raw(range.ascending ? 'asc' : 'desc')

// Contentless: the text is kept once, in the table it comes from. The ascii tokenizer splits at what lies
// between our tokens and leaves all other letters as they are.
export const sqliteFullText: FullText = {
  async create(db, table) {
    await sql`create virtual table ${sql.table(table)} using fts5(
      words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'")`.execute(db)
  },
  put: (table, entries) => {
    // Upwards: FTS5 writes out what it gathered whenever an id is below the last one.
    const upwards = entries.toSorted((a, b) => a.id - b.id)
    const rows = upwards.map(({ id, words, marks }) => [id, [...marks, ...words].join(' ')])
    return sql`insert or replace into ${sql.table(table)} (rowid, words)
      select value ->> 0, value ->> 1 from json_each(${JSON.stringify(rows)})`
  },
  drop: (table, ids) =>
    sql`delete from ${sql.table(table)} where rowid in (select value from json_each(${JSON.stringify(ids)}))`,
  clear: (table) => sql`insert into ${sql.table(table)} (${sql.table(table)}) values ('delete-all')`,
  find: (table, query, range) => [
    sql<{ id: number }>`select rowid as id from ${sql.table(table)}
      where ${sql.table(table)} match ${matchText(query)} and rowid > ${range.above} and rowid < ${range.below}
      order by rowid ${order(range)} limit ${range.most}`,
  ],
  // The virtual table would walk up to `above` from its beginning each time; the table behind it seeks.
  ids: (table, above, most) =>
    sql<{
      id: number
    }>`select id from ${sql.table(`${table}_docsize`)} where id > ${above} order by id limit ${most}`,
}

function matchText({ all, none }: FullTextQuery): string {
  const phrase = ({ tokens, begins }: Phrase) => `"${tokens.join(' ')}"${begins ? '*' : ''}`
  const wanted = all.map((any) => `(${any.map(phrase).join(' OR ')})`).join(' AND ')
  return none.length === 0 ? wanted : `(${wanted}) NOT (${none.map(phrase).join(' OR ')})`
}

/**
 * How many of the newest entries are read one by one before the index is asked: a common word fills a page from
 * them, and what they do not fill is rare enough to be sorted whole.
 */
const NEWEST = 4000

export const postgresFullText: FullText = {
  async create(db, table) {
    await sql`create table ${sql.table(table)} (id bigint primary key, words tsvector not null)`.execute(db)
    await sql`create index ${sql.id(`${table}_words`)} on ${sql.table(table)} using gin (words)`.execute(db)
  },
  put: (table, entries) => {
    const rows = entries.map(({ id, words, marks }) => [id, vectorText(words, marks)])
    return sql`insert into ${sql.table(table)} (id, words)
      select (value ->> 0)::bigint, (value ->> 1)::tsvector from jsonb_array_elements(${JSON.stringify(rows)}::jsonb)
      on conflict (id) do update set words = excluded.words`
  },
  drop: (table, ids) => sql`delete from ${sql.table(table)} where id = any(${ids}::bigint[])`,
  clear: (table) => sql`truncate table ${sql.table(table)}`,
  find: (table, query, range) => {
    const asked = sql`${queryText(query)}::tsquery`
    const within = sql`id > ${range.above} and id < ${range.below}`
    const page = sql`order by id ${order(range)} limit ${range.most}`
    return [
      sql<{ id: number }>`select id from (select id, words from ${sql.table(table)} where ${within}
        order by id ${order(range)} limit ${NEWEST}) as newest where words @@ ${asked} ${page}`,
      sql<{ id: number }>`with found as materialized (
        select id from ${sql.table(table)} where words @@ ${asked} and ${within}) select id from found ${page}`,
    ]
  },
  ids: (table, above, most) =>
    sql<{ id: number }>`select id from ${sql.table(table)} where id > ${above} order by id limit ${most}`,
}

const quoted = (token: string) => `'${token.replace(/['\\]/g, (sign) => sign + sign)}'`

function vectorText(words: readonly string[], marks: readonly string[]): string {
  const places = new Map<string, number[]>()
  words.slice(0, LAST_PLACE).forEach((word, at) => {
    const known = places.get(word)
    if (known) known.push(at + 1)
    else places.set(word, [at + 1])
  })
  const placed = [...places].map(([word, list]) => `${quoted(word)}:${list.slice(0, 255).join(',')}`)
  return [...marks.map(quoted), ...placed].join(' ')
}

function queryText({ all, none }: FullTextQuery): string {
  const phrase = ({ tokens, begins }: Phrase) =>
    `(${tokens.map((token, at) => `${quoted(token)}${begins && at === tokens.length - 1 ? ':*' : ''}`).join(' <-> ')})`
  const wanted = all.map((any) => `(${any.map(phrase).join(' | ')})`)
  return [...wanted, ...none.map((each) => `!${phrase(each)}`)].join(' & ')
}
