import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { isBlank } from '#platform/html.ts'
import { readId } from '#platform/ids.ts'
import type { FilterAction, FilterContext, FilterRow, WholeFilter } from './filters.ts'
import { ownFilter, wholeFilter } from './filters.ts'
import type { KeywordChoices } from './keep-keyword.ts'
import { addKeyword, changeKeyword, checkRoom, dropKeyword } from './keep-keyword.ts'
import { tellFiltersChanged } from './reader-filters.ts'

/** How many filters one member may have. */
export const MOST_FILTERS = 200
const LONGEST_TITLE = 256

/** What is said of a filter; what is left out stays, `expiresIn: null` is for ever. */
export type FilterChoices = {
  title?: string | undefined
  context?: FilterContext[] | undefined
  action?: FilterAction | undefined
  /** Seconds from now. */
  expiresIn?: number | null | undefined
  keywords?: KeywordChange[] | undefined
}

/** A keyword to add, or one to change or drop by its id. */
export type KeywordChange = KeywordChoices & { id?: string | undefined; drop?: boolean | undefined }

/** Makes a filter with its first keywords; throws `invalid` for what is missing, too long or too much. */
export async function createFilter(
  app: App,
  owner: AccountRow,
  choices: FilterChoices,
): Promise<WholeFilter> {
  return app.inTransaction(async (tx) => {
    const counted = tx.db.selectFrom('custom_filter').select(({ fn }) => fn.countAll<number>().as('n'))
    const { n } = await counted.where('account_id', '=', owner.id).executeTakeFirstOrThrow()
    if (Number(n) >= MOST_FILTERS)
      throw invalid(`Validation failed: You have reached the maximum number of filters (${MOST_FILTERS})`)
    const now = tx.now()
    const row: FilterRow = {
      id: tx.newId(),
      account_id: owner.id,
      title: checkedTitle(choices.title ?? ''),
      context: checkedContext(choices.context ?? []),
      action: choices.action ?? 'warn',
      expires_at: endOf(tx, choices.expiresIn ?? null),
      created_at: now,
      updated_at: now,
    }
    await tx.db.insertInto('custom_filter').values(row).execute()
    await changeKeywords(tx, row, choices.keywords ?? [])
    await tellFiltersChanged(tx, owner.id)
    return wholeFilter(tx, row)
  })
}

/** Changes what is given of a filter, and adds, changes or drops keywords; all of it or nothing. */
export async function updateFilter(
  app: App,
  owner: AccountRow,
  id: string,
  choices: FilterChoices,
): Promise<WholeFilter> {
  return app.inTransaction(async (tx) => {
    const filter = await ownFilter(tx, owner, id)
    const changes = {
      ...(choices.title === undefined ? {} : { title: checkedTitle(choices.title) }),
      ...(choices.context === undefined ? {} : { context: checkedContext(choices.context) }),
      ...(choices.action === undefined ? {} : { action: choices.action }),
      ...(choices.expiresIn === undefined ? {} : { expires_at: endOf(tx, choices.expiresIn) }),
      updated_at: tx.now(),
    }
    await tx.db.updateTable('custom_filter').set(changes).where('id', '=', filter.id).execute()
    await changeKeywords(tx, filter, choices.keywords ?? [])
    await tellFiltersChanged(tx, owner.id)
    return wholeFilter(tx, { ...filter, ...changes })
  })
}

/** Removes a filter with its keywords and statuses. */
export async function deleteFilter(app: App, filter: FilterRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    for (const table of ['filter_keyword', 'filter_status'] as const)
      await tx.db.deleteFrom(table).where('filter_id', '=', filter.id).execute()
    await tx.db.deleteFrom('custom_filter').where('id', '=', filter.id).execute()
    await tellFiltersChanged(tx, filter.account_id)
  })
}

async function changeKeywords(tx: App, filter: FilterRow, changes: KeywordChange[]): Promise<void> {
  if (changes.length === 0) return
  await checkRoom(tx, filter.account_id, changes.filter((change) => change.id === undefined).length)
  const { keywords } = await wholeFilter(tx, filter)
  for (const { id, drop, ...choices } of changes) {
    if (id === undefined) {
      if (!drop) await addKeyword(tx, filter, choices)
      continue
    }
    const known = keywords.find((row) => row.id === readId(id))
    if (!known) throw notFound()
    if (drop) await dropKeyword(tx, known)
    else await changeKeyword(tx, known, choices)
  }
  await checkRoom(tx, filter.account_id, 0)
}

function checkedTitle(title: string): string {
  const trimmed = title.trim()
  if (isBlank(trimmed)) throw invalid("Validation failed: Title can't be blank")
  if (trimmed.length > LONGEST_TITLE)
    throw invalid(`Validation failed: Title is too long (maximum is ${LONGEST_TITLE} characters)`)
  return trimmed
}

function checkedContext(context: FilterContext[]): string {
  if (context.length === 0) throw invalid("Validation failed: Context can't be blank")
  return [...new Set(context)].join(' ')
}

const endOf = (app: App, seconds: number | null) => (seconds === null ? null : app.now() + seconds * 1000)
