import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import type { FilterAction, FilterContext, FilterKeywordRow, FilterRow, WholeFilter } from './filters.ts'
import { ownKeyword, wholeFilter } from './filters.ts'
import { createFilter, deleteFilter, updateFilter } from './keep-filter.ts'
import { dropKeyword } from './keep-keyword.ts'
import { tellFiltersChanged } from './reader-filters.ts'

/** What is said of a filter of one phrase; what is left out stays. */
export type OlderChoices = {
  phrase: string | undefined
  wholeWord: boolean | undefined
  context: FilterContext[] | undefined
  action: FilterAction | undefined
  expiresIn: number | null | undefined
}

export type OlderFilter = { filter: FilterRow; keyword: FilterKeywordRow }

/** Makes a filter of one phrase, which is its title too. */
export async function createOlder(app: App, owner: AccountRow, choices: OlderChoices): Promise<OlderFilter> {
  const { phrase, wholeWord, ...rest } = choices
  const filter = await createFilter(app, owner, {
    ...rest,
    title: phrase ?? '',
    keywords: [{ keyword: phrase, wholeWord }],
  })
  return { filter, keyword: filter.keywords[0] as FilterKeywordRow }
}

/** Changes a phrase and its filter; refuses what would change other keywords of the same filter along with it. */
export async function updateOlder(
  app: App,
  owner: AccountRow,
  keywordId: string,
  choices: OlderChoices,
): Promise<OlderFilter> {
  return app.inTransaction(async (tx) => {
    const { filter, keyword } = await ownKeyword(tx, owner, keywordId)
    const whole = await wholeFilter(tx, filter)
    const { phrase, wholeWord, ...rest } = choices
    const isShared = whole.keywords.length > 1
    if (isShared && changesFilter(whole, choices))
      throw invalid(
        'Validation failed: These parameters cannot be changed from this application because they apply to more than one filter keyword. Use a more recent application or the web interface.',
      )
    const changed = await updateFilter(tx, owner, String(filter.id), {
      ...(isShared ? {} : { ...rest, title: phrase }),
      keywords: [{ id: String(keyword.id), keyword: phrase, wholeWord }],
    })
    const row = changed.keywords.find((each) => each.id === keyword.id)
    return { filter: changed, keyword: row as FilterKeywordRow }
  })
}

function changesFilter(filter: WholeFilter, { phrase, context, action, expiresIn }: OlderChoices): boolean {
  const sameContext =
    context === undefined ||
    [...new Set(context)].sort().join(' ') === filter.context.split(' ').sort().join(' ')
  const sameEnd = expiresIn === undefined || (expiresIn === null && filter.expires_at === null)
  const sameAction = action === undefined || (action === 'hide') === (filter.action === 'hide')
  return !sameContext || !sameEnd || !sameAction || (phrase !== undefined && phrase.trim() !== filter.title)
}

/** Removes a phrase, and its filter when it was the last. */
export async function deleteOlder(app: App, owner: AccountRow, keywordId: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    const { filter, keyword } = await ownKeyword(tx, owner, keywordId)
    const { keywords, statuses } = await wholeFilter(tx, filter)
    if (keywords.length === 1 && statuses.length === 0) return deleteFilter(tx, filter)
    await dropKeyword(tx, keyword)
    await tellFiltersChanged(tx, owner.id)
  })
}
