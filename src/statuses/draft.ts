import type { AccountRow } from '#accounts/accounts.ts'
import type { StatusRow, Visibility } from './statuses.ts'

/** A picture, video or sound that comes with a draft. */
export type DraftMedia = {
  kind: 'image' | 'gifv' | 'video' | 'audio' | 'unknown'
  mime: string
  remoteUrl: string | null
  previewUrl?: string | null
  blurhash: string | null
  description: string | null
  width?: number
  height?: number
  duration?: number
  focus?: { x: number; y: number }
}

/** A poll as it is written, or as another server counts it. */
export type DraftPoll = {
  options: { title: string; votes: number }[]
  multiple: boolean
  hideTotals: boolean
  /** Null for a poll that never ends. */
  expiresAt: number | null
  votersCount: number | null
}

/** What a draft quotes. */
export type DraftQuote = {
  /** The quoted status, or only its URI while it is not known here. */
  quoted: StatusRow | null
  quotedUri: string | null
  /** Whether the quoted author agreed already, by what they said about who may quote. */
  isAgreed: boolean
  /** Made by a server that asks nobody. */
  isLegacy: boolean
  /** Where another server says that the quoted author agreed. */
  approvalUri: string | null
}

/**
 * Where a post typed here and a Note received meet: all that is specific to a source ends in making one.
 * `compose` makes it from what a member typed, federation's `readNote` from a document.
 */
export type Draft = {
  account: AccountRow
  visibility: Visibility
  /** HTML, safe to show. */
  content: string
  source: string | null
  contentType: 'text/plain' | 'text/markdown' | 'text/html'
  spoilerText: string
  sensitive: boolean
  language: string | null
  /** The parent, or only its URI while it is not known here. */
  parent: StatusRow | null
  parentUri: string | null
  /** Accounts that are mentioned and told. */
  mentions: number[]
  /** Accounts that it is for without being mentioned: they may read it, and are not told. */
  addressed?: number[]
  tags: { name: string; displayName: string }[]
  media: DraftMedia[]
  /** Uploads of a member that become its attachments, in this order. */
  mediaIds: number[]
  poll: DraftPoll | null
  quote: DraftQuote | null
  /** Who may quote it, in stored form (`quote-policy.ts`); null where nothing was said. */
  quotePolicy: string | null
  /** Who may answer, boost and like it, as it is stored; everybody where it is left out. */
  interactionPolicy?: string | null
  /** ActivityPub conversation id, where the source gives one. */
  conversationUri: string | null
  /** Set for what came from elsewhere. */
  foreign: { uri: string; url: string | null; publishedAt: number; editedAt: number | null } | null
  /** History that was asked for: nobody is told of it, and it counts for nothing. */
  quiet?: boolean
  /** What it answers is looked for by whoever fetched it, or not at all (LOOP-01). */
  isLed?: boolean
  applicationId: number | null
  /** Never leaves this server. */
  localOnly: boolean
  idempotencyKey: string | null
}
