import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { followOf, isKeptApart } from '#relationships/relationships.ts'
import type { Draft, DraftQuote } from './draft.ts'
import type { QuoteAnswer } from './quote-policy.ts'
import { dependsOnFollows, quoteAnswerFor } from './quote-policy.ts'
import type { StatusRow, Visibility } from './statuses.ts'
import { isOpen, visibleOriginal } from './visibility.ts'

/** What a member wants to quote, and what its author says to that. */
export type Wanted = { quoted: StatusRow; answer: QuoteAnswer }

/** What `account` may quote of a status that they may see: what its author said, and nothing through a block. */
export async function mayQuote(app: App, account: AccountRow, status: StatusRow): Promise<QuoteAnswer> {
  if (status.account_id === account.id) return quoteAnswerFor(status, asQuoter(account, false, false))
  if (status.local_only === 1 && account.domain_id === null) return 'denied'
  const author = await accountById(app, status.account_id)
  if (!author || (await isKeptApart(app, account, author))) return 'denied'
  const asksForFollows = dependsOnFollows(status)
  const isFollower = asksForFollows && (await followOf(app, account.id, author.id)) !== undefined
  const isFollowed = asksForFollows && (await followOf(app, author.id, account.id)) !== undefined
  return quoteAnswerFor(status, asQuoter(account, isFollower, isFollowed))
}

const asQuoter = ({ id }: AccountRow, isFollower: boolean, isFollowed: boolean) => ({
  id,
  isFollower,
  isFollowed,
})

/** The status that is to be quoted; what may not be is answered like what is not there. A boost leads to what it boosts. */
export async function wantedQuote(
  app: App,
  account: AccountRow,
  id: string | null | undefined,
): Promise<Wanted | null> {
  if (!id) return null
  const quoted = await visibleOriginal(app, account, readId(id))
  const answer = await mayQuote(app, account, quoted)
  if (answer === 'denied') throw notFound()
  return { quoted, answer }
}

/** A member's own private post is quoted before those who may read it alone. */
export function visibilityWith(wanted: Wanted | null, visibility: Visibility): Visibility {
  return wanted?.quoted.visibility === 'private' && isOpen({ visibility }) ? 'private' : visibility
}

/** The quote of a draft that is otherwise complete; throws where the two do not go together. */
export function draftQuote(
  wanted: Wanted | null,
  draft: Pick<Draft, 'account' | 'visibility' | 'mentions' | 'localOnly'>,
): DraftQuote | null {
  if (!wanted) return null
  const { quoted, answer } = wanted
  const isOwn = quoted.account_id === draft.account.id
  if (draft.visibility === 'direct' && !isOwn && !draft.mentions.includes(quoted.account_id))
    throw invalid('Validation failed: A private mention can only quote a post of somebody it mentions')
  if (draft.localOnly && quoted.domain_id === null)
    throw invalid('Validation failed: What stays on this server cannot quote a post of another one')
  return {
    quoted,
    quotedUri: quoted.uri,
    // Whoever writes elsewhere is asked there, whatever their policy said when we read it.
    isAgreed: quoted.domain_id !== null && answer === 'automatic',
    isLegacy: false,
    approvalUri: null,
  }
}
