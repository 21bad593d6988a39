import type { Fate, Settings } from './config-setting.ts'
import { settingTable } from './config-setting.ts'

const common = { generic: true } as const

const sidekiqRedis = [
  'URL',
  'HOST',
  'PORT',
  'USER',
  'PASSWORD',
  'DB',
  'NAMESPACE',
  'SENTINELS',
  'SENTINEL_MASTER',
  'SENTINEL_PORT',
  'SENTINEL_USERNAME',
  'SENTINEL_PASSWORD',
]

/** Settings that mean nothing here, each with the reason, and those that must not be set at all. */
export const ignoredSettings: Settings = {
  ...settingTable('ignored', 'There is one mode only.', {
    RAILS_ENV: ['string', "Rails' environment.", common],
    NODE_ENV: ['string', "Node's environment.", common],
    HEROKU: ['string', 'A host of Mastodon.', common],
    VAGRANT: ['string', 'A development machine.', common],
    REMOTE_DEV: ['string', 'A development machine.', common],
    CI: ['string', 'A test machine.', common],
    USER: ['string', 'Who runs it.', common],
    PATH: ['string', 'Where programs are found.', common],
    HYRAX_INVOKED_AS: ['string', 'The name the command was called by: hyrax or tootctl.', common],
    TEST_ENV_NUMBER: ['string', 'A test process.', common],
  }),
  ...settingTable('ignored', 'We always serve our own assets.', {
    RAILS_SERVE_STATIC_FILES: ['bool', 'Serve assets from Rails.'],
    SENDFILE_HEADER: ['string', 'Let the proxy send files.'],
  }),
  ...settingTable('ignored', 'There are no thread pools of that kind here.', {
    MAX_THREADS: ['int', 'Threads of a web process.'],
    MIN_THREADS: ['int', 'Threads of a web process.'],
    PERSISTENT_TIMEOUT: ['int', 'Seconds an idle connection is kept.'],
    MASTODON_SIDEKIQ_READY_FILENAME: ['string', 'A file that says Sidekiq is ready.'],
    STREAMING_CLUSTER_NUM: ['int', 'Streaming processes; Mastodon removed it.'],
    STREAMING_API_CLUSTER_NUM: ['int', 'Streaming processes; Mastodon removed it.'],
    PROXY_PROTO_V1: ['bool', 'The PROXY protocol before Puma.'],
  }),
  ...settingTable(
    'ignored',
    'Jobs are kept in the database.',
    Object.fromEntries(
      sidekiqRedis.map((part) => [
        `SIDEKIQ_REDIS_${part}`,
        [part === 'URL' || part.endsWith('PASSWORD') ? 'secret' : 'string', 'Redis for Sidekiq.'] as const,
      ]),
    ),
  ),
  ...settingTable('ignored', 'Belongs to a tool or library that is not here.', {
    REDIS_DRIVER: ['string', "Ruby's Redis driver."],
    QUERY_LOG_TAGS_ENABLED: ['bool', 'Comments in SQL.'],
    PGHERO_STATS_DATABASE_URL: ['secret', 'The database of PgHero.'],
    OTHER_DATABASE_URL: ['secret', 'The database of PgHero.'],
    REPLICA_DB_TASKS: ['bool', 'Rails tasks on the replica.'],
    MASTODON_USE_LIBVIPS: ['bool', 'Which image library Ruby uses.'],
    VIPS_BLOCK_UNTRUSTED: ['bool', 'Which loaders libvips may use.'],
    LD_PRELOAD: ['string', 'The memory allocator of Ruby.', common],
    MALLOC_ARENA_MAX: ['int', 'The memory allocator of Ruby.', common],
    RUBY_YJIT_ENABLE: ['bool', "Ruby's compiler.", common],
    BUNDLE_GEMFILE: ['string', "Ruby's packages.", common],
    BACKTRACE: ['string', 'Traces in Rails.', common],
    ANNOTATERB_SKIP_ON_DB_TASKS: ['string', "A tool of Mastodon's developers."],
    GITHUB_API_TOKEN: ['secret', "A tool of Mastodon's developers.", common],
    TEST_DATA_SHOWCASE_EMAIL: ['string', "A tool of Mastodon's developers."],
    TEST_DATA_SHOWCASE_SIDEKICK_EMAIL: ['string', "A tool of Mastodon's developers."],
    SKIP_POST_DEPLOYMENT_MIGRATIONS: ['bool', 'Migrations of Mastodon.'],
    DISABLE_FORGERY_REQUEST_PROTECTION: ['bool', 'A switch for tests of Mastodon; forms stay protected.'],
    SECRET_KEY_BASE_DUMMY: ['string', 'A switch for building Mastodon.'],
    IGNORE_ALREADY_SET_SECRETS: ['bool', 'A switch of the Mastodon wizard.'],
    MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS: ['bool', 'Metrics of Puma.'],
    MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS: ['bool', 'Metrics of Sidekiq.'],
    STATSD_ADDR: ['string', 'StatsD; Mastodon removed it in 4.3.'],
    STATSD_NAMESPACE: ['string', 'StatsD; Mastodon removed it in 4.3.'],
    STATSD_SIDEKIQ: ['bool', 'StatsD; Mastodon removed it in 4.3.'],
  }),
  ...settingTable('ignored', 'What we are called is not for an environment to say.', {
    GITHUB_REPOSITORY: ['string', 'Where the source of Mastodon is.', common],
    SOURCE_BASE_URL: ['string', 'Where the source of Mastodon is.'],
    SOURCE_TAG: ['string', 'The tag of the source of Mastodon.'],
    SOURCE_COMMIT: ['string', 'The commit of the source of Mastodon.', common],
    MASTODON_VERSION_PRERELEASE: ['string', 'A part of the version of Mastodon.'],
    MASTODON_VERSION_METADATA: ['string', 'A part of the version of Mastodon.'],
  }),
  ...settingTable('ignored', 'There is no such feature here.', {
    DISABLE_EMAIL_SUBSCRIPTIONS: ['bool', 'Subscriptions to a profile by mail.'],
    DONATION_CAMPAIGNS_URL: ['string', "Mastodon's campaigns."],
    DONATION_CAMPAIGNS_ENVIRONMENT: ['string', "Mastodon's campaigns."],
  }),
  ...settingTable('ignored', 'Mastodon removed it in 4.5; ours has limits of its own.', {
    FETCH_REPLIES_ENABLED: ['bool', 'Fetching missing replies.'],
    FETCH_REPLIES_COOLDOWN_MINUTES: ['int', 'Fetching missing replies: the pause.'],
    FETCH_REPLIES_INITIAL_WAIT_MINUTES: ['int', 'Fetching missing replies: the first pause.'],
    FETCH_REPLIES_MAX_GLOBAL: ['int', 'Fetching missing replies: at most.'],
    FETCH_REPLIES_MAX_SINGLE: ['int', 'Fetching missing replies: at most of one status.'],
    FETCH_REPLIES_MAX_PAGES: ['int', 'Fetching missing replies: at most pages.'],
  }),
  ...settingTable('refused', 'End that server with the tool that began to end it.', {
    SELF_DESTRUCT: ['secret', 'A Mastodon that is taking leave of the network.', { refusedValues: 'any' }],
  }),
}

/** Names we know by their beginning only. */
export const settingFamilies: readonly { prefix: string; fate: Fate; sentence: string }[] = [
  { prefix: 'OTEL_', fate: 'later', sentence: 'Tracing arrives with a later part; has no effect yet.' },
  { prefix: 'SWIFT_', fate: 'ignored', sentence: 'Swift is not supported (rclone copies it to S3).' },
  { prefix: 'AZURE_', fate: 'ignored', sentence: 'Azure is not supported (rclone copies it to S3).' },
  { prefix: 'PAM_', fate: 'ignored', sentence: 'PAM is not supported.' },
]

/** Beginnings that make an unknown name in the process environment worth a word. */
export const ourPrefixes: readonly string[] = [
  'HYRAX_',
  'MASTODON_',
  'FEDERATION_',
  'STREAMING_',
  'DB_',
  'REPLICA_',
  'SMTP_',
  'BULK_SMTP_',
  'OIDC_',
  'LDAP_',
  'SAML_',
  'S3_',
  'VAPID_',
  'CACHE_BUSTER_',
  'ACTIVE_RECORD_ENCRYPTION_',
]
