import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { mayQuote } from '#statuses/compose-quote.ts'
import type { DraftQuote } from '#statuses/draft.ts'
import type { ApprovalGroup } from '#statuses/quote-policy.ts'
import { storedPolicy } from '#statuses/quote-policy.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import type { Shaped } from './shape.ts'
import { idOf, isA, isObject, listOf, PUBLIC, webUrl } from './shape.ts'

/** How servers that ask nobody name what is quoted: Misskey, Pleroma and Akkoma, Fedibird. */
const LEGACY = ['_misskey_quote', 'quoteUrl', 'quoteUri']
const MOST_TAGS = 500
const MOST_ADDRESSED = 1000
const MOST_GROUPS = 50

/** What an object quotes, and whether its server is one of those that ask nobody. */
export function quotedIn(object: Shaped): { uri: string; isLegacy: boolean } | null {
  const uri = webUrl(idOf(listOf(object.quote, 1)[0]))
  if (uri) return { uri, isLegacy: false }
  const legacy =
    LEGACY.map((name) => webUrl(idOf(object[name]))).find((each) => each !== null) ?? linkIn(object)
  return legacy ? { uri: legacy, isLegacy: true } : null
}

/** A link of the kind of FEP-e232 that says it is a quote. */
function linkIn(object: Shaped): string | null {
  for (const tag of listOf(object.tag, MOST_TAGS)) {
    if (!isObject(tag) || !isA(tag, 'Link')) continue
    const isQuote = listOf(tag.rel, 8).some(
      (rel) => typeof rel === 'string' && rel.endsWith('#_misskey_quote'),
    )
    const href = isQuote ? webUrl(tag.href) : null
    if (href) return href
  }
  return null
}

/** Where an object says that the quoted author agreed. */
export const approvalIn = (object: Shaped): string | null =>
  webUrl(idOf(listOf(object.quoteAuthorization, 1)[0]))

/**
 * What a post from elsewhere quotes, as far as it is known here; nothing is fetched. One's own post and what a policy
 * of ours lets everybody quote need no question; anything else waits for the quoted author's word.
 */
export async function readQuote(app: App, object: Shaped, author: AccountRow): Promise<DraftQuote | null> {
  const said = quotedIn(object)
  if (!said || said.uri === object.id) return null
  const quoted = (await statusByUri(app, said.uri)) ?? null
  if (quoted && quoted.reblog_of_id !== null) return null
  const isOwn = quoted?.account_id === author.id
  const isFree =
    said.isLegacy && isForEverybody(object) && quoted !== null && (await isOffered(app, author, quoted))
  return {
    quoted,
    quotedUri: said.uri,
    isAgreed: isOwn || isFree,
    isLegacy: said.isLegacy,
    approvalUri: approvalIn(object),
  }
}

const isForEverybody = (object: Shaped) =>
  [...listOf(object.to, MOST_ADDRESSED), ...listOf(object.cc, MOST_ADDRESSED)].some(
    (each) => idOf(each) === PUBLIC,
  )

/**
 * Whether a member of ours lets this author quote a status. Those who ask nobody take no answer either: in what is for
 * everybody, what the member allows holds for them too. What is for few is not told to whom it does not name.
 */
async function isOffered(app: App, author: AccountRow, quoted: StatusRow): Promise<boolean> {
  return quoted.domain_id !== null && (await mayQuote(app, author, quoted)) === 'automatic'
}

/** Who may quote an object, in stored form; null where it says nothing. */
export function readPolicy(object: Shaped, author: AccountRow): string | null {
  const policy = isObject(object.interactionPolicy) ? object.interactionPolicy.canQuote : undefined
  if (!isObject(policy)) return null
  return storedPolicy({
    automatic: groupsIn(policy.automaticApproval, author),
    manual: groupsIn(policy.manualApproval, author),
  })
}

function groupsIn(value: unknown, author: AccountRow): ApprovalGroup[] {
  return listOf(value, MOST_GROUPS).flatMap((each) => {
    const uri = idOf(each)
    if (uri === null || uri === author.uri) return []
    if (uri === PUBLIC) return 'public'
    if (uri === author.followers_url) return 'followers'
    return uri === author.following_url ? 'following' : 'unsupported_policy'
  })
}
