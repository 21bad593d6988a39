import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { markFederated } from '#instance/domains.ts'
import type { Task } from '#platform/jobs/declare.ts'
import { job } from '#platform/jobs/declare.ts'
import { cancelWaiting, owed, putMany } from '#platform/jobs/queue-put.ts'
import { deliverOne } from './deliver-one.ts'
import type { Recipient } from './recipients.ts'
import { Audience, inboxesOf } from './recipients.ts'

/** Inboxes written down in one transaction. */
export const CHUNK = 500

/** What is known about a document on its way, besides its bytes. */
export const Order = z.object({
  domainId: z.number().int(),
  /** Hash of what the document is about: nothing about it overtakes what was owed before. */
  objectKey: z.number().int(),
  /** What it says about it; a later word of the same kind takes the place of one that has not left yet. */
  word: z.string(),
  /** Words that are taken back where they have not left yet. */
  takesBack: z.array(z.string()),
  /** Whether those from whom something was taken back in time need not hear this either. */
  elseSilent: z.boolean(),
  prio: z.number().int(),
  /** For inboxes of accounts that are meant themselves. */
  namedPrio: z.number().int(),
  expiresAt: z.number(),
  /** Whether it is for followers alone, so that their servers are told whom we count among them. */
  toFollowers: z.boolean().optional(),
})
export type Order = z.infer<typeof Order>

const FanOut = z.object({
  order: Order,
  audience: Audience,
  /** The inbox that was written down last. */
  after: z.string(),
})

/**
 * Writes down one delivery an inbox, 500 to a transaction. How far it came is stored with each chunk, so that
 * after a crash nobody is missed and nobody written down twice (FAIL-04).
 */
export const fanOut = job({
  name: 'fan out',
  queue: 'local',
  tries: 8,
  payload: FanOut,
  run: async (app, { order, audience, after }, task) => {
    const { ref } = task
    const domain = app.domains.byId(order.domainId)
    if (ref === null || !domain || domain.confirmed_at === null) return
    const left = (await inboxesOf(app, audience)).filter(({ inbox }) => inbox > after)
    for (let start = 0; start < left.length; start += CHUNK) {
      if (task.signal.aborted) throw new Error('stopped between two chunks')
      const chunk = left.slice(start, start + CHUNK)
      await app.inTransaction(async (tx) => {
        await putDeliveries(tx, domain, ref, order, chunk)
        await keepPlace(tx, task, { order, audience, after: chunk.at(-1)?.inbox ?? after })
      })
    }
  },
})

async function keepPlace(tx: App, task: Task, payload: z.infer<typeof FanOut>): Promise<void> {
  const held = await tx.db
    .updateTable('job')
    .set({ payload: JSON.stringify(payload) })
    .where('id', '=', task.id)
    .where('attempts', '=', task.attempts)
    .where('state', '=', 2)
    .executeTakeFirst()
  if (held.numUpdatedRows === 0n) throw new Error('somebody else has this job by now')
}

/** Owes the document `ref` to these inboxes, in the caller's transaction. */
export async function putDeliveries(
  tx: App,
  domain: HostedDomain,
  ref: number,
  order: Order,
  recipients: readonly Recipient[],
): Promise<void> {
  const silent = await takeBack(tx, order, recipients)
  const told = recipients.filter(({ inbox }) => !silent.has(inbox))
  if (told.length === 0) return
  await markFederated(tx, domain)
  const { objectKey, expiresAt } = order
  const rows = told.map(({ inbox, host, named }) => {
    const prio = named ? order.namedPrio : order.prio
    const unique = keyOf(order, order.word, inbox)
    const letter = order.toFollowers ? { inbox, toFollowers: true } : { inbox }
    return owed(tx.now(), deliverOne, letter, { lane: host, prio, unique, ref, expiresAt, objectKey })
  })
  await putMany(tx, rows)
}

const keyOf = (order: Order, word: string, inbox: string) =>
  `${order.objectKey.toString(36)} ${word} ${inbox}`

/** Takes back what has not left; answers the inboxes that never heard of the object and need not hear of it now. */
async function takeBack(tx: App, order: Order, recipients: readonly Recipient[]): Promise<Set<string>> {
  const silent = new Set<string>()
  if (order.takesBack.length === 0) return silent
  const inboxes = new Map<string, string>()
  for (const { inbox } of recipients) {
    for (const word of order.takesBack) inboxes.set(keyOf(order, word, inbox), inbox)
  }
  // The first of the words is the one that made the object known.
  const [first] = order.takesBack
  for (const { key, attempts } of await cancelWaiting(tx, [...inboxes.keys()])) {
    const inbox = inboxes.get(key)
    if (!order.elseSilent || inbox === undefined) continue
    if (attempts === 0 && key === keyOf(order, first as string, inbox)) silent.add(inbox)
  }
  return silent
}
