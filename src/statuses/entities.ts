import { z } from 'zod'
import { CustomEmoji } from '#accounts/emojis.ts'
import { Account } from '#accounts/present-account.ts'
import { FilterResult } from '#filters/present-filter.ts'
import { MediaAttachment } from '#media/present-media.ts'
import { ShownPolicy } from './interaction-policy.ts'
import { PreviewCard } from './present-card.ts'
import { Poll } from './present-poll.ts'
import { Reaction } from './present-reactions.ts'
import { approvalGroups } from './quote-policy.ts'

export const StatusMention = z.object({
  id: z.string(),
  username: z.string(),
  url: z.string(),
  acct: z.string(),
})
export const StatusTag = z.object({ name: z.string(), url: z.string() })
const ApprovalGroups = z.array(z.enum(approvalGroups))
const QuoteApproval = z.object({
  automatic: ApprovalGroups,
  manual: ApprovalGroups,
  current_user: z.enum(['automatic', 'manual', 'denied', 'unknown']),
})

const QuoteState = z.enum([
  'pending',
  'accepted',
  'rejected',
  'revoked',
  'deleted',
  'unauthorized',
  'blocked_account',
  'blocked_domain',
  'muted_account',
])
export type QuoteState = z.infer<typeof QuoteState>

/** https://docs.joinmastodon.org/entities/Quote/ */
export const Quote = z.object({
  state: QuoteState,
  get quoted_status(): z.ZodNullable<typeof Status> {
    return z.nullable(Status)
  },
})
/** What a quoted status quotes itself: https://docs.joinmastodon.org/entities/ShallowQuote/ */
export const ShallowQuote = z.object({ state: QuoteState, quoted_status_id: z.string().nullable() })

/** A status as clients see it: https://docs.joinmastodon.org/entities/Status/ */
export const Status = z.object({
  id: z.string(),
  uri: z.string(),
  created_at: z.string(),
  edited_at: z.string().nullable(),
  account: Account,
  content: z.string(),
  text: z.string().optional(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
  sensitive: z.boolean(),
  spoiler_text: z.string(),
  media_attachments: z.array(MediaAttachment),
  application: z.object({ name: z.string(), website: z.string().nullable() }).nullable().optional(),
  mentions: z.array(StatusMention),
  tags: z.array(StatusTag),
  emojis: z.array(CustomEmoji),
  reblogs_count: z.number().int(),
  favourites_count: z.number().int(),
  replies_count: z.number().int(),
  quotes_count: z.number().int(),
  url: z.string().nullable(),
  in_reply_to_id: z.string().nullable(),
  in_reply_to_account_id: z.string().nullable(),
  get reblog(): z.ZodNullable<typeof Status> {
    return z.nullable(Status)
  },
  poll: Poll.nullable(),
  card: PreviewCard.nullable(),
  get quote(): z.ZodNullable<z.ZodUnion<[typeof Quote, typeof ShallowQuote]>> {
    return z.nullable(z.union([Quote, ShallowQuote]))
  },
  quote_approval: QuoteApproval,
  /** Who may favourite, reply to and boost it; there only where not everybody may. */
  interaction_policy: ShownPolicy.optional(),
  language: z.string().nullable(),
  local_only: z.boolean(),
  favourited: z.boolean().optional(),
  reblogged: z.boolean().optional(),
  muted: z.boolean().optional(),
  bookmarked: z.boolean().optional(),
  pinned: z.boolean().optional(),
  filtered: z.array(FilterResult).optional(),
  /** The emojis its favourites were given with, where there are any. */
  reactions: z.array(Reaction).optional(),
  tagged_collections: z.array(z.unknown()),
})
export type Status = z.infer<typeof Status>

export const StatusSource = z.object({ id: z.string(), text: z.string(), spoiler_text: z.string() })
export const Context = z.object({ ancestors: z.array(Status), descendants: z.array(Status) })
