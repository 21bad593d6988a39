import { z } from 'zod'
import { flag, idText, textList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import type { Ask } from './list-notifications.ts'

/** The fields by which every list of notifications is narrowed. */
export const askFields = {
  types: textList(32).optional(),
  exclude_types: textList(32).optional(),
  account_id: idText.optional(),
  include_filtered: flag.optional(),
}
const Asked = z.object({ ...askFields, grouped_types: textList(32).optional() })

/** What such fields ask for. */
export function readAsk(query: z.output<typeof Asked>): Ask {
  return {
    types: query.types,
    excludeTypes: query.exclude_types,
    // An id that means nobody has no notifications.
    fromAccountId: query.account_id ? (readId(query.account_id) ?? 0) : null,
    includeFiltered: query.include_filtered,
  }
}
