import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { deleteStatus } from '#statuses/delete-status.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { fetchDocument } from '../fetch/fetch-document.ts'
import { ownDocument, statusAt } from '../fetch/fetch-status.ts'
import type { Shaped } from '../shapes/shape.ts'
import { hostOf, idOf, isA, isObject, listOf } from '../shapes/shape.ts'
import { readProven } from '../signatures/vouch.ts'
import { edit, foreign } from './inbox-posts.ts'

/** What is worth the work of a proof: what those who pass things on do pass on. */
const PASSED_ON = ['Create', 'Update', 'Delete', 'Announce', 'Undo']

type Act = (proven: Shaped) => Promise<string | undefined>

/**
 * Takes in what another server than its author's handed over. The object's own origin is asked first; only where it
 * gives no answer does the author's own proof count, and then `act` gets what was proven (ACT-38).
 */
export async function takePassedOn(
  app: App,
  document: Shaped,
  activity: Shaped,
  act: Act,
): Promise<string | undefined> {
  const actor = idOf(listOf(activity.actor, 1)[0])
  const [type] = listOf(activity.type, 1)
  // Whoever hands it over: with those who are kept out we do not speak.
  if (!(await isAdmitted(app, hostOf(actor) ?? ''))) return 'not federated with'
  if (app.domains.isOurs(hostOf(actor) ?? '')) return 'our own word, come back'
  if (typeof type !== 'string' || !PASSED_ON.includes(type)) return 'needs its author’s own word'
  const [object] = listOf(activity.object, 1)
  const id = idOf(object)
  if (id === null) return 'nothing to fetch'
  const asked = await askOrigin(app, type, id, object)
  if (asked !== 'no answer') return asked
  const proven = await readProven(app, document)
  return proven ? act(proven) : 'could not be fetched'
}

/** What the origin of the object says: done (undefined), why not, or nothing. */
async function askOrigin(
  app: App,
  type: string,
  id: string,
  object: unknown,
): Promise<string | undefined | 'no answer'> {
  if (type === 'Create') return askForPost(app, id, object)
  if (type !== 'Update' && type !== 'Delete') return 'no answer'
  const known = await statusByUri(app, id)
  const author = known && (await accountById(app, known.account_id))
  if (!known || !author || known.domain_id !== null) return 'unknown'
  return type === 'Update' ? askForEdit(app, known, author) : askWhetherGone(app, known)
}

async function askForPost(app: App, id: string, object: unknown): Promise<string | undefined> {
  const parent = isObject(object) ? idOf(listOf(object.inReplyTo, 1)[0]) : null
  // Replies to what is known here are what is forwarded; anything else nobody asked for.
  if (!parent || !(await statusByUri(app, parent))) return 'nobody here asked for it'
  if (await statusAt(app, id)) return undefined
  const fetched = await fetchDocument(app, id)
  return fetched.kind === 'gone' ? 'gone at its origin' : 'no answer'
}

async function askForEdit(app: App, known: StatusRow, author: AccountRow): Promise<string | undefined> {
  const fetched = await fetchDocument(app, known.uri, { fresh: true })
  const own = fetched.kind === 'document' ? await ownDocument(app, fetched.document, fetched.url) : null
  return own && !foreign(own, author) ? edit(app, known, own, author) : 'no answer'
}

async function askWhetherGone(app: App, known: StatusRow): Promise<string | undefined> {
  const fetched = await fetchDocument(app, known.uri, { fresh: true })
  const isThere = fetched.kind === 'document' && fetched.document.id === known.uri
  if (isThere && !isA(fetched.document, 'Tombstone')) return 'still there'
  if (fetched.kind !== 'gone' && !isThere) return 'no answer'
  await deleteStatus(app, known, 'elsewhere')
  return undefined
}
