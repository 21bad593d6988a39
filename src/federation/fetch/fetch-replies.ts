import type { App } from '#app.ts'
import { threadWanted } from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import { noteProgress } from '#statuses/async-refreshes.ts'
import { statusByUri } from '#statuses/statuses.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isObject, listOf, sameOrigin } from '../shapes/shape.ts'
import { fetchDocument } from './fetch-document.ts'
import { statusAt } from './fetch-status.ts'

/** How much of a thread is fetched at once: posts looked at for answers, pages of each, answers in all (LOOP-01). */
const MOST_POSTS = 8
const MOST_PAGES = 3
const MOST_ANSWERS = 40
const MOST_ITEMS = 100

/** Fetches what a thread from elsewhere has grown by: upwards what it answers, downwards what answers it. */
export const fetchReplies = job({
  name: 'fetch replies',
  queue: 'fetch',
  tries: 1,
  payload: threadWanted.payload,
  lane: ({ uri }) => (URL.canParse(uri) ? new URL(uri).host : ''),
  async run(app, { refreshId, uri }, task) {
    let found = 0
    try {
      const todo = [uri]
      for (let looked = 0; looked < MOST_POSTS && found < MOST_ANSWERS && !task.signal.aborted; looked++) {
        const next = todo.shift()
        if (next === undefined) break
        for (const answer of await answersTo(app, next)) {
          if (found >= MOST_ANSWERS || task.signal.aborted) break
          if ((await statusByUri(app, answer)) || !(await statusAt(app, answer))) continue
          found++
          todo.push(answer)
          await noteProgress(app, refreshId, found, false)
        }
      }
    } finally {
      await noteProgress(app, refreshId, found, true)
    }
  },
})

/** Addresses of the answers that a post's own server lists. Each is believed only when its own origin gives it. */
async function answersTo(app: App, uri: string): Promise<string[]> {
  const note = await fetchDocument(app, uri)
  if (note.kind !== 'document' || note.document.id !== uri) return []
  const addresses = new Set<string>()
  let page: unknown = note.document.replies
  for (let pages = 0; pages < MOST_PAGES && page; pages++) {
    const collection = await collectionOf(app, page, uri)
    if (!collection) break
    for (const item of [
      ...listOf(collection.items, MOST_ITEMS),
      ...listOf(collection.orderedItems, MOST_ITEMS),
    ]) {
      const id = idOf(item)
      if (id) addresses.add(id)
    }
    page = collection.first ?? collection.next
  }
  return [...addresses].slice(0, MOST_ITEMS)
}

/** A collection or a page of one, laid in or fetched from the post's own host (ORG-06). */
async function collectionOf(app: App, value: unknown, uri: string): Promise<Shaped | null> {
  if (isObject(value)) return value
  if (typeof value !== 'string' || !sameOrigin(value, uri)) return null
  const fetched = await fetchDocument(app, value)
  return fetched.kind === 'document' && sameOrigin(fetched.url, uri) ? fetched.document : null
}
