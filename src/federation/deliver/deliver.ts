import type { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import * as happenings from '#happenings.ts'
import type { Happening, Job } from '#platform/jobs/declare.ts'
import { job } from '#platform/jobs/declare.ts'
import { followByUri } from '#relationships/follow.ts'
import { blockExists } from '#relationships/relationships.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import { isOpen } from '#statuses/visibility.ts'
import * as activities from '../shapes/activities.ts'
import type { Document } from '../shapes/context-out.ts'
import { PUBLIC, withContext, withPlainContext } from '../shapes/context-out.ts'
import { writeFace } from '../shapes/write-face.ts'
import { writeNote } from '../shapes/write-note.ts'
import { writePerson } from '../shapes/write-person.ts'
import { audienceOf, hasFollowers, touchedBy } from './audiences.ts'
import { fanOut } from './deliver-fan-out.ts'
import { deliverOne } from './deliver-one.ts'
import { FIRST, numberOf, patience, send, urgency } from './deliver-send.ts'

/** The word for what is known already, anew. */
export const NEWER = 'newer'
const END = 'end'

/** An effect that sends something after a happening. */
function delivery<Payload>(
  name: string,
  happening: Happening<Payload>,
  run: Job<Payload>['run'],
): Job<Payload> {
  return job({ name, queue: 'local', tries: 8, payload: happening.payload, run })
}

/** The same for what is only sent when it began here; what began elsewhere owes nothing. */
function fromHere<Payload extends { origin: 'here' | 'elsewhere' }>(
  name: string,
  happening: Happening<Payload>,
  run: Job<Payload>['run'],
): Job<Payload> {
  const concerns = (payload: Payload) => payload.origin === 'here'
  return {
    ...delivery(name, happening, async (app, payload, task) => {
      if (concerns(payload)) await run(app, payload, task)
    }),
    concerns: (_tx, payload) => concerns(payload),
  }
}

/** The account, if it is one of ours. */
async function ours(app: App, id: number): Promise<AccountRow | undefined> {
  const account = await accountById(app, id)
  return account && isLocal(account) ? account : undefined
}

// --- posts ---

export const deliverCreate = fromHere(
  'deliver create',
  happenings.statusCreated,
  async (app, { statusId }) => {
    const found = await statusOfOurs(app, statusId)
    if (!found) return
    const { status, actor } = found
    await send(app, {
      actor,
      document: async () => {
        const note = await writeNote(app, status)
        return note && withContext(activities.create(note))
      },
      to: await audienceOf(app, status),
      about: status.uri,
      word: FIRST,
      prio: urgency.post,
      namedPrio: urgency.answer,
      keeps: patience.post,
      reportOn: status.id,
      holds: async (tx) => (await statusById(tx, status.id)) !== undefined,
    })
  },
)

export const deliverEdit = fromHere('deliver edit', happenings.statusEdited, async (app, { statusId }) => {
  const post = await postToSend(app, statusId)
  if (!post) return
  const { status, actor, note } = post
  const to = await audienceOf(app, status)
  to.accounts.push(...(await touchedBy(app, status)))
  await send(app, {
    actor,
    document: withContext(activities.updateNote(note, status.edited_at ?? status.created_at)),
    to,
    about: status.uri,
    word: NEWER,
    prio: urgency.post,
    keeps: patience.post,
    holds: async (tx) => (await statusById(tx, status.id))?.edited_at === status.edited_at,
  })
})

export const deliverDelete = fromHere('deliver delete', happenings.statusDeleted, async (app, payload) => {
  if (payload.localOnly) return
  const actor = await ours(app, payload.accountId)
  if (!actor) return
  const open = payload.visibility === 'public' || payload.visibility === 'unlisted'
  const followed = hasFollowers(payload.visibility)
  const addressed = open ? { to: [PUBLIC] } : { to: followed ? [actor.followers_url] : [] }
  await send(app, {
    actor,
    document: withContext(activities.deleteNote(actor, payload.uri, addressed)),
    to: {
      followersOf: followed ? actor.id : null,
      accounts: payload.audience,
      personal: !followed,
      relaysOf: payload.visibility === 'public' ? actor.domain_id : null,
    },
    about: payload.uri,
    word: END,
    takesBack: [FIRST, NEWER],
    // What was open may have been fetched by those whose copy still waited.
    elseSilent: !open,
    prio: urgency.answer,
    keeps: patience.post,
  })
})

/** A status that may leave with its author, one of ours, unless it is gone. */
async function statusOfOurs(app: App, statusId: number) {
  const status = await statusById(app, statusId)
  if (status?.local_only === 1) return undefined
  const actor = status && (await ours(app, status.account_id))
  return actor && { status, actor }
}

/** A post of ours with its author and its document, unless it is gone. */
export async function postToSend(app: App, statusId: number) {
  const found = await statusOfOurs(app, statusId)
  const note = found && (await writeNote(app, found.status))
  return note && { ...found, note }
}

// --- boosts and favourites ---

export const deliverReblog = fromHere('deliver reblog', happenings.statusReblogged, async (app, payload) => {
  const actor = await ours(app, payload.accountId)
  const boost = await statusById(app, payload.reblogId)
  const status = await statusById(app, payload.statusId)
  const author = status && (await accountById(app, status.account_id))
  if (!actor || !boost || !author || boost.local_only === 1) return
  // A private post can be boosted by its author alone, and nobody elsewhere could fetch it.
  const object = isOpen(status) ? status.uri : ((await writeNote(app, status)) ?? status.uri)
  const activity = activities.announce(actor, boost, author, object)
  await send(app, {
    actor,
    document: typeof object === 'string' ? withPlainContext(activity) : withContext(activity),
    to: { followersOf: actor.id, accounts: [author.id] },
    about: aboutBoost(actor, status),
    word: FIRST,
    prio: urgency.mark,
    keeps: patience.mark,
    holds: async (tx) => (await statusById(tx, boost.id)) !== undefined,
  })
})

export const deliverUndoReblog = fromHere(
  'deliver undo reblog',
  happenings.reblogUndone,
  async (app, payload) => {
    const actor = await ours(app, payload.accountId)
    const status = await statusById(app, payload.statusId)
    const author = status && (await accountById(app, status.account_id))
    if (!actor || !author || status.local_only === 1) return
    const to = [isOpen(status) ? PUBLIC : actor.followers_url]
    const boost = { id: payload.uri, type: 'Announce', actor: actor.uri, to, object: status.uri }
    await send(app, {
      actor,
      document: withPlainContext(
        activities.undo(actor, boost, `${actor.uri}#announces/${payload.reblogId}/undo`),
      ),
      to: { followersOf: actor.id, accounts: [author.id] },
      about: aboutBoost(actor, status),
      word: END,
      takesBack: [FIRST],
      elseSilent: true,
      prio: urgency.mark,
      keeps: patience.post,
    })
  },
)

const aboutBoost = (actor: AccountRow, status: StatusRow) => `boost ${actor.uri} ${status.uri}`

export const deliverLike = fromHere('deliver like', happenings.statusFavourited, async (app, payload) => {
  const favourite = await app.db
    .selectFrom('favourite')
    .selectAll()
    .where('id', '=', payload.favouriteId)
    .executeTakeFirst()
  if (!favourite) return
  const face = await writeFace(app, favourite)
  await sendLike(
    app,
    payload,
    (actor, uri) => activities.like(actor, { uri: favourite.uri, ...face }, uri),
    FIRST,
  )
})

export const deliverUndoLike = fromHere(
  'deliver undo like',
  happenings.favouriteUndone,
  async (app, payload) => {
    const undone = (actor: AccountRow, uri: string) =>
      activities.undo(actor, activities.like(actor, payload, uri))
    await sendLike(app, payload, undone, END)
  },
)

type Marked = { statusId: number; accountId: number }

async function sendLike(
  app: App,
  mark: Marked,
  write: (actor: AccountRow, uri: string) => Document,
  word: string,
) {
  const actor = await ours(app, mark.accountId)
  const status = await statusById(app, mark.statusId)
  if (!actor || !status || status.domain_id !== null) return
  const activity = write(actor, status.uri)
  await send(app, {
    actor,
    // A face and its picture are said in words that not every server knows by heart.
    document: 'content' in activity ? withContext(activity) : withPlainContext(activity),
    to: { accounts: [status.account_id], personal: true },
    about: `like ${actor.uri} ${status.uri}`,
    word,
    ...(word === END ? { takesBack: [FIRST], elseSilent: true } : {}),
    prio: urgency.mark,
    keeps: patience.mark,
  })
}

// --- relationships ---

type Relation = z.infer<typeof happenings.followed.payload>
type Answer = { actor: AccountRow; target: AccountRow }
type Telling = {
  write(pair: Answer): Document
  about: string
  word: string
  takesBack?: string[]
  elseSilent?: boolean
  holds?(tx: App): Promise<boolean>
}

/** Tells `to`, if they are elsewhere, what `from`, if they are ours, says about the two of them. */
async function tell(app: App, from: number, to: number, telling: Telling) {
  const accounts = await accountsByIds(app, [from, to])
  const actor = accounts.get(from)
  const target = accounts.get(to)
  if (!actor || !target || !isLocal(actor) || isLocal(target)) return
  const { write, about, ...order } = telling
  await send(app, {
    actor,
    document: withPlainContext(write({ actor, target })),
    to: { accounts: [target.id], personal: true },
    about: `${about} ${actor.uri} ${target.uri}`,
    ...order,
    prio: urgency.answer,
    keeps: patience.post,
  })
}

export const deliverFollow = fromHere('deliver follow', happenings.followRequested, async (app, relation) => {
  await tell(app, relation.accountId, relation.targetId, {
    write: ({ actor, target }) => activities.follow(actor, target, relation),
    about: 'follow',
    word: FIRST,
    holds: async (tx) => (await followByUri(tx, relation.uri)) !== undefined,
  })
})

export const deliverUnfollow = fromHere('deliver unfollow', happenings.unfollowed, async (app, relation) => {
  await tell(app, relation.accountId, relation.targetId, {
    write: ({ actor, target }) => activities.undo(actor, activities.follow(actor, target, relation)),
    about: 'follow',
    word: END,
    takesBack: [FIRST],
    elseSilent: true,
  })
})

/** Where the follower is elsewhere and the followed one of ours, a follow that stands was accepted here. */
export const deliverAccept = delivery('deliver accept', happenings.followAccepted, async (app, relation) => {
  await sendAnswer(app, relation, activities.accept, { word: FIRST })
})

export const deliverReject = fromHere('deliver reject', happenings.followRejected, async (app, relation) => {
  await sendAnswer(app, relation, activities.reject, { word: END, takesBack: [FIRST] })
})

type Say = typeof activities.accept
type Saying = Pick<Telling, 'word' | 'takesBack'>

async function sendAnswer(app: App, relation: Relation, say: Say, saying: Saying) {
  const name = String(numberOf(relation.uri))
  await tell(app, relation.targetId, relation.accountId, {
    write: ({ actor, target }) => say(actor, activities.follow(target, actor, relation), name),
    about: 'answer',
    ...saying,
    // Whoever changed their mind in between has said so after this.
    holds: async (tx) => ((await followByUri(tx, relation.uri)) !== undefined) === (saying.word === FIRST),
  })
}

export const deliverBlock = fromHere('deliver block', happenings.blocked, async (app, relation) => {
  await tell(app, relation.accountId, relation.targetId, {
    write: ({ actor, target }) => activities.block(actor, target, relation),
    about: 'block',
    word: FIRST,
    holds: (tx) => blockExists(tx, relation.accountId, relation.targetId),
  })
})

export const deliverUnblock = fromHere('deliver unblock', happenings.unblocked, async (app, relation) => {
  await tell(app, relation.accountId, relation.targetId, {
    write: ({ actor, target }) => activities.undo(actor, activities.block(actor, target, relation)),
    about: 'block',
    word: END,
    takesBack: [FIRST],
    elseSilent: true,
  })
})

// --- people ---

export const deliverProfile = fromHere('deliver profile', happenings.accountUpdated, async (app, payload) => {
  const actor = await ours(app, payload.accountId)
  if (!actor) return
  await send(app, {
    actor,
    document: withContext(activities.updatePerson(await writePerson(app, actor), actor.updated_at)),
    // Only who wants to be found is told of to strangers.
    to: { followersOf: actor.id, relaysOf: actor.discoverable === 1 ? actor.domain_id : null },
    about: actor.uri,
    word: NEWER,
    prio: urgency.profile,
    keeps: patience.mark,
  })
})

/** Needs the account's row and key: they may go only when nothing of theirs waits any more. */
export const deliverAccountDelete = fromHere(
  'deliver account delete',
  happenings.accountDeleted,
  async (app, payload) => {
    const actor = await ours(app, payload.accountId)
    if (!actor) return
    await send(app, {
      actor,
      document: withPlainContext(activities.deletePerson(actor.uri)),
      to: { everybody: true, relaysOf: actor.domain_id },
      about: actor.uri,
      word: END,
      takesBack: [NEWER],
      prio: urgency.answer,
      keeps: patience.post,
    })
  },
)

/** The jobs that the others put down. */
export const deliveryJobs = [fanOut, deliverOne]
