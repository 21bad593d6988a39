import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { deleteStatus } from '#statuses/delete-status.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { fetchDocument } from '../fetch/fetch-document.ts'
import { ownDocument } from '../fetch/fetch-status.ts'
import { authorOf } from '../shapes/authors.ts'
import { noteTypes } from '../shapes/read-note.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isA, isObject, listOf, webUrl } from '../shapes/shape.ts'
import type { Row } from './inbox.ts'
import { announce, edit } from './inbox-posts.ts'

/** Activities that communities pass on to their followers (FEP-1b12). */
const PASSED_ON = [
  'Create',
  'Update',
  'Delete',
  'Like',
  'Dislike',
  'EmojiReact',
  'Undo',
  'Add',
  'Remove',
  'Lock',
  'Block',
  'Flag',
]

/** A boost; or what a community passes on, whose posts it boosts like any other. */
export const announced: Row = async (app, deed) => {
  const { object } = deed
  if (!isObject(object) || !isA(object, ...PASSED_ON)) return announce(app, deed)
  const inner = await passedOn(app, object)
  return 'post' in inner
    ? announce(app, { ...deed, object: inner.post, objectId: idOf(inner.post) })
    : inner.reason
}

/**
 * What a community passes on of its members (FEP-1b12): the post of a Create, to be boosted by the community like any
 * other, or what became of it. Nothing in it is believed: each object is had from its own origin.
 */
async function passedOn(
  app: App,
  activity: Shaped,
): Promise<{ post: unknown } | { reason: string | undefined }> {
  const [object] = listOf(activity.object, 1)
  const uri = webUrl(idOf(object))
  if (!uri) return { reason: 'nothing was passed on' }
  if (isA(activity, 'Create')) return { post: object }
  const known = await statusByUri(app, uri)
  if (!known || known.domain_id !== null) return { reason: 'nothing that is known here' }
  if (isA(activity, 'Update')) return { reason: await lookAgain(app, uri) }
  if (!isA(activity, 'Delete')) return { reason: 'an act of a community’s member' }
  const there = await fetchDocument(app, uri, { fresh: true })
  const isGone = there.kind === 'gone' || (there.kind === 'document' && isA(there.document, 'Tombstone'))
  if (!isGone) return { reason: 'it is still there' }
  await deleteStatus(app, known, 'elsewhere')
  return { reason: undefined }
}

async function lookAgain(app: App, uri: string): Promise<string | undefined> {
  const fetched = await fetchDocument(app, uri, { fresh: true })
  const own = fetched.kind === 'document' ? await ownDocument(app, fetched.document, fetched.url) : null
  const known = await statusByUri(app, uri)
  const author = known && (await accountById(app, known.account_id))
  if (!own || !known || !author || !isA(own, ...noteTypes) || authorOf(own) !== author.uri)
    return 'could not be fetched'
  return edit(app, known, own, author)
}
