import { sql } from 'kysely'
import type { App } from '#app.ts'
import { statusEdited } from '#happenings.ts'
import { setStatusTags } from '#hashtags/hashtags.ts'
import { reattachMedia } from '#media/attach-media.ts'
import type { MediaChanges } from '#media/describe-media.ts'
import { describeMedia } from '#media/describe-media.ts'
import { mediaByIds, mediaOf, readMeta, replaceMedia } from '#media/media.ts'
import { insertMentions } from './create-status.ts'
import type { Draft } from './draft.ts'
import { isSamePoll, replacePoll } from './keep-poll.ts'
import { isSameQuote, replaceQuote } from './keep-quote.ts'
import type { StatusRow } from './statuses.ts'
import { keepVersion } from './versions.ts'

/** What an edit may change; audience, parent and author never. */
export type Revision = Pick<
  Draft,
  'content' | 'source' | 'contentType' | 'spoilerText' | 'sensitive' | 'language' | 'mentions' | 'tags'
> & {
  /** From elsewhere: what the status has now; null leaves it alone. */
  media: Draft['media'] | null
  /** From here: the uploads it has now, in order, and what is said anew about them. */
  attachments?: { ids: number[]; changes: Map<number, MediaChanges> }
  poll: Draft['poll']
  /** From elsewhere: what it quotes now, or null; left out where that stays. */
  quote?: Draft['quote']
}

/**
 * Gives a status its new words and keeps the old ones as a version. Returns the row as it is afterwards;
 * an edit that changes nothing, or is older than the last one, leaves it alone.
 */
export async function editStatus(
  app: App,
  status: StatusRow,
  revision: Revision,
  origin: 'here' | 'elsewhere',
  given = app.now(),
): Promise<StatusRow> {
  if (await changesNothing(app, status, revision)) return status
  await makePreviews(app, revision)
  return app.inTransaction(async (tx) => {
    // Another version may have come meanwhile: what counts is the status as it is now, and whose words are newer.
    const current = await heldStatus(tx, status.id)
    if (!current || (await changesNothing(tx, current, revision))) return current ?? status
    // Two edits of a member within a millisecond are two edits all the same.
    const editedAt =
      origin === 'here' ? Math.max(given, (current.edited_at ?? current.created_at) + 1) : given
    if (current.edited_at !== null && editedAt <= current.edited_at) return current
    await keepVersion(tx, current)
    const changed = {
      content: revision.content,
      source: revision.source,
      content_type: revision.contentType,
      spoiler_text: revision.spoilerText,
      sensitive: revision.sensitive ? 1 : 0,
      language: revision.language,
      edited_at: editedAt,
      parts: null,
    }
    const poll_id = await replacePoll(tx, current, revision.poll)
    const quote_id = await replaceQuote(tx, current, revision.quote)
    await tx.db
      .updateTable('status')
      .set({ ...changed, poll_id, quote_id })
      .where('id', '=', status.id)
      .execute()
    // Those no longer named stay in the audience but are not told of it again.
    await tx.db.updateTable('mention').set({ silent: 1 }).where('status_id', '=', status.id).execute()
    await insertMentions(tx, status.id, revision.mentions)
    await setStatusTags(tx, status.id, revision.tags, false)
    if (revision.media) await replaceMedia(tx, current, revision.media)
    if (revision.attachments) await changeMedia(tx, current, revision.attachments)
    await tx.emit(statusEdited, { statusId: status.id, origin })
    return { ...current, ...changed, poll_id, quote_id }
  })
}

async function changesNothing(app: App, status: StatusRow, revision: Revision): Promise<boolean> {
  return (
    isSame(status, revision) &&
    (await isSameMedia(app, status, revision)) &&
    (await isSamePoll(app, status, revision.poll)) &&
    (await isSameQuote(app, status, revision.quote))
  )
}

async function heldStatus(tx: App, id: number): Promise<StatusRow | undefined> {
  const found = await sql<StatusRow>`select * from status where id = ${id} ${tx.dialect.holdRows}`.execute(
    tx.db,
  )
  return found.rows[0]
}

function isSame(status: StatusRow, revision: Revision): boolean {
  return (
    status.content === revision.content &&
    status.source === revision.source &&
    status.spoiler_text === revision.spoilerText &&
    (status.sensitive === 1) === revision.sensitive &&
    status.language === revision.language
  )
}

async function isSameMedia(app: App, status: StatusRow, revision: Revision): Promise<boolean> {
  const { media, attachments } = revision
  if (!attachments) return media === null
  const before = await mediaOf(app, [status.id])
  if (before.map((row) => row.id).join() !== attachments.ids.join()) return false
  return before.every((row) => {
    const { description = row.description ?? '', focus, thumbnail } = attachments.changes.get(row.id) ?? {}
    const rest = readMeta(row).focus
    const sameFocus = !focus || (focus.x === rest?.x && focus.y === rest?.y)
    return !thumbnail && sameFocus && description === (row.description ?? '')
  })
}

/** Previews take long to make: before anything else, outside of the transaction. */
async function makePreviews(app: App, { attachments }: Revision): Promise<void> {
  const changes = [...(attachments?.changes ?? [])].filter(([, { thumbnail }]) => thumbnail)
  const rows = await mediaByIds(
    app,
    changes.map(([id]) => id),
  )
  for (const [id, { thumbnail }] of changes) {
    const row = rows.get(id)
    if (row) await describeMedia(app, row, { thumbnail })
  }
}

async function changeMedia(tx: App, status: StatusRow, given: NonNullable<Revision['attachments']>) {
  const { ids, changes } = given
  await reattachMedia(tx, status, ids)
  const rows = await mediaByIds(tx, ids)
  for (const [id, { description, focus }] of changes) {
    const row = rows.get(id)
    if (row) await describeMedia(tx, row, { description, focus })
  }
}
