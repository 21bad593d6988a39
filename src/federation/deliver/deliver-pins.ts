import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { shownTags } from '#accounts/featured-tags.ts'
import type { App } from '#app.ts'
import * as happenings from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import { pinnedIds } from '#statuses/pin-status.ts'
import { statusById } from '#statuses/statuses.ts'
import type { Document } from '../shapes/context-out.ts'
import { PUBLIC, withContext } from '../shapes/context-out.ts'
import { writeHashtag } from '../shapes/write-hashtag.ts'
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

export const deliverShownTag = job({
  name: 'deliver shown tag',
  queue: 'local',
  tries: 8,
  payload: happenings.tagFeatured.payload,
  run: (app, payload) => sendTag(app, payload, true),
})

export const deliverHiddenTag = job({
  name: 'deliver hidden tag',
  queue: 'local',
  tries: 8,
  payload: happenings.tagUnfeatured.payload,
  run: (app, payload) => sendTag(app, payload, false),
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
  await sendFeatured(
    app,
    post.actor,
    { id: post.status.uri, object: post.status.uri, isAdded: pinned },
    (tx) => pinnedIds(tx, accountId).then((ids) => ids.includes(statusId) === pinned),
  )
}

/** Tells followers of a hashtag that a member shows, as Mastodon does: by an Add to the featured collection. */
async function sendTag(
  app: App,
  { accountId, tag, name }: { accountId: number; tag: string; name: string },
  isShown: boolean,
) {
  const actor = await accountById(app, accountId)
  const origin = app.domains.byId(actor?.domain_id ?? 0)?.origin
  if (!actor || !origin || actor.suspended_at !== null) return
  const object = writeHashtag(origin, tag, name)
  await sendFeatured(
    app,
    actor,
    { id: `${actor.uri}#tags/${encodeURIComponent(tag)}`, object, isAdded: isShown },
    (tx) => shownTags(tx, accountId).then((rows) => rows.some((row) => row.tag === tag) === isShown),
  )
}

type Featured = { id: string; object: string | Document; isAdded: boolean }

async function sendFeatured(
  app: App,
  actor: AccountRow,
  { id, object, isAdded }: Featured,
  holds: (tx: App) => Promise<boolean>,
) {
  const type = isAdded ? 'Add' : 'Remove'
  const document = {
    id: `${id}${id.includes('#') ? '/' : '#'}${type.toLowerCase()}/${app.now()}`,
    type,
    actor: actor.uri,
    to: [PUBLIC],
    cc: [actor.followers_url ?? `${actor.uri}/followers`],
    object,
    target: actor.featured_url ?? `${actor.uri}/collections/featured`,
  }
  await send(app, {
    actor,
    document: withContext(document),
    to: { followersOf: actor.id },
    about: `pin ${id}`,
    word: 'pin',
    prio: urgency.profile,
    keeps: patience.mark,
    holds,
  })
}
