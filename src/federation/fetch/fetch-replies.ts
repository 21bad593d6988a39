import type { App } from '#app.ts'
import { threadWanted } from '#happenings.ts'
import { openGate } from '#platform/http-client-sockets.ts'
import { job } from '#platform/jobs/declare.ts'
import { noteProgress } from '#statuses/async-refreshes.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById, statusByUri } from '#statuses/statuses.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isObject, sameOrigin } from '../shapes/shape.ts'
import { isSpent, withBudget } from './budget.ts'
import { fetchDocument } from './fetch-document.ts'
import { fetchAbove } from './fetch-parents.ts'
import { statusAt, takeStatus } from './fetch-status.ts'
import { pagesOf } from './walk-collection.ts'

/** How much one look at a thread may cost others and bring in here (LOOP-01, LOOP-02). */
const MOST_REQUESTS = 60
const MOST_REPLIES = 500
const CONTEXT_PAGES = 20
const REPLIES_PAGES = 5
const AT_ONCE = 8

type Filling = { app: App; signal: AbortSignal; found: number; looked: Set<string>; note(): Promise<void> }
/** A post that came, with the document it came as, which says where its own answers are. */
type Taken = { uri: string; document: Shaped | null }

/** Fetches what a thread from elsewhere has grown by: upwards what it answers, downwards what answers it. */
export const fetchReplies = job({
  name: 'fetch replies',
  queue: 'fetch',
  tries: 1,
  payload: threadWanted.payload,
  lane: ({ uri }) => (URL.canParse(uri) ? new URL(uri).host : ''),
  async run(app, { refreshId, statusId }, task) {
    const status = await statusById(app, statusId)
    const note = () => noteProgress(app, refreshId, filling.found, false)
    const filling: Filling = { app, signal: task.signal, found: 0, looked: new Set(), note }
    try {
      if (status) await withBudget(MOST_REQUESTS, () => fill(filling, status))
    } finally {
      await noteProgress(app, refreshId, filling.found, true)
    }
  },
})

async function fill(filling: Filling, status: StatusRow): Promise<void> {
  const { app } = filling
  const { top, fetched } = await fetchAbove(app, status)
  filling.found += fetched
  const note = await fetchDocument(app, status.uri)
  if (note.kind !== 'document' || note.document.id !== status.uri) return
  // FEP-7888: one list of the whole conversation, kept by the server it began on.
  const list = note.document.context
  const mayAsk = (url: string) => sameOrigin(url, status.uri) || sameOrigin(url, top.uri)
  const whole = await takeListed(filling, list, status.uri, { pages: CONTEXT_PAGES, mayAsk })
  if (whole.listed === 0) await takeBelow(filling, { uri: status.uri, document: note.document })
}

/** Level by level, the answers that each post's own server lists. */
async function takeBelow(filling: Filling, start: Taken): Promise<void> {
  let level: Taken[] = [start]
  while (level.length > 0 && !isOver(filling)) {
    const next: Taken[] = []
    for (const { uri, document } of level) {
      if (isOver(filling)) return
      const walk = { pages: REPLIES_PAGES, mayAsk: (url: string) => sameOrigin(url, uri) }
      next.push(...(await takeListed(filling, document?.replies, uri, walk)).taken)
    }
    level = next
  }
}

const isOver = ({ found, signal }: Filling) => found >= MOST_REPLIES || signal.aborted || isSpent()

/** Takes in what a collection lists and is not known here, as its own server tells it. */
async function takeListed(
  filling: Filling,
  list: unknown,
  from: string,
  walk: Parameters<typeof pagesOf>[3],
) {
  const taken: Taken[] = []
  let listed = 0
  const gate = openGate(AT_ONCE)
  for await (const page of pagesOf(filling.app, list, from, walk)) {
    listed += page.items.length
    // What lies in the page costs nothing, so it comes first; it may also be what the others answer.
    const laid = page.items.filter((item) => isObject(item) && sameOrigin(idOf(item), page.from))
    for (const item of laid) taken.push(...(await takeOne(filling, idOf(item), item as Shaped)))
    const named = page.items.filter((item) => !laid.includes(item))
    const found = await Promise.all(named.map((item) => gate(() => takeOne(filling, idOf(item), null))))
    taken.push(...found.flat())
    await filling.note()
    if (filling.found >= MOST_REPLIES || filling.signal.aborted) break
  }
  return { taken, listed }
}

async function takeOne(filling: Filling, uri: string | null, laid: Shaped | null): Promise<Taken[]> {
  const { app, looked } = filling
  if (uri === null || looked.has(uri) || filling.found >= MOST_REPLIES || filling.signal.aborted) return []
  looked.add(uri)
  if (await statusByUri(app, uri)) return []
  const fetched = laid
    ? { kind: 'document' as const, document: laid, url: uri }
    : await fetchDocument(app, uri)
  const options = { lookups: 0, isLed: true }
  const status =
    fetched.kind === 'document'
      ? await takeStatus(app, fetched.document, fetched.url, options)
      : fetched.kind === 'page'
        ? await statusAt(app, uri, options)
        : null
  if (!status) return []
  filling.found++
  const isOwn = fetched.kind === 'document' && fetched.document.id === uri
  return [{ uri: status.uri, document: isOwn ? fetched.document : null }]
}
