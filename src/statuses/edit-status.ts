import type { App } from '#app.ts'
import { statusEdited } from '#happenings.ts'
import { setStatusTags } from '#hashtags/hashtags.ts'
import { replaceMedia } from '#media/media.ts'
import { insertMentions } from './create-status.ts'
import type { Draft } from './draft.ts'
import { isSamePoll, replacePoll } from './keep-poll.ts'
import type { StatusEditRow, StatusRow } from './statuses.ts'

/** How many earlier versions of one status are kept. */
const MOST_VERSIONS = 100

/** What an edit may change; audience, parent and author never. */
export type Revision = Pick<
  Draft,
  'content' | 'source' | 'contentType' | 'spoilerText' | 'sensitive' | 'language' | 'mentions' | 'tags'
> & { media: Draft['media'] | null; poll: Draft['poll'] }

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
  if (isSame(status, revision) && (await isSamePoll(app, status, revision.poll))) return status
  // Two edits of a member within a millisecond are two edits all the same.
  const editedAt = origin === 'here' ? Math.max(given, (status.edited_at ?? status.created_at) + 1) : given
  if (status.edited_at !== null && editedAt <= status.edited_at) return status
  return app.inTransaction(async (tx) => {
    await keepVersion(tx, status)
    const changed = {
      content: revision.content,
      source: revision.source,
      content_type: revision.contentType,
      spoiler_text: revision.spoilerText,
      sensitive: revision.sensitive ? 1 : 0,
      language: revision.language,
      edited_at: editedAt,
    }
    const poll_id = await replacePoll(tx, status, revision.poll)
    await tx.db
      .updateTable('status')
      .set({ ...changed, poll_id })
      .where('id', '=', status.id)
      .execute()
    // Those no longer named stay in the audience but are not told of it again.
    await tx.db.updateTable('mention').set({ silent: 1 }).where('status_id', '=', status.id).execute()
    await insertMentions(tx, status.id, revision.mentions)
    await setStatusTags(tx, status.id, revision.tags, false)
    if (revision.media) await replaceMedia(tx, status, revision.media)
    await tx.emit(statusEdited, { statusId: status.id, origin })
    return { ...status, ...changed, poll_id }
  })
}

function isSame(status: StatusRow, revision: Revision): boolean {
  return (
    revision.media === null &&
    status.content === revision.content &&
    status.source === revision.source &&
    status.spoiler_text === revision.spoilerText &&
    (status.sensitive === 1) === revision.sensitive &&
    status.language === revision.language
  )
}

async function keepVersion(tx: App, status: StatusRow) {
  const version: StatusEditRow = {
    id: tx.newId(),
    status_id: status.id,
    content: status.content,
    source: status.source,
    spoiler_text: status.spoiler_text,
    sensitive: status.sensitive,
    created_at: status.edited_at ?? status.created_at,
  }
  await tx.db.insertInto('status_edit').values(version).execute()
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

/** The versions of a status from first to last, the present one included. */
export async function versionsOf(app: App, status: StatusRow): Promise<StatusEditRow[]> {
  const earlier = await app.db
    .selectFrom('status_edit')
    .selectAll()
    .where('status_id', '=', status.id)
    .orderBy('id')
    .execute()
  const present: StatusEditRow = {
    id: status.id,
    status_id: status.id,
    content: status.content,
    source: status.source,
    spoiler_text: status.spoiler_text,
    sensitive: status.sensitive,
    created_at: status.edited_at ?? status.created_at,
  }
  return [...earlier, present]
}
