import type { AccountRow } from '#accounts/accounts.ts'
import { accountByUri } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { isOurRelay, relayByFollow } from '#instance/relays.ts'
import { block, blockOf, unblock } from '#relationships/block.ts'
import { acceptFollow, follow, followByUri, rejectFollow, unfollow } from '#relationships/follow.ts'
import { followOf, followRequestOf, isKeptApart } from '#relationships/relationships.ts'
import { leaveTombstone } from '#statuses/delete-status.ts'
import { isTombstoned } from '#statuses/statuses.ts'
import { deliverAccept, deliverReject } from '../deliver/deliver.ts'
import { hostOf, idOf, isObject, webUrl } from '../shapes/shape.ts'
import type { Deed, Row } from './inbox.ts'
import { isEarlier, keepLater } from './later-id.ts'

/** One of ours, by its ActivityPub id. */
async function ours(app: App, uri: string | null): Promise<AccountRow | null> {
  const account = uri === null ? undefined : await accountByUri(app, uri)
  return account && account.domain_id !== null && account.suspended_at === null ? account : null
}

const activityId = ({ activity, actor }: Deed) => webUrl(activity.id) ?? `${actor.uri}#unnamed`

export const takeFollow: Row = async (app, deed) => {
  const { actor, objectId } = deed
  const target = await ours(app, objectId)
  // The server itself is followed by the relays it takes part in, and by nobody else.
  const isServer = target?.actor_type === 'Application'
  if (!target || (isServer && !(await isOurRelay(app, actor.uri)))) return 'a follow of nobody here'
  const uri = activityId(deed)
  // Its Undo came first: the follow is over before it began (FAIL-19).
  if (await isTombstoned(app, uri, actor.uri)) return 'undone before it came'
  const relation = { accountId: actor.id, targetId: target.id, uri, origin: 'elsewhere' as const }
  if (await isKeptApart(app, actor, target)) {
    await app.inTransaction((tx) => tx.later(deliverReject, { ...relation, origin: 'here' }))
    return 'blocked'
  }
  const standing = await followOf(app, actor.id, target.id)
  if (standing && isEarlier(uri, standing.uri)) return undefined
  if (standing) {
    // Their side forgot the answer; it is given again, to the id they now use.
    await app.inTransaction(async (tx) => {
      await tx.db.updateTable('follow').set({ uri }).where('id', '=', standing.id).execute()
      await tx.later(deliverAccept, relation)
    })
    return undefined
  }
  await follow(app, actor, target, {}, { uri })
  const waiting = await followRequestOf(app, actor.id, target.id)
  if (waiting) await keepLater(app, 'follow_request', waiting, uri)
  // A relay follows back, and nobody sits there to say yes.
  if (waiting && isServer) await acceptFollow(app, target, actor)
  return undefined
}

/** The follow that an Accept or Reject is about: one that we sent, to the one who answers (ACT-16, ACT-17). */
async function followAnswered(app: App, deed: Deed) {
  const { actor, object, objectId } = deed
  const byId = objectId === null ? undefined : await followByUri(app, objectId)
  if (byId) return byId.target_id === actor.id ? byId : undefined
  const follower = isObject(object) ? await ours(app, idOf(object.actor)) : null
  if (!follower) return undefined
  return (await followRequestOf(app, follower.id, actor.id)) ?? (await followOf(app, follower.id, actor.id))
}

async function followerOf(app: App, id: number): Promise<AccountRow | null> {
  const account = await app.db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst()
  return account && account.domain_id !== null ? account : null
}

/** Whether the answer is that of a relay which we asked, and then takes it: matched by the id of what we asked, and by host. */
async function isRelayAnswer(
  app: App,
  { actor, objectId }: Deed,
  state: 'accepted' | 'rejected',
): Promise<boolean> {
  const relay = objectId === null ? undefined : await relayByFollow(app, objectId)
  if (!relay || hostOf(relay.url) !== hostOf(actor.uri) || (relay.actor_uri ?? actor.uri) !== actor.uri)
    return false
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('relay')
      .set({ state, actor_uri: actor.uri, updated_at: tx.now() })
      .where('id', '=', relay.id)
      .where('state', '<>', 'paused')
      .execute()
  })
  return true
}

export const accept: Row = async (app, deed) => {
  if (await isRelayAnswer(app, deed, 'accepted')) return undefined
  const answered = await followAnswered(app, deed)
  const follower = answered && (await followerOf(app, answered.account_id))
  if (!answered || !follower) return 'an answer to nothing we asked'
  if (!(await followRequestOf(app, follower.id, deed.actor.id))) return undefined
  await acceptFollow(app, deed.actor, follower, 'elsewhere')
  return undefined
}

export const reject: Row = async (app, deed) => {
  if (await isRelayAnswer(app, deed, 'rejected')) return undefined
  const answered = await followAnswered(app, deed)
  const follower = answered && (await followerOf(app, answered.account_id))
  if (!answered || !follower) return 'an answer to nothing we asked'
  await rejectFollow(app, deed.actor, follower, 'elsewhere')
  return undefined
}

export const takeBlock: Row = async (app, deed) => {
  const target = await ours(app, deed.objectId)
  if (!target) return 'a block of nobody here'
  const uri = activityId(deed)
  if (await isTombstoned(app, uri, deed.actor.uri)) return 'undone before it came'
  await block(app, deed.actor, target, { uri })
  const known = await blockOf(app, deed.actor.id, target.id)
  if (known) await keepLater(app, 'block', known, uri)
  return undefined
}

export const undoFollow: Row = async (app, { actor, object, objectId }) => {
  const byId = objectId === null ? undefined : await followByUri(app, objectId)
  if (byId && byId.account_id !== actor.id) return 'a follow of somebody else'
  const targetId =
    byId?.target_id ?? (isObject(object) ? (await ours(app, idOf(object.object)))?.id : undefined)
  const target =
    targetId === undefined
      ? null
      : await app.db.selectFrom('account').selectAll().where('id', '=', targetId).executeTakeFirst()
  const held =
    target &&
    ((await followOf(app, actor.id, target.id)) ?? (await followRequestOf(app, actor.id, target.id)))
  const isOver = held && objectId !== null && isEarlier(objectId, held.uri)
  if (target && held && !isOver) {
    await unfollow(app, actor, target, 'elsewhere')
    return undefined
  }
  if (objectId === null || !isObject(object)) return 'no such follow'
  await app.inTransaction((tx) => leaveTombstone(tx, objectId, actor.uri, false))
  return undefined
}

export const undoBlock: Row = async (app, { actor, object, objectId }) => {
  const byId =
    objectId === null
      ? undefined
      : await app.db
          .selectFrom('block')
          .selectAll()
          .where('uri', '=', objectId)
          .where('account_id', '=', actor.id)
          .executeTakeFirst()
  const uri = isObject(object) ? idOf(object.object) : null
  const target = byId ? await followerOf(app, byId.target_id) : await ours(app, uri)
  if (!target) return 'no such block'
  const held = await blockOf(app, actor.id, target.id)
  if (objectId !== null && !byId)
    await app.inTransaction((tx) => leaveTombstone(tx, objectId, actor.uri, false))
  if (held && objectId !== null && isEarlier(objectId, held.uri)) return undefined
  await unblock(app, actor, target, 'elsewhere')
  return undefined
}
