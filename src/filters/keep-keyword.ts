import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import type { FilterKeywordRow, FilterRow } from './filters.ts'
import { fold } from './match-words.ts'
import { tellFiltersChanged } from './reader-filters.ts'

/** How many keywords one member may have in all filters together, and of how many characters. */
export const MOST_KEYWORDS = 1000
const MOST_CHARACTERS = 50_000
const LONGEST_KEYWORD = 512

export type KeywordChoices = { keyword?: string | undefined; wholeWord?: boolean | undefined }

/** Adds a keyword to a filter, in the caller's transaction; whole words only, unless told otherwise. */
export async function addKeyword(
  tx: App,
  filter: FilterRow,
  choices: KeywordChoices,
): Promise<FilterKeywordRow> {
  const row: FilterKeywordRow = {
    id: tx.newId(),
    filter_id: filter.id,
    keyword: checkedKeyword(choices.keyword ?? ''),
    whole_word: choices.wholeWord === false ? 0 : 1,
    created_at: tx.now(),
    updated_at: tx.now(),
  }
  await tx.db.insertInto('filter_keyword').values(row).execute()
  return row
}

/** Changes what is given of a keyword, in the caller's transaction. */
export async function changeKeyword(
  tx: App,
  row: FilterKeywordRow,
  choices: KeywordChoices,
): Promise<FilterKeywordRow> {
  const changes = {
    ...(choices.keyword === undefined ? {} : { keyword: checkedKeyword(choices.keyword) }),
    ...(choices.wholeWord === undefined ? {} : { whole_word: choices.wholeWord ? 1 : 0 }),
    updated_at: tx.now(),
  }
  await tx.db.updateTable('filter_keyword').set(changes).where('id', '=', row.id).execute()
  return { ...row, ...changes }
}

/** Removes a keyword, in the caller's transaction. */
export async function dropKeyword(tx: App, row: FilterKeywordRow): Promise<void> {
  await tx.db.deleteFrom('filter_keyword').where('id', '=', row.id).execute()
}

/** Adds one keyword to a filter. */
export async function createKeyword(
  app: App,
  filter: FilterRow,
  choices: KeywordChoices,
): Promise<FilterKeywordRow> {
  return app.inTransaction(async (tx) => {
    await checkRoom(tx, filter.account_id, 1)
    const row = await addKeyword(tx, filter, choices)
    await changed(tx, filter)
    return row
  })
}

/** Changes one keyword of a filter. */
export async function changeOneKeyword(
  app: App,
  filter: FilterRow,
  row: FilterKeywordRow,
  choices: KeywordChoices,
): Promise<FilterKeywordRow> {
  return app.inTransaction(async (tx) => {
    const after = await changeKeyword(tx, row, choices)
    await changed(tx, filter)
    return after
  })
}

/** Removes one keyword of a filter, which stays. */
export async function deleteKeyword(app: App, filter: FilterRow, row: FilterKeywordRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await dropKeyword(tx, row)
    await changed(tx, filter)
  })
}

async function changed(tx: App, filter: FilterRow): Promise<void> {
  await checkRoom(tx, filter.account_id, 0)
  await tellFiltersChanged(tx, filter.account_id)
}

/** Throws `invalid` when a member has no room for so many more keywords. */
export async function checkRoom(tx: App, accountId: number, more: number): Promise<void> {
  const full = `Validation failed: All filters together hold at most ${MOST_KEYWORDS} keywords`
  if (more > MOST_KEYWORDS) throw invalid(full)
  const { n, characters } = await tx.db
    .selectFrom('filter_keyword')
    .innerJoin('custom_filter', 'custom_filter.id', 'filter_keyword.filter_id')
    .select(({ fn }) => [
      fn.countAll<number>().as('n'),
      fn.sum<number | null>(fn<number>('length', ['filter_keyword.keyword'])).as('characters'),
    ])
    .where('custom_filter.account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  if (Number(n) + more > MOST_KEYWORDS) throw invalid(full)
  if (Number(characters ?? 0) > MOST_CHARACTERS)
    throw invalid(
      `Validation failed: The keywords of all filters together have at most ${MOST_CHARACTERS} characters`,
    )
}

function checkedKeyword(keyword: string): string {
  const trimmed = keyword.toWellFormed().replaceAll('\0', '').trim()
  if (fold(trimmed) === '') throw invalid("Validation failed: Keyword can't be blank")
  if (trimmed.length > LONGEST_KEYWORD)
    throw invalid(`Validation failed: Keyword is too long (maximum is ${LONGEST_KEYWORD} characters)`)
  return trimmed
}
