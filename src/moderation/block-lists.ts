import type { App } from '#app.ts'
import type { Severity } from '#instance/domain-policies.ts'
import { invalid, notFound } from '#platform/errors.ts'

/** A list of blocks that a keeper subscribed to. `bare`: what is decided where it only names servers. */
export type BlockListRow = {
  id: number
  url: string
  name: string
  bare: Severity | ''
  state: 'well' | 'failed'
  error: string
  etag: string
  fetched_at: number
  tried_at: number
  created_at: number
}

/**
 * What a list says about a server. `draft` waits for the keeper's word; `is_gone` when the list no longer says it. The
 * decision that it brought, and when that was made: changed by hand since, it is no more the list's.
 */
export type BlockListEntry = {
  list_id: number
  domain: string
  severity: Severity
  reject_media: number
  reject_reports: number
  obfuscate: number
  public_comment: string
  state: 'draft' | 'applied' | 'declined'
  is_gone: number
  policy_id: number | null
  policy_at: number | null
}

export type BlockListTables = { block_list: BlockListRow; block_list_row: BlockListEntry }

/** What a keeper says of a list. */
export type ListWish = { url: string; name?: string | undefined; bare?: Severity | undefined }

const MOST_LISTS = 50
const LONGEST_URL = 2000

/** The lists, by name. */
export const allBlockLists = (app: App): Promise<BlockListRow[]> =>
  app.db.selectFrom('block_list').selectAll().orderBy('name').execute()

/** The list of a name or an id; throws `notFound`. */
export async function blockListNamed(app: App, word: string): Promise<BlockListRow> {
  const lists = await allBlockLists(app)
  const found = lists.find(({ name }) => name === word) ?? lists.find(({ id }) => String(id) === word)
  if (!found) throw notFound(`There is no list named ${word}`)
  return found
}

/** What a list says, by the names of the servers. */
export const entriesOf = (app: App, listId: number): Promise<BlockListEntry[]> =>
  app.db.selectFrom('block_list_row').selectAll().where('list_id', '=', listId).orderBy('domain').execute()

/** A list as it would be kept; throws `invalid` for an address that cannot be one, and for what is there already. */
export async function newBlockList(app: App, wish: ListWish): Promise<BlockListRow> {
  const url = URL.parse(wish.url)
  const schemes = app.config.allowHttp ? ['https:', 'http:'] : ['https:']
  if (
    !url ||
    wish.url.length > LONGEST_URL ||
    !schemes.includes(url.protocol) ||
    url.username ||
    url.password
  )
    throw invalid('The address of a list begins with https:// and bears no password')
  if (app.domains.isOurs(url.host)) throw invalid('The address of the list is this server')
  url.hash = ''
  const name = wish.name ?? url.hostname
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/i.test(name)) throw invalid('A list is named in letters, digits and dots')
  const lists = await allBlockLists(app)
  if (lists.length >= MOST_LISTS) throw invalid(`There are ${MOST_LISTS} lists already`)
  if (lists.some((list) => list.url === url.href)) throw invalid('That list is there already')
  if (lists.some((list) => list.name === name))
    throw invalid(`Another list is named ${name}: name it otherwise`)
  const now = app.now()
  return {
    id: app.newId(),
    url: url.href,
    name,
    bare: wish.bare ?? '',
    state: 'well',
    error: '',
    etag: '',
    fetched_at: now,
    tried_at: now,
    created_at: now,
  }
}

/** Whether a list says of a server what it said before. */
export const saysSame = (known: BlockListEntry | undefined, next: BlockListEntry): boolean =>
  known !== undefined &&
  known.is_gone === next.is_gone &&
  known.severity === next.severity &&
  known.reject_media === next.reject_media &&
  known.reject_reports === next.reject_reports &&
  known.obfuscate === next.obfuscate &&
  known.public_comment === next.public_comment
