import { sql } from 'kysely'
import { z } from 'zod'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY } from '#platform/times.ts'
import { quoteById } from '#statuses/quotes.ts'
import { reblogOf } from '#statuses/reblog.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById, statusesByIds } from '#statuses/statuses.ts'
import type { NotificationType } from './kinds.ts'
import { tell } from './tell.ts'

const Id = z.number().int()
/** How many followers who asked to be told hear of one post. */
const MOST_SUBSCRIBERS = 5000

type Found = { account_id: number }
const oneOfOursIn = prepared<{ statusId: number }, Found>((db, { statusId }) =>
  db
    .selectFrom('mention')
    .innerJoin('account', 'account.id', 'mention.account_id')
    .select('account_id')
    .where('status_id', '=', statusId)
    .where('domain_id', 'is not', null)
    .limit(1),
)
const oneSubscriberOf = prepared<{ authorId: number }, Found>(
  (_db, { authorId }) =>
    sql<Found>`select account_id from follow where target_id = ${authorId} and notify = 1 limit 1`,
)

export const notifyMentioned = job({
  name: 'notify mentioned',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id, mentions: z.boolean().optional() }),
  concerns: async (tx, { statusId, mentions }) =>
    mentions !== false && (await oneOfOursIn(tx, { statusId })).length > 0,
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status || isOld(app, status)) return
    const rows = await app.db
      .selectFrom('mention')
      .innerJoin('account', 'account.id', 'mention.account_id')
      .select('account.id')
      .where('status_id', '=', status.id)
      .where('silent', '=', 0)
      .where('account.domain_id', 'is not', null)
      .execute()
    for (const { id } of rows) await tell(app, { to: id, from: status.account_id, type: 'mention', status })
  },
})

export const notifySubscribers = job({
  name: 'notify subscribers',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id, authorId: Id.nullish() }),
  concerns: async (tx, { authorId }) =>
    authorId !== null && (authorId === undefined || (await oneSubscriberOf(tx, { authorId })).length > 0),
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status || isOld(app, status) || status.visibility === 'direct' || status.visibility === 'limited')
      return
    if (status.in_reply_to_account_id !== null && status.in_reply_to_account_id !== status.account_id) return
    const rows = await app.db
      .selectFrom('follow')
      .select('account_id')
      .where('target_id', '=', status.account_id)
      .where('notify', '=', 1)
      .limit(MOST_SUBSCRIBERS)
      .execute()
    for (const row of rows)
      await tell(app, { to: row.account_id, from: status.account_id, type: 'status', status })
  },
})

/** What arrives late (imports, filled-in threads) interrupts nobody. */
function isOld(app: App, status: StatusRow): boolean {
  return status.created_at < app.now() - DAY
}

async function isFavourited(app: App, statusId: number, accountId: number): Promise<boolean> {
  const found = await app.db
    .selectFrom('favourite')
    .select('id')
    .where('account_id', '=', accountId)
    .where('status_id', '=', statusId)
    .executeTakeFirst()
  return found !== undefined
}

const Marked = z.object({ statusId: Id, accountId: Id })

/** Whether what was done has not been undone meanwhile. */
type Stands = (app: App, statusId: number, accountId: number) => Promise<boolean>

/** Declares the job that tells an author what another did to a status. */
function notifyAuthor(name: string, type: NotificationType, stands: Stands) {
  return job({
    name,
    queue: 'local',
    tries: 5,
    payload: Marked,
    async run(app, { statusId, accountId }) {
      const status = await statusById(app, statusId)
      if (!status || !(await stands(app, statusId, accountId))) return
      await tell(app, { to: status.account_id, from: accountId, type, status })
    },
  })
}
export const notifyFavourited = notifyAuthor('notify favourited', 'favourite', isFavourited)
export const notifyReblogged = notifyAuthor(
  'notify reblogged',
  'reblog',
  async (app, statusId, accountId) => (await reblogOf(app, accountId, statusId)) !== undefined,
)

export const notifyBoosters = job({
  name: 'notify boosters of an edit',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id }),
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status) return
    const rows = await app.db
      .selectFrom('status')
      .innerJoin('account', 'account.id', 'status.account_id')
      .select('account.id')
      .where('status.reblog_of_id', '=', statusId)
      .where('account.domain_id', 'is not', null)
      .execute()
    for (const { id } of rows) await tell(app, { to: id, from: status.account_id, type: 'update', status })
  },
})

export const notifyQuoted = job({
  name: 'notify quoted',
  queue: 'local',
  tries: 5,
  payload: z.object({ quoteId: Id, statusId: Id, state: z.string() }),
  concerns: (_tx, { state }) => state === 'accepted',
  async run(app, { quoteId, statusId }) {
    const [quote, status] = [await quoteById(app, quoteId), await statusById(app, statusId)]
    if (!status || quote?.state !== 'accepted' || quote.quoted_account_id === null || isOld(app, status))
      return
    await tell(app, { to: quote.quoted_account_id, from: status.account_id, type: 'quote', status })
  },
})

const oneQuoteOf = prepared<{ statusId: number }, { id: number }>((db, { statusId }) =>
  db.selectFrom('quote').select('id').where('quoted_id', '=', statusId).limit(1),
)

/** Tells those who quoted a status that it reads differently now, by what they wrote about it. */
export const notifyQuoters = job({
  name: 'notify quoters of an edit',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id }),
  concerns: async (tx, { statusId }) => (await oneQuoteOf(tx, { statusId })).length > 0,
  async run(app, { statusId }) {
    const edited = await statusById(app, statusId)
    if (!edited) return
    const rows = await app.db
      .selectFrom('quote')
      .innerJoin('account', 'account.id', 'quote.account_id')
      .select('quote.status_id')
      .where('quote.quoted_id', '=', statusId)
      .where('quote.state', '=', 'accepted')
      .where('account.domain_id', 'is not', null)
      .execute()
    const quoting = await statusesByIds(
      app,
      rows.map((row) => row.status_id),
    )
    for (const status of quoting.values())
      await tell(app, { to: status.account_id, from: edited.account_id, type: 'quoted_update', status })
  },
})

export const notifyPollEnded = job({
  name: 'notify poll ended',
  queue: 'local',
  tries: 5,
  payload: z.object({ pollId: Id, statusId: Id, accountId: Id }),
  async run(app, { pollId, statusId, accountId }) {
    const status = await statusById(app, statusId)
    if (!status) return
    const voters = await app.db
      .selectFrom('poll_vote')
      .innerJoin('account', 'account.id', 'poll_vote.account_id')
      .select('account.id')
      .distinct()
      .where('poll_vote.poll_id', '=', pollId)
      .where('account.domain_id', 'is not', null)
      .execute()
    for (const to of new Set([accountId, ...voters.map((row) => row.id)]))
      await tell(app, { to, from: accountId, type: 'poll', status })
  },
})
