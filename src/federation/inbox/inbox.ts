import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { relayOfActor } from '#instance/relays.ts'
import { Refusal } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { accountAt } from '../fetch/fetch-account.ts'
import { takeAdd, takeRemove } from '../fetch/fetch-featured.ts'
import type { Shaped } from '../shapes/shape.ts'
import {
  idOf,
  isA,
  isObject,
  listOf,
  parseDocument,
  sameOrigin,
  shapeOf,
  Unreadable,
} from '../shapes/shape.ts'
import { takeFlag } from './inbox-flags.ts'
import { announced } from './inbox-groups.ts'
import { takeMove } from './inbox-moves.ts'
import * as posts from './inbox-posts.ts'
import * as quotes from './inbox-quotes.ts'
import * as relations from './inbox-relations.ts'
import { passOn, readersOf } from './pass-on.ts'
import { takePassedOn } from './passed-on.ts'
import { takeFromRelay } from './relay-intake.ts'

/** What a row of the table works on: who did it, and the activity with its object. */
export type Deed = {
  actor: AccountRow
  activity: Shaped
  /** The object as it came: text or a thing. */
  object: unknown
  objectId: string | null
}
/** Does what the activity says, or gives the word for why not. */
export type Row = (app: App, deed: Deed) => Promise<string | undefined>

/** Activity → verb. What is not here is ignored. */
const table: Record<string, Row> = {
  Create: posts.create,
  Update: posts.update,
  Delete: posts.remove,
  Announce: announced,
  Like: posts.like,
  EmojiReact: posts.like,
  Follow: relations.takeFollow,
  Accept: (app, deed) => (quotes.isAboutQuote(deed) ? quotes.accept : relations.accept)(app, deed),
  Reject: (app, deed) => (quotes.isAboutQuote(deed) ? quotes.reject : relations.reject)(app, deed),
  QuoteRequest: quotes.takeQuestion,
  Block: relations.takeBlock,
  Move: takeMove,
  Flag: takeFlag,
  Add: takeAdd,
  Remove: takeRemove,
  Undo: undo,
}

/** What an Undo takes back, by the type of its object; a bare id is tried against all. */
const undone: Record<string, Row> = {
  Follow: relations.undoFollow,
  Block: relations.undoBlock,
  Like: posts.undoLike,
  EmojiReact: posts.undoLike,
  Announce: posts.undoAnnounce,
}

/** Takes one stored activity in: authentic already, but not yet allowed. Refusals end quietly with one log line. */
export const processActivity = job({
  name: 'process activity',
  queue: 'ingest',
  tries: 8,
  payload: z.object({ text: z.string(), signer: z.string() }),
  async run(app, { text, signer }) {
    const reason = await take(app, text, signer)
    if (reason) app.log.info({ reason, signer }, 'an activity had no effect')
  },
})

async function take(app: App, text: string, signer: string): Promise<string | undefined> {
  try {
    const document = parseDocument(text)
    const activity = await shapeOf(document)
    const relay = await relayOfActor(app, signer)
    const [object] = listOf(activity.object, 1)
    if (relay && isA(activity, 'Create', 'Announce')) return await takeFromRelay(app, relay, document, object)
    if (idOf(listOf(activity.actor, 1)[0]) === signer) {
      // What is deleted cannot be asked afterwards whom it answered.
      const readers = await readersOf(app, activity)
      const reason = await act(app, activity)
      if (reason === undefined) await passOn(app, activity, text, readers)
      return reason
    }
    return await takePassedOn(app, document, activity, (proven) => act(app, proven))
  } catch (error) {
    if (error instanceof Unreadable) return error.message
    // What a verb refuses is refused for good: asking again changes nothing.
    if (error instanceof Refusal && error.kind !== 'unavailable') return error.message
    throw error
  }
}

/** What an account may still say that its own server suspended. */
const mayComeBack = (actor: AccountRow, activity: Shaped) =>
  actor.suspended_there === 1 && isA(activity, 'Update', 'Delete', 'Undo', 'Reject')

/** Does what an activity says that its own actor was shown to have said. */
async function act(app: App, activity: Shaped): Promise<string | undefined> {
  const actorUri = idOf(listOf(activity.actor, 1)[0])
  if (!actorUri) return 'no actor'
  const [type] = listOf(activity.type, 1)
  const row = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined
  if (!row) return 'unknown type'
  const objects = listOf(activity.object, 2)
  // A Flag names an account and posts of it, one beside the other.
  if (objects.length !== 1 && type !== 'Flag') return 'not one object'
  const [object] = objects
  const actor = await accountAt(app, actorUri)
  if (!actor || actor.domain_id !== null) return 'unknown actor'
  if (actor.suspended_at !== null && !mayComeBack(actor, activity)) return 'suspended actor'
  return row(app, { actor, activity, object, objectId: idOf(object) })
}

async function undo(app: App, deed: Deed): Promise<string | undefined> {
  const { object, objectId, actor } = deed
  if (objectId !== null && !sameOrigin(objectId, actor.uri)) return 'an act of another origin'
  if (isObject(object)) {
    const doer = idOf(listOf(object.actor, 1)[0])
    if (doer !== null && doer !== actor.uri) return 'an act of somebody else'
    const [type] = listOf(object.type, 1)
    const row = typeof type === 'string' && Object.hasOwn(undone, type) ? undone[type] : undefined
    return row ? row(app, deed) : 'nothing to undo'
  }
  for (const row of Object.values(undone)) if ((await row(app, deed)) === undefined) return undefined
  return 'nothing to undo'
}
