import { hash } from 'node:crypto'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { openReport } from '#platform/jobs/delivery-report.ts'
import { countOutgoing } from '#platform/jobs/outgoing.ts'
import { DAY } from '#platform/times.ts'
import type { Document } from '../shapes/context-out.ts'
import { isForEverybody, vouched } from '../signatures/vouch.ts'
import type { Order } from './deliver-fan-out.ts'
import { CHUNK, fanOut, putDeliveries } from './deliver-fan-out.ts'
import type { Audience } from './recipients.ts'
import { inboxesOf } from './recipients.ts'

/** What goes first (operations 4.4): 10 is what somebody waits for, 70 what hardly anybody notices. */
export const urgency = { answer: 10, post: 30, mark: 50, profile: 70 } as const

/** How long it is tried, in ms. */
export const patience = { post: 7 * DAY, mark: 2 * DAY } as const

/** A document that is to leave. */
export type Sending = {
  actor: AccountRow
  /** What is sent, or how it is written: that is asked for only where somebody is elsewhere. */
  document: Document | (() => Promise<Document | undefined>)
  /** The very bytes, where somebody else's word is passed on. */
  asItCame?: string
  to: Partial<Audience>
  /** The thing it is about, by a name that stays the same for all that is said about it. */
  about: string
  word: string
  takesBack?: string[]
  elseSilent?: boolean
  prio: number
  namedPrio?: number
  keeps: number
  /** The status whose author may ask what became of it. */
  reportOn?: number
  /** Whether what it says is still so; asked in the transaction that stores it. */
  holds?(tx: App): Promise<boolean>
}

/**
 * Stores a document once and owes it to everyone it is for; does nothing for a draft domain or where nobody is
 * elsewhere. Sending the same activity again while it is on its way changes nothing.
 */
export async function send(app: App, sending: Sending): Promise<void> {
  const { actor } = sending
  const domain = actor.domain_id === null ? undefined : app.domains.byId(actor.domain_id)
  if (!domain || domain.confirmed_at === null) return
  const audience = { followersOf: null, accounts: [], everybody: false, personal: false, ...sending.to }
  const recipients = await inboxesOf(app, audience)
  if (recipients.length === 0) return
  const document = typeof sending.document === 'function' ? await sending.document() : sending.document
  if (!document) return
  const toFollowers = audience.followersOf === actor.id && !isForEverybody(document)
  const order = { ...orderOf(app, domain.id, sending), ...(toFollowers ? { toFollowers } : {}) }
  const body = sending.asItCame ?? JSON.stringify(await vouched(app, actor, document))
  const digest = hash('sha256', body, 'base64')
  const id = numberOf(sending.asItCame === undefined ? String(document.id) : `${actor.uri} ${document.id}`)
  // What follows an earlier word to many must wait in the same line as that one does.
  const isShort = recipients.length <= CHUNK && (audience.followersOf === null || sending.word === FIRST)
  await app.inTransaction(async (tx) => {
    if (sending.holds && !(await sending.holds(tx))) return
    // What still waits in that line may be to take back what was said before this.
    const inOneGo = isShort && (audience.followersOf === null || !(await hasLine(tx, actor, order.objectKey)))
    const added = await tx.db
      .insertInto('outgoing')
      .values({ id, account_id: actor.id, body, digest, created_at: tx.now(), left: inOneGo ? 1 : 0 })
      .onConflict((clash) => clash.column('id').doNothing())
      .executeTakeFirst()
    if (added.numInsertedOrUpdatedRows === 0n) return
    if (sending.reportOn !== undefined) await openReport(tx, id, sending.reportOn)
    if (inOneGo) {
      await putDeliveries(tx, domain, id, order, recipients)
      // While it was written down nobody could take it away: now the last who needs it may.
      return countOutgoing(tx, [id], -1)
    }
    const { objectKey, expiresAt } = order
    const options = { lane: String(actor.id), prio: sending.prio, ref: id, objectKey, expiresAt }
    await tx.later(fanOut, { order, audience, after: '' }, options)
  })
}

const inLine = prepared<{ lane: string; about: number }, { id: number }>((db, { lane, about }) =>
  db.selectFrom('job').select('id').where('lane', '=', lane).where('okey', '=', about).limit(1),
)

const hasLine = async (tx: App, actor: AccountRow, about: number) =>
  (await inLine(tx, { lane: String(actor.id), about })).length > 0

/** The word with which something begins to be known. */
export const FIRST = 'begin'

function orderOf(app: App, domainId: number, sending: Sending): Order {
  return {
    domainId,
    objectKey: numberOf(sending.about),
    word: sending.word,
    takesBack: sending.takesBack ?? [],
    elseSilent: sending.elseSilent ?? false,
    prio: sending.prio,
    namedPrio: sending.namedPrio ?? sending.prio,
    expiresAt: app.now() + sending.keeps,
  }
}

/** 48 bits of a text's hash: a number that stands for it. */
export function numberOf(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6)
}
