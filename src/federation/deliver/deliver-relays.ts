import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { relayLeft, relayWanted, statusCreated } from '#happenings.ts'
import type { RelayRow } from '#instance/relays.ts'
import { prepared } from '#platform/database/prepared.ts'
import { job } from '#platform/jobs/declare.ts'
import { statusById } from '#statuses/statuses.ts'
import { accountAt } from '../fetch/fetch-account.ts'
import * as activities from '../shapes/activities.ts'
import { PUBLIC, withPlainContext } from '../shapes/context-out.ts'
import { FIRST, patience, send, urgency } from './deliver-send.ts'

const END = 'end'

/** The actor that speaks for a whole domain. */
async function serverActor(app: App, domainId: number): Promise<AccountRow | undefined> {
  const id = app.domains.byId(domainId)?.actor_id
  return id == null ? undefined : accountById(app, id)
}

const relayById = (app: App, id: number): Promise<RelayRow | undefined> =>
  app.db.selectFrom('relay').selectAll().where('id', '=', id).executeTakeFirst()

/** Asks a relay to let us in; of the kind that is an actor, its inbox is looked up first. */
export const deliverRelayFollow = job({
  name: 'deliver relay follow',
  queue: 'local',
  tries: 8,
  payload: relayWanted.payload,
  async run(app, { relayId }) {
    const relay = await relayById(app, relayId)
    const actor = relay && (await serverActor(app, relay.domain_id))
    if (!relay || !actor || relay.state !== 'pending') return
    const target = relay.kind === 'litepub' ? await accountAt(app, relay.url) : null
    if (relay.kind === 'litepub' && !target) throw new Error(`no actor at ${relay.url}`)
    const inbox = target?.inbox_url ?? relay.inbox_url
    if (target) await keepActor(app, relay, target)
    const object = target?.uri ?? PUBLIC
    await send(app, {
      actor,
      document: withPlainContext(activities.followRelay(actor, relay.follow_uri, object)),
      to: { inboxes: inbox === null ? [] : [inbox], personal: true },
      about: `relay ${relay.follow_uri}`,
      word: FIRST,
      prio: urgency.answer,
      keeps: patience.post,
      holds: async (tx) => (await relayById(tx, relayId))?.follow_uri === relay.follow_uri,
    })
  },
})

async function keepActor(app: App, relay: RelayRow, { uri, inbox_url }: AccountRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('relay').set({ actor_uri: uri, inbox_url }).where('id', '=', relay.id).execute()
  })
}

/** Takes the Follow of a relay back. */
export const deliverRelayUndo = job({
  name: 'deliver relay undo',
  queue: 'local',
  tries: 8,
  payload: relayLeft.payload,
  async run(app, { domainId, inboxUrl, actorUri, kind, followUri }) {
    const actor = await serverActor(app, domainId)
    if (!actor) return
    const object = kind === 'mastodon' ? PUBLIC : (actorUri ?? PUBLIC)
    await send(app, {
      actor,
      document: withPlainContext(activities.undo(actor, activities.followRelay(actor, followUri, object))),
      to: { inboxes: [inboxUrl], personal: true },
      about: `relay ${followUri}`,
      word: END,
      takesBack: [FIRST],
      elseSilent: true,
      prio: urgency.answer,
      keeps: patience.post,
    })
  },
})

const anyActorRelay = prepared<Record<string, never>, { inbox_url: string; domain_id: number }>((db) =>
  db
    .selectFrom('relay')
    .select(['inbox_url', 'domain_id'])
    .$narrowType<{ inbox_url: string }>()
    .where('kind', '=', 'litepub')
    .where('state', '=', 'accepted')
    .where('inbox_url', 'is not', null),
)

/** Tells the relays that are actors of a public post of ours; they and theirs ask for it here. */
export const announceToRelays = job({
  name: 'announce to relays',
  queue: 'local',
  tries: 8,
  payload: statusCreated.payload,
  concerns: async (tx, { origin }) => origin === 'here' && (await anyActorRelay(tx, {})).length > 0,
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status || status.domain_id === null || status.visibility !== 'public' || status.local_only === 1)
      return
    const relays = (await anyActorRelay(app, {})).filter((each) => each.domain_id === status.domain_id)
    const actor = await serverActor(app, status.domain_id)
    if (!actor || relays.length === 0) return
    await send(app, {
      actor,
      document: withPlainContext(activities.tellOfPost(actor, status)),
      to: { inboxes: relays.map((each) => each.inbox_url) },
      about: `relayed ${status.uri}`,
      word: FIRST,
      prio: urgency.mark,
      keeps: patience.mark,
      holds: async (tx) => (await statusById(tx, status.id)) !== undefined,
    })
  },
})
