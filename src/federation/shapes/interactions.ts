import type { AccountRow } from '#accounts/accounts.ts'
import type { Interaction, InteractionPolicy } from '#statuses/interaction-policy.ts'
import { interactionPolicyOf, interactions, storedInteractions } from '#statuses/interaction-policy.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import type { Document } from './context-out.ts'
import { PUBLIC } from './context-out.ts'
import type { Shaped } from './shape.ts'
import { idOf, isObject, listOf, webUrl } from './shape.ts'

const names: Record<Interaction, string> = { favourite: 'canLike', reply: 'canReply', reblog: 'canAnnounce' }
const MOST_NAMED = 100

type Author = Pick<AccountRow, 'uri' | 'followers_url' | 'following_url'>

/** Who may like, answer and boost an object, in stored form; null where everybody may or nothing is said. */
export function readInteractions(object: Shaped, author: Author): string | null {
  const said = object.interactionPolicy
  if (!isObject(said)) return null
  const policy: InteractionPolicy = {}
  for (const name of interactions) {
    const rule = said[names[name]]
    if (!isObject(rule)) continue
    // The second names are those of GoToSocial before 0.20.
    policy[name] = {
      always: groupsIn(rule.automaticApproval ?? rule.always, author),
      withApproval: groupsIn(rule.manualApproval ?? rule.approvalRequired, author),
    }
  }
  return storedInteractions(policy)
}

function groupsIn(value: unknown, author: Author): string[] {
  return listOf(value, MOST_NAMED).flatMap((each) => {
    const uri = idOf(each)
    if (uri === PUBLIC) return 'public'
    if (uri !== null && uri === author.followers_url) return 'followers'
    if (uri !== null && uri === author.following_url) return 'following'
    return uri === author.uri ? [] : (webUrl(uri) ?? [])
  })
}

/** What a Note says of who may like, answer and boost it; nothing where everybody may. */
export function writeInteractions(
  row: Pick<StatusRow, 'interaction_policy'>,
  author: Author,
  mentioned: readonly string[],
): Document {
  if (row.interaction_policy === null) return {}
  const policy = interactionPolicyOf(row)
  const written = interactions.map((name) => {
    const rule = policy[name]
    const always = rule
      ? [author.uri, ...rule.always.flatMap((group) => urisOf(group, author, mentioned))]
      : [PUBLIC]
    return [names[name], { automaticApproval: always, always }]
  })
  return Object.fromEntries(written)
}

function urisOf(group: string, author: Author, mentioned: readonly string[]): readonly string[] {
  if (group === 'public') return [PUBLIC]
  if (group === 'followers') return [author.followers_url ?? `${author.uri}/followers`]
  if (group === 'following') return [author.following_url ?? `${author.uri}/following`]
  // Mutuals have no collection: each server can only be told about those it may take for them.
  if (group === 'mutuals') return [author.following_url ?? `${author.uri}/following`]
  return group === 'mentioned' ? mentioned : [group]
}
