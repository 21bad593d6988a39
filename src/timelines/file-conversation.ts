import { z } from 'zod'
import type { App } from '#app.ts'
import { conversationChanged } from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import type { AccountConversationRow } from './conversations.ts'

const Id = z.number().int()
/** How many conversations may end in one deleted status: one for each member who was addressed. */
const MOST_ENDING = 1000

/** Files a direct status into the conversations of its author and of those it mentions, as far as they live here. */
export const fileConversation = job({
  name: 'file a direct status',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id, isDirect: z.boolean().optional() }),
  concerns: (_tx, { isDirect }) => isDirect !== false,
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (status?.visibility !== 'direct' || status.conversation_id === null) return
    const people = await peopleOf(app, status)
    const ids = people.map((each) => each.id).sort((a, b) => a - b)
    await app.inTransaction(async (tx) => {
      for (const { id, domain_id } of people) {
        if (domain_id === null) continue
        const others = ids.filter((other) => other !== id)
        await file(tx, status, id, others.join(','))
      }
    })
  },
})

async function peopleOf(app: App, status: StatusRow): Promise<{ id: number; domain_id: number | null }[]> {
  return app.db
    .selectFrom('account')
    .select(['id', 'domain_id'])
    .where((where) =>
      where.or([
        where('id', '=', status.account_id),
        where('id', 'in', (db) =>
          db
            .selectFrom('mention')
            .select('account_id')
            .where('status_id', '=', status.id)
            .where('silent', '=', 0),
        ),
      ]),
    )
    .execute()
}

async function file(tx: App, status: StatusRow, accountId: number, participants: string): Promise<void> {
  const key = { account_id: accountId, conversation_id: status.conversation_id as number, participants }
  const known = await tx.db
    .selectFrom('account_conversation')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', key.conversation_id)
    .where('participants', '=', participants)
    .executeTakeFirst()
  // What arrives late never takes the place of what came after it; running twice changes nothing.
  if (known && known.last_status_id >= status.id) return
  const unread = accountId === status.account_id ? 0 : 1
  const changes = { last_status_id: status.id, unread, updated_at: tx.now() }
  const row: AccountConversationRow = { id: known?.id ?? tx.newId(), ...key, ...changes }
  if (known) await tx.db.updateTable('account_conversation').set(changes).where('id', '=', known.id).execute()
  else await tx.db.insertInto('account_conversation').values(row).execute()
  await tx.emit(conversationChanged, { conversationId: row.id, accountId })
}

/** Lets conversations that ended in a deleted status end in the one before, or takes them away. */
export const unfileConversation = job({
  name: 'unfile a direct status',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id, visibility: z.string() }),
  concerns: (_tx, { visibility }) => visibility === 'direct',
  async run(app, { statusId, visibility }) {
    if (visibility !== 'direct') return
    await app.inTransaction(async (tx) => {
      const ending = await tx.db
        .selectFrom('account_conversation')
        .selectAll()
        .where('last_status_id', '=', statusId)
        .limit(MOST_ENDING)
        .execute()
      for (const row of ending) await stepBack(tx, row)
    })
  },
})

async function stepBack(tx: App, row: AccountConversationRow): Promise<void> {
  const before = await tx.db
    .selectFrom('status')
    .select('id')
    .where('conversation_id', '=', row.conversation_id)
    .where('visibility', '=', 'direct')
    .where('id', '<', row.last_status_id)
    .where((where) =>
      where.or([
        where('account_id', '=', row.account_id),
        where.exists(
          where
            .selectFrom('mention')
            .select('mention.status_id')
            .whereRef('mention.status_id', '=', 'status.id')
            .where('mention.account_id', '=', row.account_id),
        ),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const table = 'account_conversation'
  if (!before) await tx.db.deleteFrom(table).where('id', '=', row.id).execute()
  else await tx.db.updateTable(table).set({ last_status_id: before.id }).where('id', '=', row.id).execute()
}
