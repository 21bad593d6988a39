import type { App } from '#app.ts'
import * as happenings from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import { pinnedIds } from '#statuses/pin-status.ts'
import { statusById } from '#statuses/statuses.ts'
import { PUBLIC, withContext } from '../shapes/context-out.ts'
import { postToSend } from './deliver.ts'
import { patience, send, urgency } from './deliver-send.ts'

export const deliverPin = job({
  name: 'deliver pin',
  queue: 'local',
  tries: 8,
  payload: happenings.statusPinned.payload,
  run: (app, payload) => (payload.origin === 'here' ? sendChange(app, payload, true) : Promise.resolve()),
})

export const deliverUnpin = job({
  name: 'deliver unpin',
  queue: 'local',
  tries: 8,
  payload: happenings.statusUnpinned.payload,
  run: (app, payload) => (payload.origin === 'here' ? sendChange(app, payload, false) : Promise.resolve()),
})

/** Tells followers what stands at the top of a profile of ours now, as far as everybody may read it. */
async function sendChange(
  app: App,
  { statusId, accountId }: { statusId: number; accountId: number },
  pinned: boolean,
) {
  const status = await statusById(app, statusId)
  const open = status?.visibility === 'public' || status?.visibility === 'unlisted'
  const post = open ? await postToSend(app, statusId) : undefined
  if (!post) return
  const { actor } = post
  const target = actor.featured_url ?? `${actor.uri}/collections/featured`
  const type = pinned ? 'Add' : 'Remove'
  const document = {
    id: `${post.status.uri}#${type.toLowerCase()}/${app.now()}`,
    type,
    actor: actor.uri,
    to: [PUBLIC],
    cc: [actor.followers_url ?? `${actor.uri}/followers`],
    object: post.status.uri,
    target,
  }
  await send(app, {
    actor,
    document: withContext(document),
    to: { followersOf: actor.id },
    about: `pin ${post.status.uri}`,
    word: 'pin',
    prio: urgency.profile,
    keeps: patience.mark,
    holds: async (tx) => (await pinnedIds(tx, accountId)).includes(statusId) === pinned,
  })
}
