import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import { CustomEmoji, emojisIn } from '#accounts/emojis.ts'
import { Account, presentAccount } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { mediaByIds, mediaOf, readMeta } from '#media/media.ts'
import { MediaAttachment, presentMedia } from '#media/present-media.ts'
import { notFound } from '#platform/errors.ts'
import { isoTime } from '#platform/times.ts'
import { Quote, ShallowQuote } from './entities.ts'
import { optionsOf, pollById } from './polls.ts'
import { presentStatus } from './present-status.ts'
import type { MediaRow, StatusEditRow, StatusRow } from './statuses.ts'

/** How many earlier versions of one status are kept. */
const MOST_VERSIONS = 100

/** https://docs.joinmastodon.org/entities/StatusEdit/ */
export const StatusEdit = z.object({
  content: z.string(),
  spoiler_text: z.string(),
  sensitive: z.boolean(),
  created_at: z.string(),
  account: Account,
  poll: z.object({ options: z.array(z.object({ title: z.string() })) }).optional(),
  media_attachments: z.array(MediaAttachment),
  emojis: z.array(CustomEmoji),
  /** The same in every version: what it quotes now. */
  quote: z.union([Quote, ShallowQuote]).nullable(),
})
export type StatusEdit = z.infer<typeof StatusEdit>

/** An attachment as one version showed it. */
type ShownMedia = { id: number; description: string | null; focus?: { x: number; y: number } }

/** The status as it is, as a version of itself. */
async function presentVersion(app: App, status: StatusRow): Promise<StatusEditRow> {
  const media = await mediaOf(app, [status.id])
  const shown = media.map((row): ShownMedia => {
    const { focus } = readMeta(row)
    return { id: row.id, description: row.description, ...(focus ? { focus } : {}) }
  })
  const poll = await pollById(app, status.poll_id)
  return {
    id: status.id,
    status_id: status.id,
    content: status.content,
    source: status.source,
    spoiler_text: status.spoiler_text,
    sensitive: status.sensitive,
    media: JSON.stringify(shown),
    poll: poll ? JSON.stringify(optionsOf(poll).map((option) => option.title)) : null,
    created_at: status.edited_at ?? status.created_at,
  }
}

/** Keeps the status as it is as a version, before an edit in the caller's transaction. */
export async function keepVersion(tx: App, status: StatusRow): Promise<void> {
  const version = await presentVersion(tx, status)
  await tx.db
    .insertInto('status_edit')
    .values({ ...version, id: tx.newId() })
    .execute()
  const kept = await tx.db
    .selectFrom('status_edit')
    .select('id')
    .where('status_id', '=', status.id)
    .orderBy('id', 'desc')
    .offset(MOST_VERSIONS)
    .limit(1)
    .executeTakeFirst()
  if (!kept) return
  await tx.db
    .deleteFrom('status_edit')
    .where('status_id', '=', status.id)
    .where('id', '<=', kept.id)
    .execute()
}

/** The versions of a status from first to last, the present one included, as the reader sees them. */
export async function presentVersions(app: App, reader: Reader, status: StatusRow): Promise<StatusEdit[]> {
  const author = await accountById(app, status.account_id)
  if (!author) throw notFound()
  const earlier = await app.db
    .selectFrom('status_edit')
    .selectAll()
    .where('status_id', '=', status.id)
    .orderBy('id')
    .execute()
  const versions = [...earlier, await presentVersion(app, status)]
  const account = await presentAccount(app, reader, author)
  const files = await mediaByIds(
    app,
    versions.flatMap((version) => mediaIn(version).map((each) => each.id)),
  )
  const { quote } = await presentStatus(app, reader, status)
  const things = versions.map((version) => ({ version, host: author.host, domain_id: author.domain_id }))
  const emojis = await emojisIn(app, reader.domain, things, ({ version }) => textOf(version))
  return things.map((thing) => ({
    content: thing.version.content,
    spoiler_text: thing.version.spoiler_text,
    sensitive: thing.version.sensitive === 1,
    created_at: isoTime(thing.version.created_at),
    account,
    ...pollOf(thing.version),
    media_attachments: mediaIn(thing.version).flatMap((shown) => {
      const row = files.get(shown.id)
      return row && isOf(row, status) ? [presentMedia(asShown(row, shown), reader.domain)] : []
    }),
    emojis: emojis.get(thing) ?? [],
    quote,
  }))
}

const mediaIn = (version: StatusEditRow) => JSON.parse(version.media ?? '[]') as ShownMedia[]

const titlesIn = (version: StatusEditRow) => JSON.parse(version.poll ?? '[]') as string[]

const textOf = (version: StatusEditRow) =>
  [version.content, version.spoiler_text, ...titlesIn(version)].join(' ')

function pollOf(version: StatusEditRow): Pick<StatusEdit, 'poll'> {
  if (version.poll === null) return {}
  return { poll: { options: titlesIn(version).map((title) => ({ title })) } }
}

/** What was taken off and given to another post is no longer of this one. */
const isOf = (row: MediaRow, status: StatusRow) => (row.status_id ?? row.left_status_id) === status.id

function asShown(row: MediaRow, shown: ShownMedia): MediaRow {
  const meta = JSON.stringify({ ...readMeta(row), focus: shown.focus })
  return { ...row, description: shown.description, meta }
}
