import type { App } from '#app.ts'
import { createStatus } from '#statuses/create-status.ts'
import type { Draft } from '#statuses/draft.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { isUnwanted } from '../inbox/unwanted.ts'
import { authorOf } from '../shapes/authors.ts'
import { noteTypes, readNote } from '../shapes/read-note.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isA, sameOrigin, webUrl } from '../shapes/shape.ts'
import { accountAt } from './fetch-account.ts'
import { fetchDocument } from './fetch-document.ts'

/** How a post from elsewhere is taken in. */
export type Taking = {
  /** How many people it mentions that are unknown here may be looked up. */
  lookups?: number
  /** It is history that was asked for: nobody is told, and it leads to nothing further. */
  quiet?: boolean
  /** What it answers is looked for by whoever asks for it. */
  isLed?: boolean
  /** Whether it is wanted, once it can be seen what it is. */
  wanted?: (draft: Draft) => Promise<boolean>
}

/** The status with this ActivityPub id: the known one, or fetched from its origin. Null when there is none to be had. */
export async function statusAt(app: App, uri: string, taking: Taking = {}): Promise<StatusRow | null> {
  const known = await statusByUri(app, uri)
  if (known) return known
  const url = webUrl(uri)
  if (!url || app.domains.isOurs(new URL(url).host)) return null
  const fetched = await fetchDocument(app, url)
  if (fetched.kind === 'document') return takeStatus(app, fetched.document, fetched.url, taking)
  if (fetched.kind !== 'page' || !fetched.alternate) return null
  // A page may name its document; that one is then checked on its own (ORG-14).
  const linked = await fetchDocument(app, fetched.alternate)
  return linked.kind === 'document' ? takeStatus(app, linked.document, linked.url, taking) : null
}

/** Takes in an object's document that came from `url`; one whose id is elsewhere is asked for there, once. */
export async function takeStatus(
  app: App,
  document: Shaped,
  url: string,
  taking: Taking = {},
): Promise<StatusRow | null> {
  if (!isA(document, ...noteTypes)) return null
  const own = await ownDocument(app, document, url)
  if (!own || !isA(own, ...noteTypes)) return null
  const id = own.id as string
  const known = await statusByUri(app, id)
  if (known) return known
  const authorUri = authorOf(own)
  if (!authorUri || !sameOrigin(authorUri, id)) return null
  const author = await accountAt(app, authorUri)
  if (!author || author.domain_id !== null || author.suspended_at !== null) return null
  const draft = await readNote(app, own, author, taking.lookups)
  if (!draft || (taking.wanted && !(await taking.wanted(draft)))) return null
  if (await isUnwanted(app, author, draft.parent, 'reply')) return null
  return createStatus(app, { ...draft, quiet: taking.quiet ?? false, isLed: taking.isLed ?? false })
}

/** The document as its own origin gives it: what another host says about it is never believed (ORG-06 to ORG-08). */
export async function ownDocument(app: App, document: Shaped, url: string): Promise<Shaped | null> {
  const id = webUrl(document.id)
  if (!id || app.domains.isOurs(new URL(id).host)) return null
  if (id === url) return document
  const again = await fetchDocument(app, id)
  return again.kind === 'document' && again.document.id === id && sameOrigin(again.url, id)
    ? again.document
    : null
}

/** The status that a thing names by its id, fetched when it is not known. */
export async function statusOf(app: App, value: unknown): Promise<StatusRow | null> {
  const id = idOf(value)
  return id === null ? null : statusAt(app, id)
}
