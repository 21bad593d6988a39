import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById, statusByUri } from '#statuses/statuses.ts'
import { patience, send, urgency } from '../deliver/deliver-send.ts'
import { PUBLIC } from '../shapes/context-out.ts'
import type { Shaped } from '../shapes/shape.ts'
import { hostOf, idOf, isA, isObject, listOf, parseDocument } from '../shapes/shape.ts'
import { readProven } from '../signatures/vouch.ts'

/** A forwarded word reaches no more inboxes than this. */
const MOST_INBOXES = 1000
/** Of members who boosted a post, so many have its end passed on to their followers. */
const MOST_BOOSTERS = 5

/**
 * The members whose followers will want to hear of an activity about a post from elsewhere, though its server may
 * not know them: whom it answers, and for its changes and its end who boosted it here. Only for what carries a proof.
 */
export async function readersOf(app: App, activity: Shaped): Promise<AccountRow[]> {
  if (activity.signature === undefined && activity.proof === undefined) return []
  const [object] = listOf(activity.object, 1)
  if (isA(activity, 'Create')) {
    const parent = isObject(object) ? idOf(listOf(object.inReplyTo, 1)[0]) : null
    const answered = parent === null ? undefined : await statusByUri(app, parent)
    return membersAmong(app, answered ? [answered.account_id] : [])
  }
  if (!isA(activity, 'Update', 'Delete')) return []
  const known = await statusByUri(app, idOf(object) ?? '')
  if (!known || known.domain_id !== null) return []
  const parent = known.in_reply_to_id === null ? undefined : await statusById(app, known.in_reply_to_id)
  return membersAmong(app, [...(parent ? [parent.account_id] : []), ...(await boostersOf(app, known))])
}

async function membersAmong(app: App, ids: number[]): Promise<AccountRow[]> {
  const found = await accountsByIds(app, ids)
  return [...found.values()].filter((account) => isLocal(account) && account.suspended_at === null)
}

async function boostersOf(app: App, status: StatusRow): Promise<number[]> {
  const rows = await app.db
    .selectFrom('status')
    .select('account_id')
    .where('reblog_of_id', '=', status.id)
    .where('domain_id', 'is not', null)
    .orderBy('id', 'desc')
    .limit(MOST_BOOSTERS)
    .execute()
  return rows.map((row) => row.account_id)
}

/**
 * Passes an activity on, byte for byte, to the servers where the readers' followers are; its proof tells them whose
 * word it is. Only what is for everybody, or was addressed to those very followers; never back to where it came from.
 */
export async function passOn(app: App, activity: Shaped, text: string, readers: AccountRow[]): Promise<void> {
  const to = [...listOf(activity.to, 1000), ...listOf(activity.cc, 1000)].map(idOf)
  const notTo = hostOf(idOf(listOf(activity.actor, 1)[0]))
  const tellers = readers.filter((each) => to.includes(PUBLIC) || to.includes(each.followers_url))
  if (notTo === null || typeof activity.id !== 'string' || tellers.length === 0) return
  // Others would refuse it, and a thousand of them would be asked to for nothing.
  if (!(await readProven(app, parseDocument(text)))) return
  for (const actor of tellers) {
    await send(app, {
      actor,
      document: { id: activity.id },
      asItCame: text,
      to: { followersOf: actor.id, passedOn: { notTo, most: MOST_INBOXES } },
      about: `passed on ${idOf(listOf(activity.object, 1)[0])}`,
      word: activity.id,
      prio: urgency.profile,
      keeps: patience.mark,
    })
  }
}
