import type { App } from '#app.ts'
import type { AuthorSet } from './author-set.ts'
import type { Span } from './written-query.ts'
import { queryWritten } from './written-query.ts'
import { scanWritten } from './written-scan.ts'

/** So few authors are asked one by one sooner than everybody's statuses are looked through. */
const FEW = 24

/**
 * Ids of what these authors wrote and boosted within the span, from the end that it says; fewer than the span's
 * `most` only when there are no more. Says nothing about who may see them.
 */
export async function writtenBy(app: App, authors: AuthorSet, span: Span): Promise<number[]> {
  if (authors.ids.length <= FEW || authors.isSparse) return queryWritten(app, authors, span)
  const scanned = await scanWritten(app, authors, span)
  if (!scanned) return queryWritten(app, authors, span)
  const { ids, stoppedAt } = scanned
  if (stoppedAt === null) return ids
  authors.isSparse = true
  const rest = span.ascending ? { above: stoppedAt - 1 } : { below: stoppedAt + 1 }
  return [...ids, ...(await queryWritten(app, authors, { ...span, ...rest, most: span.most - ids.length }))]
}
