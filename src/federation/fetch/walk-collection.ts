import type { App } from '#app.ts'
import type { Shaped } from '../shapes/shape.ts'
import { isA, isObject, listOf, sameOrigin } from '../shapes/shape.ts'
import { fetchDocument } from './fetch-document.ts'

/** How many entries of one page are looked at. */
const MOST_ITEMS = 500

export type Walk = {
  /** How many pages are read. */
  pages: number
  /** Whether an address may be asked: whoever wrote the collection chose it (ORG-06). */
  mayAsk(url: string): boolean
}

/** A page's entries, and the address whose server answers for them: what lies in it of that origin needs no asking. */
export type Page = { items: unknown[]; from: string; total: number | null; hasFirst: boolean }

const collectionTypes = ['Collection', 'OrderedCollection', 'CollectionPage', 'OrderedCollectionPage']

/**
 * Reads a collection page by page; `start` is its address, or the collection as it was laid into the document at `from`.
 * No address is asked twice (LOOP-03), and it ends where the pages, the budget or the patience of `walk` do (LOOP-02).
 */
export async function* pagesOf(app: App, start: unknown, from: string, walk: Walk): AsyncGenerator<Page> {
  const asked = new Set<string>()
  let next: unknown = start
  let source = from
  for (let read = 0; read < walk.pages && next; read++) {
    let collection: Shaped
    if (isObject(next)) collection = next
    else {
      if (typeof next !== 'string' || asked.has(next) || !walk.mayAsk(next)) return
      asked.add(next)
      const fetched = await fetchDocument(app, next)
      // A page that was moved to another server is not that server's word for this one.
      if (fetched.kind !== 'document' || !sameOrigin(fetched.url, next)) return
      collection = fetched.document
      source = fetched.url
    }
    if (!isA(collection, ...collectionTypes)) return
    const items = [...listOf(collection.orderedItems, MOST_ITEMS), ...listOf(collection.items, MOST_ITEMS)]
    const total = typeof collection.totalItems === 'number' ? collection.totalItems : null
    yield { items, from: source, total, hasFirst: collection.first !== undefined || items.length > 0 }
    // A collection may have its first page laid in, and that the address of the next.
    next = collection.first ?? collection.next
  }
}
