import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, Viewer } from '#app.ts'
import { roleOf } from '#auth/roles.ts'
import { collectionUpdated, leftCollection } from '#happenings.ts'
import { tagIds } from '#hashtags/hashtags.ts'
import { invalid } from '#platform/errors.ts'
import { graphemeLength } from '#platform/graphemes.ts'
import { isBlank } from '#platform/html.ts'
import { isTagName, tagName } from '#platform/text/parse-text.ts'
import { knownLanguage } from '#statuses/language.ts'
import type { CollectionRow } from './collections.ts'
import { LONGEST_DESCRIPTION, LONGEST_NAME, MOST_ITEMS } from './collections.ts'
import { insertItem, mayFeature } from './feature-account.ts'

export type CollectionChoices = {
  name?: string | undefined
  description?: string | undefined
  language?: string | undefined
  sensitive?: boolean | undefined
  discoverable?: boolean | undefined
  /** With or without `#`; '' takes the tag away. */
  tag_name?: string | undefined
}

/**
 * Makes a collection of these accounts, all or nothing; throws `invalid` for odd words and beyond the limits of the
 * role and of a collection, `notAllowed` when one of the accounts may not be shown.
 */
export async function createCollection(
  app: App,
  { account, user }: Pick<Viewer, 'account' | 'user'>,
  choices: CollectionChoices,
  members: readonly AccountRow[],
): Promise<CollectionRow> {
  const { tag, ...words } = checked({ ...choices, name: choices.name ?? '' })
  if (members.length > MOST_ITEMS) throw tooManyItems()
  for (const member of members) await mayFeature(app, account, member)
  const limit = (await roleOf(app, user)).collection_limit
  return app.inTransaction(async (tx) => {
    await sql`select id from account where id = ${account.id} ${tx.dialect.holdRows}`.execute(tx.db)
    if ((await countCollections(tx, account)) >= limit)
      throw invalid(`Validation failed: You have reached the maximum number of collections (${limit})`)
    const at = { created_at: tx.now(), updated_at: tx.now() }
    const usual = { name: '', description: '', language: null, sensitive: 0, discoverable: 0, tag_id: null }
    const row = {
      ...usual,
      ...words,
      ...(await tagOf(tx, tag)),
      ...at,
      id: tx.newId(),
      account_id: account.id,
    }
    await tx.db.insertInto('collection').values(row).execute()
    for (const member of members) await insertItem(tx, row, member)
    return row
  })
}

const tooManyItems = () => invalid(`Validation failed: A collection may hold at most ${MOST_ITEMS} accounts`)

async function countCollections(tx: App, owner: { id: number }): Promise<number> {
  const { n } = await tx.db
    .selectFrom('collection')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('account_id', '=', owner.id)
    .executeTakeFirstOrThrow()
  return Number(n)
}

/** Changes what is given of a collection; those in it are told when its name, words or topic became others. */
export async function updateCollection(
  app: App,
  row: CollectionRow,
  choices: CollectionChoices,
): Promise<CollectionRow> {
  const { tag, ...words } = checked(choices)
  return app.inTransaction(async (tx) => {
    const changed = { ...row, ...words, ...(await tagOf(tx, tag)), updated_at: tx.now() }
    const { id, ...values } = changed
    await tx.db.updateTable('collection').set(values).where('id', '=', id).execute()
    if (told.some((field) => changed[field] !== row[field]))
      await tx.emit(collectionUpdated, { collectionId: id })
    return changed
  })
}

const told = ['name', 'description', 'tag_id', 'sensitive'] as const

/** Takes a collection apart; nothing tells of it any more. */
export async function deleteCollection(app: App, row: CollectionRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    const items = await tx.db
      .selectFrom('collection_item')
      .select('account_id')
      .where('collection_id', '=', row.id)
      .execute()
    await tx.db.deleteFrom('collection_item').where('collection_id', '=', row.id).execute()
    await tx.db.deleteFrom('collection').where('id', '=', row.id).execute()
    const targetIds = items.map((item) => item.account_id)
    await tx.emit(leftCollection, { collectionId: row.id, accountId: row.account_id, targetIds })
  })
}

type Words = Partial<
  Pick<CollectionRow, 'name' | 'description' | 'language' | 'sensitive' | 'discoverable'>
> & { tag?: string | undefined }

function checked(choices: CollectionChoices): Words {
  const { name, description, language, sensitive, discoverable, tag_name: tag } = choices
  return {
    ...(name === undefined ? {} : { name: fitting('Name', name, LONGEST_NAME, true) }),
    ...(description === undefined
      ? {}
      : { description: fitting('Description', description, LONGEST_DESCRIPTION) }),
    ...(language === undefined ? {} : { language: knownLanguage(language) }),
    ...(sensitive === undefined ? {} : { sensitive: sensitive ? 1 : 0 }),
    ...(discoverable === undefined ? {} : { discoverable: discoverable ? 1 : 0 }),
    ...(tag === undefined ? {} : { tag: checkedTag(tag) }),
  }
}

function fitting(what: string, typed: string, most: number, isNeeded = false): string {
  const trimmed = typed.trim()
  if (isNeeded && isBlank(trimmed)) throw invalid(`Validation failed: ${what} can't be blank`)
  if (graphemeLength(trimmed) > most)
    throw invalid(`Validation failed: ${what} is too long (maximum is ${most} characters)`)
  return trimmed
}

function checkedTag(typed: string): string {
  const name = typed.trim().replace(/^#/, '')
  if (name !== '' && (name.length > 100 || !isTagName(name)))
    throw invalid('Validation failed: Tag is invalid')
  return name
}

async function tagOf(tx: App, name: string | undefined): Promise<{ tag_id?: number | null }> {
  if (name === undefined) return {}
  if (name === '') return { tag_id: null }
  const [id = null] = await tagIds(tx, [{ name: tagName(name), displayName: name }])
  return { tag_id: id }
}
