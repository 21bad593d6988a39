import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { unavailable } from '#platform/errors.ts'
import { DAY } from '#platform/times.ts'
import { createStatus } from '#statuses/create-status.ts'
import { deleteStatus, leaveTombstone } from '#statuses/delete-status.ts'
import type { Draft } from '#statuses/draft.ts'
import { editStatus } from '#statuses/edit-status.ts'
import { favourite, favouriteOf, unfavourite } from '#statuses/favourite.ts'
import { takeTallies } from '#statuses/keep-poll.ts'
import { reblog, reblogOf, unreblog } from '#statuses/reblog.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { isTombstoned, statusById, statusByUri } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import { takeAccount } from '../fetch/fetch-account.ts'
import { fetchDocument, isOutOfReach } from '../fetch/fetch-document.ts'
import { statusOf } from '../fetch/fetch-status.ts'
import { authorOf } from '../shapes/authors.ts'
import { readInteractions } from '../shapes/interactions.ts'
import { readFace } from '../shapes/read-face.ts'
import { membersAddressed } from '../shapes/read-mentions.ts'
import { noteTypes, readNote, visibilityOf } from '../shapes/read-note.ts'
import { readTime } from '../shapes/read-person.ts'
import { readQuestion } from '../shapes/read-question.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isA, isObject, sameOrigin, webUrl } from '../shapes/shape.ts'
import { deleteRemoteAccount } from './delete-account.ts'
import type { Row } from './inbox.ts'
import { takeBackConsent, takeQuoteNews } from './inbox-quotes.ts'
import { isEarlier, keepLater } from './later-id.ts'
import { isVote, takeVote } from './take-vote.ts'
import { isUnwanted } from './unwanted.ts'

const ACTORS = ['Person', 'Service', 'Application', 'Group', 'Organization']
/** An Update of something unknown may stand in for a Create that was lost, but not for old posts (ACT-04). */
const LATE_CREATE = DAY

/** Why an object cannot be the actor's own, or null when it is (ORG-03, ORG-04, ORG-05). */
export function foreign(object: Shaped, actor: AccountRow): string | null {
  const id = webUrl(object.id)
  if (!id) return 'no id'
  if (!sameOrigin(id, actor.uri)) return 'an object of another origin'
  return authorOf(object) === actor.uri ? null : 'an object of another author'
}

export const create: Row = async (app, { actor, object, objectId }) => {
  if (!isObject(object))
    return objectId && sameOrigin(objectId, actor.uri)
      ? takeBare(app, actor, objectId)
      : 'an object of another origin'
  if (!isA(object, ...noteTypes)) return 'not a post'
  const problem = foreign(object, actor)
  if (problem) return problem
  if (isVote(object)) return takeVote(app, actor, object)
  const draft = await readNote(app, object, actor)
  if (!draft) return 'not a post'
  if (!(await concernsUs(app, draft, object))) return 'nobody here asked for it'
  if (await isUnwanted(app, actor, draft.parent, 'reply')) return 'a reply that is not wanted'
  await createStatus(app, draft)
  return undefined
}

async function takeBare(app: App, actor: AccountRow, uri: string): Promise<string | undefined> {
  if (!(await hasFollowersHere(app, actor))) return 'nobody here asked for it'
  return (await wanted(app, uri)) ? undefined : 'could not be fetched'
}

/** A post that is to be had from its own origin. While that is out of reach it is asked for again later. */
async function wanted(app: App, value: unknown): Promise<StatusRow | null> {
  const status = await statusOf(app, value)
  if (!status && isOutOfReach(app, idOf(value))) throw unavailable('The server of the post does not answer')
  return status
}

/** Whether somebody here follows the author, is addressed, or the post answers what is known here or quotes what is ours (ACT-31). */
async function concernsUs(app: App, draft: Draft, object: Shaped): Promise<boolean> {
  const quoted = draft.quote?.quoted ?? null
  if (quoted !== null && quoted.domain_id !== null) return true
  if (draft.parent !== null || (await hasFollowersHere(app, draft.account))) return true
  if ((await membersAddressed(app, object)).length > 0) return true
  if (draft.mentions.length === 0) return false
  const found = await app.db
    .selectFrom('account')
    .select('id')
    .where(app.dialect.among(sql`id`, draft.mentions))
    .where('domain_id', 'is not', null)
    .limit(1)
    .execute()
  return found.length > 0
}

const oneFollower = prepared<{ id: number }, { found: number }>(
  (_db, { id }) => sql<{ found: number }>`select 1 as found
    where exists (select 1 from follow where target_id = ${id})
      or exists (select 1 from follow_request where target_id = ${id})`,
)

/** Whether somebody here follows the account, or asked to: their answer may come after the first post (FAIL-19). */
async function hasFollowersHere(app: App, account: AccountRow): Promise<boolean> {
  return (await oneFollower(app, { id: account.id })).length > 0
}

export const update: Row = async (app, deed) => {
  const { actor, object, objectId } = deed
  if (!isObject(object)) return 'nothing to update'
  if (isA(object, ...ACTORS)) {
    if (objectId !== actor.uri) return 'somebody else'
    // What was sent is not believed; the actor's own server is asked (ORG-15).
    const fetched = await fetchDocument(app, actor.uri, { fresh: true })
    if (fetched.kind === 'document') await takeAccount(app, fetched.document, fetched.url)
    return fetched.kind === 'document' ? undefined : 'could not be fetched'
  }
  if (!isA(object, ...noteTypes)) return 'not a post'
  const problem = foreign(object, actor)
  if (problem) return problem
  const known = await statusByUri(app, String(objectId))
  if (!known) {
    const published = readTime(object.published) ?? 0
    if (published <= app.now() - LATE_CREATE) return 'an unknown old post'
    return (await create(app, deed)) ?? overtake(app, object, actor)
  }
  return known.account_id === actor.id ? edit(app, known, object, actor) : 'somebody else’s post'
}

/** The first words of a post may have come by another way while its newer ones were taken in as if it were new. */
async function overtake(app: App, object: Shaped, actor: AccountRow): Promise<string | undefined> {
  const known = await statusByUri(app, String(object.id))
  const updated = readTime(object.updated) ?? 0
  if (known?.account_id !== actor.id || updated <= (known.edited_at ?? readTime(object.published) ?? 0))
    return undefined
  return edit(app, known, object, actor)
}

/** Takes in a new version of a known post of `actor`; `object` is their own word. */
export async function edit(
  app: App,
  known: StatusRow,
  object: Shaped,
  actor: AccountRow,
): Promise<string | undefined> {
  const said = known.poll_id === null ? null : readQuestion(object, app.now())
  if (said && known.poll_id !== null) await takeTallies(app, known.poll_id, said)
  const hasNews =
    (await takeQuoteNews(app, known, object, actor)) || (await takePolicy(app, known, object, actor))
  const updated = readTime(object.updated)
  if (updated === null) return said || hasNews ? undefined : 'no time of the edit'
  const draft = await readNote(app, object, actor)
  if (!draft) return 'not a post'
  const at = Math.min(updated, app.now())
  await editStatus(app, known, { ...draft, media: draft.media }, 'elsewhere', at)
  return undefined
}

/** What a new version says of who may answer, boost and like it is no edit. Whether it says anything new. */
async function takePolicy(app: App, known: StatusRow, object: Shaped, author: AccountRow): Promise<boolean> {
  const interaction_policy = readInteractions(object, author)
  if (interaction_policy === known.interaction_policy) return false
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('status').set({ interaction_policy }).where('id', '=', known.id).execute()
  })
  return true
}

export const remove: Row = async (app, { actor, objectId }) => {
  if (objectId === null) return 'nothing to delete'
  if (objectId === actor.uri) {
    await deleteRemoteAccount(app, actor)
    return undefined
  }
  if (!sameOrigin(objectId, actor.uri)) return 'an object of another origin'
  if (await takeBackConsent(app, actor, objectId)) return undefined
  const known = await statusByUri(app, objectId)
  if (known && known.account_id !== actor.id) return 'somebody else’s post'
  if (known?.reblog_of_id != null) {
    const original = await statusById(app, known.reblog_of_id)
    if (original) await unreblog(app, actor, original, 'elsewhere')
    return undefined
  }
  if (known) await deleteStatus(app, known, 'elsewhere')
  else await app.inTransaction((tx) => leaveTombstone(tx, objectId, actor.uri, false))
  return undefined
}

export const announce: Row = async (app, { actor, activity, object }) => {
  const uri = webUrl(activity.id)
  if (!uri) return 'no id'
  if (await isTombstoned(app, uri, actor.uri)) return 'undone before it came'
  const known = await statusByUri(app, String(idOf(object)))
  if (!known && !(await hasFollowersHere(app, actor))) return 'nobody here asked for it'
  // Whatever came inside is not read: the boosted post is had from its own origin (ACT-10).
  const status = known ?? (await wanted(app, object))
  if (!status || status.reblog_of_id !== null) return 'nothing to boost'
  if (status.visibility !== 'public' && status.visibility !== 'unlisted' && status.account_id !== actor.id)
    return 'not to be boosted'
  if (!(await mayAct(app, actor, status))) return 'not to be seen'
  if (await isUnwanted(app, actor, status, 'reblog')) return 'a boost that is not wanted'
  const visibility = visibilityOf(activity, actor)
  const publishedAt = readTime(activity.published) ?? app.now()
  const shown = visibility === 'limited' ? 'private' : visibility
  await keepLater(app, 'status', await reblog(app, actor, status, shown, { uri, publishedAt }), uri)
  return undefined
}

/** Whether an actor elsewhere may see what it acts on: nothing is done to hidden posts, nor through a block (ACT-13, BLK-01). */
async function mayAct(app: App, actor: AccountRow, status: StatusRow): Promise<boolean> {
  const authors = await app.db.selectFrom('account').selectAll().where('id', '=', status.account_id).execute()
  return maySee(await standingTo(app, actor, [status], authors), status)
}

export const like: Row = async (app, { actor, activity, objectId }) => {
  const uri = webUrl(activity.id)
  const status = objectId === null ? undefined : await statusByUri(app, objectId)
  if (!uri || !status || status.domain_id === null) return 'nothing of ours'
  if (await isTombstoned(app, uri, actor.uri)) return 'undone before it came'
  const original = status.reblog_of_id === null ? status : await statusById(app, status.reblog_of_id)
  if (!original || !(await mayAct(app, actor, original))) return 'not to be seen'
  if (await isUnwanted(app, actor, original, 'favourite')) return 'a like that is not wanted'
  const face = await readFace(app, actor, activity)
  await keepLater(app, 'favourite', await favourite(app, actor, original, { uri }, face), uri)
  return undefined
}

export const undoLike: Row = async (app, { actor, object, objectId }) => {
  const byId =
    objectId === null
      ? undefined
      : await app.db
          .selectFrom('favourite')
          .selectAll()
          .where('uri', '=', objectId)
          .where('account_id', '=', actor.id)
          .executeTakeFirst()
  const named = isObject(object) ? idOf(object.object) : null
  const status = byId
    ? await statusById(app, byId.status_id)
    : named
      ? await statusByUri(app, named)
      : undefined
  // The tombstone also keeps a replay of the taken-back Like away (SIG-12).
  if (objectId !== null && (byId || isObject(object)))
    await app.inTransaction((tx) => leaveTombstone(tx, objectId, actor.uri, false))
  if (!status) return isObject(object) ? undefined : 'no such like'
  const held = await favouriteOf(app, actor.id, status.id)
  if (held && objectId !== null && isEarlier(objectId, held.uri)) return undefined
  await unfavourite(app, actor, status, 'elsewhere')
  return undefined
}

export const undoAnnounce: Row = async (app, { actor, object, objectId }) => {
  const wrapper = objectId === null ? undefined : await statusByUri(app, objectId)
  if (wrapper && (wrapper.account_id !== actor.id || wrapper.reblog_of_id === null)) return 'no such boost'
  const named = isObject(object) ? idOf(object.object) : null
  const status = wrapper?.reblog_of_id
    ? await statusById(app, wrapper.reblog_of_id)
    : named
      ? await statusByUri(app, named)
      : undefined
  const held = status && (await reblogOf(app, actor.id, status.id))
  const isOver = held && objectId !== null && isEarlier(objectId, held.uri)
  if (status && !isOver) await unreblog(app, actor, status, 'elsewhere')
  if (objectId === null || (!wrapper && !isObject(object))) return status ? undefined : 'no such boost'
  await app.inTransaction((tx) => leaveTombstone(tx, objectId, actor.uri, false))
  return undefined
}
