import { z } from 'zod'
import { flag, idText, rows, text, wordOf } from '#platform/http/forms-fields.ts'
import { contexts, filterActions } from './filters.ts'
import type { FilterChoices } from './keep-filter.ts'

/** A hundred years; later moments are no moments. */
const LONGEST = 3_153_600_000

/** Seconds until a filter ends; '' and null say never, which is not the same as saying nothing. */
export const expiry = z
  .preprocess((value) => {
    if (value === '' || value === null) return null
    return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  }, z.int().min(0).max(LONGEST).nullable().optional())
  .meta({ type: 'integer', minimum: 0, maximum: LONGEST })

/** Where a filter counts, as `context[]=home`, `context=home` or a JSON list. */
export const contextList = z
  .preprocess(
    (value) => (typeof value === 'string' && value !== '' ? [value] : value),
    z.array(z.enum(contexts)).max(50).optional(),
  )
  .meta({ type: 'array', items: { type: 'string', enum: [...contexts] } })

/** More rows than a member may have are read too, so that the refusal can say what the limit is. */
const MOST_ROWS = 20_000

export const KeywordForm = z.object({ keyword: text().optional(), whole_word: flag.optional() })

export const FilterForm = z.object({
  title: text().optional(),
  context: contextList,
  filter_action: wordOf(filterActions),
  expires_in: expiry,
  keywords_attributes: rows(KeywordForm.extend({ id: idText, _destroy: flag.optional() }), MOST_ROWS),
})

/** What a form says of a filter. */
export function filterChoices(form: z.output<typeof FilterForm>): FilterChoices {
  return {
    title: form.title,
    context: form.context,
    action: form.filter_action,
    expiresIn: form.expires_in,
    keywords: form.keywords_attributes?.map(({ id, _destroy, ...given }) => ({
      id,
      drop: _destroy,
      ...keywordChoices(given),
    })),
  }
}

/** What a form says of a keyword. */
export function keywordChoices(form: z.output<typeof KeywordForm>) {
  return { keyword: form.keyword, wholeWord: form.whole_word }
}
