import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { textList } from '#platform/http/forms-fields.ts'
import { followOf } from '#relationships/relationships.ts'
import { mentionsOf } from './status-parts.ts'
import type { StatusRow } from './statuses.ts'

/** What somebody may do to a post that its author has a say in. */
export const interactions = ['favourite', 'reply', 'reblog'] as const
export type Interaction = (typeof interactions)[number]

/** Groups of people in a policy; anything else is the address of one account. */
const groups = ['public', 'followers', 'following', 'mutuals', 'mentioned'] as const
type Rule = {
  /** Who may at once. */
  always: string[]
  /** Who may after the author said yes. */
  withApproval: string[]
}
/** Who may do what; what is left out everybody may. */
export type InteractionPolicy = Partial<Record<Interaction, Rule>>
export type InteractionAnswer = 'automatic' | 'manual' | 'denied'

const MOST_NAMED = 100
const open = z
  .object({ always: textList(64).optional(), automatic_approval: textList(64).optional() })
  .optional()

/** What a client sends to say who may do what to a post, in the form of GoToSocial; whoever is not named may not. */
export const PolicyForm = z.object({ can_favourite: open, can_reply: open, can_reblog: open }).optional()

/** A policy as clients see it. */
const Shown = z.object({ always: z.array(z.string()), with_approval: z.array(z.string()) })
export const ShownPolicy = z.object({ can_favourite: Shown, can_reply: Shown, can_reblog: Shown })

/** The policy that a form asks for, in stored form; null where it asks for none. Throws `invalid` for groups nobody knows. */
export function policyOfForm(form: z.output<typeof PolicyForm>): string | null {
  const policy: InteractionPolicy = {}
  for (const name of interactions) {
    const said = form?.[`can_${name}`]
    if (!said) continue
    const always = said.automatic_approval ?? said.always ?? []
    // The author always may, and says so in older clients.
    const named = always.filter((group) => group !== 'author' && group !== 'me')
    const odd = named.find((group) => !groups.some((known) => known === group))
    if (odd !== undefined) throw invalid(`Validation failed: Interaction policy knows no group ${odd}`)
    policy[name] = { always: named, withApproval: [] }
  }
  return storedInteractions(policy)
}

/** A policy in stored form; null where it leaves everything to everybody. */
export function storedInteractions(policy: InteractionPolicy): string | null {
  const kept = interactions.flatMap((name) => {
    const rule = policy[name]
    if (!rule || rule.always.includes('public')) return []
    const bounded = {
      always: rule.always.slice(0, MOST_NAMED),
      withApproval: rule.withApproval.slice(0, MOST_NAMED),
    }
    return [[name, bounded] as const]
  })
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept))
}

type Governed = Pick<StatusRow, 'id' | 'account_id' | 'in_reply_to_account_id' | 'interaction_policy'>

/** The policy of a status. */
export const interactionPolicyOf = ({ interaction_policy: stored }: Pick<StatusRow, 'interaction_policy'>) =>
  stored === null ? {} : (JSON.parse(stored) as InteractionPolicy)

/** What the author of a status says to somebody who wants to do this to it and may see it. */
export async function interactionAnswer(
  app: App,
  account: Pick<AccountRow, 'id' | 'uri'>,
  status: Governed,
  what: Interaction,
): Promise<InteractionAnswer> {
  const rule = interactionPolicyOf(status)[what]
  if (!rule || account.id === status.account_id) return 'automatic'
  const isMentioned = (await mentionsOf(app, [status.id])).some((each) => each.id === account.id)
  // Whoever is spoken to may answer, whatever else is said.
  if (what === 'reply' && (isMentioned || status.in_reply_to_account_id === account.id)) return 'automatic'
  const follows = (await followOf(app, account.id, status.account_id)) !== undefined
  const isFollowed = (await followOf(app, status.account_id, account.id)) !== undefined
  const belongs: Record<string, boolean> = {
    public: true,
    followers: follows,
    following: isFollowed,
    mutuals: follows && isFollowed,
    mentioned: isMentioned,
    [account.uri]: true,
  }
  if (rule.always.some((group) => belongs[group])) return 'automatic'
  return rule.withApproval.some((group) => belongs[group]) ? 'manual' : 'denied'
}

const words: Record<Interaction, string> = {
  favourite: 'The author does not let you favourite this post',
  reply: 'The author does not let you reply to this post',
  reblog: 'The author does not let you boost this post',
}

/** Throws `invalid` with the reason when the author of a status does not want this of the account. */
export async function refuseUnwanted(
  app: App,
  account: AccountRow,
  status: Governed,
  what: Interaction,
): Promise<void> {
  if (status.interaction_policy === null) return
  if ((await interactionAnswer(app, account, status, what)) === 'denied')
    throw invalid(`Validation failed: ${words[what]}`)
}

/** The policy of a status as clients see it; null where everybody may do everything. */
export function presentPolicy(
  status: Pick<StatusRow, 'interaction_policy'>,
): z.output<typeof ShownPolicy> | null {
  if (status.interaction_policy === null) return null
  const policy = interactionPolicyOf(status)
  const shown = (name: Interaction) => {
    const rule = policy[name] ?? { always: ['public'], withApproval: [] }
    return { always: ['author', ...rule.always], with_approval: rule.withApproval }
  }
  return { can_favourite: shown('favourite'), can_reply: shown('reply'), can_reblog: shown('reblog') }
}
