import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { AccountRow, AccountTables } from '#accounts/accounts.ts'
import type { ArchiveTables } from '#accounts/archives.ts'
import type { AuthTables, TokenRow, UserRow } from '#auth/users.ts'
import type { CollectionTables } from '#collections/collections.ts'
import type { SigningStyleTables } from '#federation/signatures/styles.ts'
import type { FilterTables } from '#filters/filters.ts'
import type { AnnouncementTables } from '#instance/announcements.ts'
import type { DomainPolicyTables } from '#instance/domain-policies.ts'
import type { HostInfoTables } from '#instance/host-info.ts'
import type { RelayTables } from '#instance/relays.ts'
import type { HostedDomainRow, InstanceTables } from '#instance/settings.ts'
import type { RemoteFileTables } from '#media/remote-files.ts'
import type { BlockListTables } from '#moderation/block-lists.ts'
import type { ReportTables } from '#moderation/reports.ts'
import type { WarningTables } from '#moderation/warnings.ts'
import type { NotificationTables } from '#notifications/notifications.ts'
import type { PushTables } from '#notifications/push-subscriptions.ts'
import type { BlobStore, BlobTables } from '#platform/blobs/blobs.ts'
import type { Config } from '#platform/config.ts'
import type { Dialect } from '#platform/database/dialect.ts'
import type { HttpClient } from '#platform/http-client.ts'
import type { IdWriterTables } from '#platform/id-writers.ts'
import type { Happening, Job } from '#platform/jobs/declare.ts'
import type { JobTables } from '#platform/jobs/tables.ts'
import type { PubSub } from '#platform/pubsub.ts'
import type { RelationshipTables } from '#relationships/relationships.ts'
import type { SearchTables } from '#search/search-index.ts'
import type { TrendTables } from '#search/trends.ts'
import type { AsyncRefreshTables } from '#statuses/async-refreshes.ts'
import type { CardTables } from '#statuses/cards.ts'
import type { OwnMarkTables } from '#statuses/own-marks.ts'
import type { PollTables } from '#statuses/polls.ts'
import type { QuoteTables } from '#statuses/quotes.ts'
import type { ScheduledTables } from '#statuses/scheduled-statuses.ts'
import type { HashtagTables, MediaTables, StatusRow, StatusTables } from '#statuses/statuses.ts'
import type { ConversationTables } from '#timelines/conversations.ts'
import type { MarkerTables } from '#timelines/markers.ts'

/** Every table, joined from its owners. */
export type Tables = AccountTables &
  ArchiveTables &
  AnnouncementTables &
  CardTables &
  AsyncRefreshTables &
  AuthTables &
  BlobTables &
  BlockListTables &
  CollectionTables &
  ConversationTables &
  DomainPolicyTables &
  FilterTables &
  HashtagTables &
  IdWriterTables &
  InstanceTables &
  JobTables &
  MarkerTables &
  MediaTables &
  NotificationTables &
  OwnMarkTables &
  PushTables &
  PollTables &
  QuoteTables &
  RelationshipTables &
  RelayTables &
  ReportTables &
  WarningTables &
  HostInfoTables &
  SearchTables &
  SigningStyleTables &
  RemoteFileTables &
  ScheduledTables &
  StatusTables &
  TrendTables

/** A hosted domain with its alternates read. */
export type HostedDomain = Omit<HostedDomainRow, 'alternates'> & { alternates: string[] }

/** The domains this server hosts, kept in memory and read again when they change. */
export type HostedDomains = {
  all(): readonly HostedDomain[]
  byId(id: number): HostedDomain | undefined
  /** The domain that a request's Host means (name, web host or alternate), or undefined for a stranger's. */
  byHost(host: string): HostedDomain | undefined
  /** Whether a URL's host is one of ours. */
  isOurs(host: string): boolean
  /** Reads them again, here and in the other threads. */
  reload(): Promise<void>
}

/** What the rooms may ask of the network without knowing how it is spoken (filled by federation/). */
export type Fediverse = {
  /** An account by `user@host` (WebFinger) or by URI/URL, fetched when unknown, or asked for anew; null when there is none. */
  findAccount(handleOrUri: string, options?: { refresh?: boolean }): Promise<AccountRow | null>
  /** A status by URI or URL, fetched when unknown; null when there is none or it may not be had. */
  findStatus(uri: string): Promise<StatusRow | null>
  /** Owes a look at an account's own server where our copy has grown old; does not wait for it. */
  lookAtProfile(account: AccountRow): Promise<void>
  /** Asks the server of a poll for its results; leaves it alone when there is no answer. */
  refreshPoll(pollId: number): Promise<void>
}

export type JobOptions = {
  /** When it is due, in ms since 1970; at once when left out. */
  at?: number
  lane?: string
  /** 10 is most urgent, 90 least; 50 when left out. */
  prio?: number
  /** Two waiting jobs of the same key are one. */
  unique?: string
  expiresAt?: number
  /** For deliveries: the stored body. */
  ref?: number
  /** Hash of the object it is about (order guard). */
  objectKey?: number
}

/** What every verb receives. Inside `inTransaction`, `db` is the transaction. */
export type App = {
  config: Config
  log: Logger
  db: Kysely<Tables>
  dialect: Dialect
  domains: HostedDomains
  http: HttpClient
  /** The bytes of every file; their rows are in `blob`. */
  blobs: BlobStore
  events: PubSub
  fediverse: Fediverse
  /** The clock, in ms since 1970. */
  now(): number
  /** A fresh id for something made now. */
  newId(): number
  /** Runs `work` as one transaction; joins the one already running. Nothing inside may wait for the network. */
  inTransaction<T>(work: (app: App) => Promise<T>): Promise<T>
  /** Tells the effects page, in the transaction that makes it true; throws outside of one. */
  emit<Payload>(happening: Happening<Payload>, payload: Payload): Promise<void>
  /** Owes a piece of work, in the transaction that causes it; throws outside of one. */
  later<Payload>(job: Job<Payload>, payload: Payload, options?: JobOptions): Promise<void>
  /** Runs after the commit and before `inTransaction` resolves; may be lost in a crash. */
  afterCommit(work: () => void | Promise<void>): void
}

/** A signed-in member as the endpoints see them. */
export type Viewer = { account: AccountRow; user: UserRow; token: TokenRow; scopes: string[] }

/** Through whose eyes something is shown: handles are short on their own domain, private things only for the entitled. */
export type Reader = { domain: HostedDomain; account: AccountRow | null }
