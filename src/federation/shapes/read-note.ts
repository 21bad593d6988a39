import type { AccountRow } from '#accounts/accounts.ts'
import { saveRemoteEmojis } from '#accounts/emojis.ts'
import type { App } from '#app.ts'
import { cleanName } from '#platform/html.ts'
import { isTagName, tagName } from '#platform/text/parse-text.ts'
import type { Draft } from '#statuses/draft.ts'
import type { Visibility } from '#statuses/statuses.ts'
import { readInteractions } from './interactions.ts'
import { readMedia } from './read-media.ts'
import { membersAddressed, mentionedIn } from './read-mentions.ts'
import { readParent } from './read-parent.ts'
import { pageOf, readEmojis, readTime } from './read-person.ts'
import { readPlayable } from './read-playable.ts'
import { readQuestion } from './read-question.ts'
import { readPolicy, readQuote } from './read-quote.ts'
import { contentOf, titledTypes } from './read-text.ts'
import type { Shaped } from './shape.ts'
import { idOf, isA, isObject, listOf, PUBLIC, sameOrigin, textOf, webUrl } from './shape.ts'

const MOST_WARNING = 5000
const MOST_TAGS = 500
const MOST_ADDRESSED = 1000
/** How many unknown people one post makes us look up (LOOP-07). */
const MOST_LOOKUPS = 20

/** Types that are shown as posts. */
export const noteTypes = [
  'Note',
  'Question',
  'Article',
  'Page',
  'Image',
  'Audio',
  'Video',
  'Event',
  'Document',
]
/** Makes a Draft from an object whose author was proven; null when it is not a post. */
export async function readNote(
  app: App,
  object: Shaped,
  author: AccountRow,
  mostLookups = MOST_LOOKUPS,
): Promise<Draft | null> {
  const uri = webUrl(object.id)
  if (!uri || !isA(object, ...noteTypes) || !sameOrigin(uri, author.uri)) return null
  const published = readTime(object.published) ?? app.now()
  const warning = cleanName(textOf(isA(object, ...titledTypes) ? '' : object.summary, MOST_WARNING))
  const visibility = visibilityOf(object, author)
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  const mentions = await mentionedIn(app, object, mostLookups)
  const emojis = readEmojis(object.tag)
  if (emojis.length > 0) await app.inTransaction((tx) => saveRemoteEmojis(tx, author.host, emojis))
  const updated = readTime(object.updated)
  return {
    account: author,
    visibility,
    content: contentOf(object),
    source: null,
    contentType: 'text/html',
    spoilerText: warning,
    sensitive: object.sensitive === true || warning !== '',
    language: languageOf(object),
    ...(await readParent(app, object, author)),
    mentions,
    addressed: isOpen ? [] : await membersAddressed(app, object),
    tags: tagsOf(object),
    media: [...readPlayable(object), ...readMedia(object)],
    mediaIds: [],
    poll: readQuestion(object, app.now()),
    quote: await readQuote(app, object, author),
    quotePolicy: readPolicy(object, author),
    interactionPolicy: readInteractions(object, author),
    conversationUri: textOf(object.conversation, 500) || webUrl(object.context, 500),
    foreign: {
      uri,
      url: pageOf(object.url) ?? uri,
      publishedAt: published,
      editedAt: updated !== null && updated > published ? updated : null,
    },
    applicationId: null,
    localOnly: false,
    idempotencyKey: null,
  }
}

/** Who may read it, from where it is addressed (surface o): the followers' collection counts only in `to`. */
export function visibilityOf(object: Shaped, author: Pick<AccountRow, 'followers_url'>): Visibility {
  const to = listOf(object.to, MOST_ADDRESSED).map(idOf)
  const cc = listOf(object.cc, MOST_ADDRESSED).map(idOf)
  if (to.includes(PUBLIC)) return 'public'
  if (cc.includes(PUBLIC)) return 'unlisted'
  if (author.followers_url !== null && to.includes(author.followers_url)) return 'private'
  return object.directMessage === false ? 'limited' : 'direct'
}

function languageOf(object: Shaped): string | null {
  const map = isObject(object.contentMap) ? Object.keys(object.contentMap) : []
  const [only] = isObject(object.language) ? [textOf(object.language.identifier, 12)] : map
  return (map.length === 1 || isObject(object.language)) &&
    only &&
    /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(only) &&
    only !== 'und'
    ? only
    : null
}

function tagsOf(object: Shaped): Draft['tags'] {
  return listOf(object.tag, MOST_TAGS).flatMap((tag) => {
    if (!isObject(tag) || !isA(tag, 'Hashtag')) return []
    const displayName = textOf(tag.name, 255).replace(/^#/, '')
    return isTagName(displayName) ? [{ name: tagName(displayName), displayName }] : []
  })
}
