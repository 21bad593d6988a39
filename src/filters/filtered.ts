import { LRUCache } from 'lru-cache'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { plainText } from '#platform/html.ts'
import { fold } from './match-words.ts'
import type { FilterResult } from './present-filter.ts'
import type { ReaderFilters } from './reader-filters.ts'

/** What of a shown status is looked at. */
export type Filterable = {
  id: string
  edited_at: string | null
  spoiler_text: string
  content: string
  media_attachments: readonly { description: string | null }[]
  poll: { options: readonly { title: string }[] } | null
  reblog: Filterable | null
}

/** Characters of one status that are looked at; longer ones come from elsewhere only. */
const MOST_LOOKED_AT = 50_000
/** Plain texts kept, in characters. */
const MOST_KEPT = 3_000_000

const texts = keptBy(
  () =>
    new LRUCache<string, string>({
      max: 10_000,
      maxSize: MOST_KEPT,
      sizeCalculation: (text) => text.length + 50,
      ttl: 600_000,
    }),
)

/** Which of a reader's filters a shown status matches, and how; a boost matches as what it boosts. */
export function filteredBy(app: App, reader: ReaderFilters, status: Filterable): FilterResult[] {
  const now = app.now()
  const proper = status.reblog ?? status
  const found = reader.find?.(textOf(app, proper)) ?? []
  return reader.filters.flatMap(({ shape, expiresAt, statuses }, place) => {
    if (expiresAt !== null && expiresAt <= now) return []
    const words = found.flatMap((index) => {
      const word = reader.words[index]
      return word?.filter === place ? [word.keyword] : []
    })
    const ids = [...new Set([status.id, proper.id])].filter((id) => statuses.has(id))
    if (words.length === 0 && ids.length === 0) return []
    return [
      {
        filter: shape,
        keyword_matches: words.length > 0 ? words : null,
        status_matches: ids.length > 0 ? ids : null,
      },
    ]
  })
}

function textOf(app: App, status: Filterable): string {
  const memory = texts(app)
  const key = `${status.id}/${status.edited_at}`
  const known = memory.get(key)
  if (known !== undefined) return known
  const parts = [
    status.spoiler_text,
    plainText(status.content),
    ...(status.poll?.options.map((option) => option.title) ?? []),
    ...status.media_attachments.map((each) => each.description ?? ''),
  ]
  const text = fold(parts.join('\n').slice(0, MOST_LOOKED_AT))
  memory.set(key, text)
  return text
}
