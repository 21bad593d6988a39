import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { isBlank } from '#platform/html.ts'
import { readId } from '#platform/ids.ts'

/** Whose replies a list shows: to members, to anybody the owner follows, or none but to oneself and the owner. */
export const repliesPolicies = ['list', 'followed', 'none'] as const
export type RepliesPolicy = (typeof repliesPolicies)[number]

/** A member's own choice of accounts, read as a timeline. `exclusive` keeps its members out of the home. */
export type ListRow = {
  id: number
  account_id: number
  title: string
  replies_policy: RepliesPolicy
  exclusive: number
  created_at: number
  updated_at: number
}

/** `account_id` is on a list of `owner_id`. */
export type ListMemberRow = {
  id: number
  list_id: number
  owner_id: number
  account_id: number
  created_at: number
}

/** How many lists one member may have (surface j). */
export const MOST_LISTS = 50
const LONGEST_TITLE = 256

/** https://docs.joinmastodon.org/entities/List/ */
export const List = z.object({
  id: z.string(),
  title: z.string(),
  replies_policy: z.enum(repliesPolicies),
  exclusive: z.boolean(),
})
export type List = z.infer<typeof List>

/** A list as its owner's client sees it. */
export function presentList({ id, title, replies_policy, exclusive }: ListRow): List {
  return { id: String(id), title, replies_policy, exclusive: exclusive === 1 }
}

/** The account's list of this id; throws `notFound` for nobody's and for other people's. */
export async function ownList(app: App, owner: Pick<AccountRow, 'id'>, id: string): Promise<ListRow> {
  const number = readId(id)
  const row =
    number === null
      ? undefined
      : await app.db
          .selectFrom('list')
          .selectAll()
          .where('id', '=', number)
          .where('account_id', '=', owner.id)
          .executeTakeFirst()
  if (!row) throw notFound()
  return row
}

/** All lists of an account, oldest first. */
export async function listsOf(app: App, owner: Pick<AccountRow, 'id'>): Promise<ListRow[]> {
  return app.db
    .selectFrom('list')
    .selectAll()
    .where('account_id', '=', owner.id)
    .orderBy('id')
    .limit(MOST_LISTS)
    .execute()
}

/** The owner's lists that an account is on. */
export async function listsWith(
  app: App,
  owner: Pick<AccountRow, 'id'>,
  accountId: number,
): Promise<ListRow[]> {
  return app.db
    .selectFrom('list')
    .selectAll()
    .where('account_id', '=', owner.id)
    .where('id', 'in', (db) =>
      db
        .selectFrom('list_member')
        .select('list_id')
        .where('owner_id', '=', owner.id)
        .where('account_id', '=', accountId),
    )
    .orderBy('id')
    .execute()
}

export type ListChoices = { title?: string; repliesPolicy?: RepliesPolicy; exclusive?: boolean }

/** Makes an empty list; throws `invalid` without a title, with too long a one, or beyond the limit of lists. */
export async function createList(app: App, owner: AccountRow, choices: ListChoices): Promise<ListRow> {
  const title = checkedTitle(choices.title)
  return app.inTransaction(async (tx) => {
    if ((await listsOf(tx, owner)).length >= MOST_LISTS)
      throw invalid(`Validation failed: You have reached the maximum number of lists (${MOST_LISTS})`)
    const now = tx.now()
    const row: ListRow = {
      id: tx.newId(),
      account_id: owner.id,
      title,
      replies_policy: choices.repliesPolicy ?? 'list',
      exclusive: choices.exclusive ? 1 : 0,
      created_at: now,
      updated_at: now,
    }
    await tx.db.insertInto('list').values(row).execute()
    return row
  })
}

/** Changes what is given of a list. */
export async function updateList(app: App, list: ListRow, choices: ListChoices): Promise<ListRow> {
  const changes = {
    ...(choices.title === undefined ? {} : { title: checkedTitle(choices.title) }),
    ...(choices.repliesPolicy === undefined ? {} : { replies_policy: choices.repliesPolicy }),
    ...(choices.exclusive === undefined ? {} : { exclusive: choices.exclusive ? 1 : 0 }),
    updated_at: app.now(),
  }
  await app.inTransaction((tx) => tx.db.updateTable('list').set(changes).where('id', '=', list.id).execute())
  return { ...list, ...changes }
}

/** Takes a list apart; its members stay followed. */
export async function deleteList(app: App, list: ListRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('list_member').where('list_id', '=', list.id).execute()
    await tx.db.deleteFrom('list').where('id', '=', list.id).execute()
  })
}

function checkedTitle(title: string | undefined): string {
  const trimmed = title?.trim() ?? ''
  if (isBlank(trimmed)) throw invalid("Validation failed: Title can't be blank")
  if (trimmed.length > LONGEST_TITLE)
    throw invalid(`Validation failed: Title is too long (maximum is ${LONGEST_TITLE} characters)`)
  return trimmed
}
