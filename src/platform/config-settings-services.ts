import type { Settings } from './config-setting.ts'
import { settingTable } from './config-setting.ts'

const choiceOf = (...values: string[]) => ({ values })

/** As for mail (`config-settings-mail.ts`), for what goes to everybody at once. */
const bulkMailRows = settingTable(
  'later',
  'Mail to everybody at once arrives with a later part; has no effect yet.',
  {
    BULK_SMTP_SERVER: ['string', 'Mail to everybody: the host.'],
    BULK_SMTP_PORT: ['int', 'Mail to everybody: the port.', { default: 25 }],
    BULK_SMTP_LOGIN: ['string', 'Mail to everybody: the user.'],
    BULK_SMTP_PASSWORD: ['secret', 'Mail to everybody: the password.'],
    BULK_SMTP_FROM_ADDRESS: [
      'string',
      'Mail to everybody: the sender.',
      { default: 'notifications@localhost' },
    ],
    BULK_SMTP_REPLY_TO: ['string', 'Mail to everybody: where answers go.'],
    BULK_SMTP_RETURN_PATH: ['string', 'Mail to everybody: where bounces go.'],
    BULK_SMTP_DOMAIN: ['string', 'Mail to everybody: the name we greet with.'],
    BULK_SMTP_DELIVERY_METHOD: ['enum', 'Mail to everybody: smtp or sendmail.', choiceOf('smtp', 'sendmail')],
    BULK_SMTP_AUTH_METHOD: [
      'enum',
      'Mail to everybody: how we sign in.',
      choiceOf('plain', 'login', 'cram_md5', 'none'),
    ],
    BULK_SMTP_CA_FILE: ['path', 'Mail to everybody: the authorities we trust.'],
    BULK_SMTP_OPENSSL_VERIFY_MODE: ['string', 'Mail to everybody: none accepts any certificate.'],
    BULK_SMTP_ENABLE_STARTTLS: [
      'enum',
      'Mail to everybody: when to use STARTTLS.',
      choiceOf('auto', 'always', 'never'),
    ],
    BULK_SMTP_ENABLE_STARTTLS_AUTO: ['bool', 'Mail to everybody: STARTTLS when offered.', { default: true }],
    BULK_SMTP_TLS: ['bool', 'Mail to everybody: TLS from the first byte.'],
    BULK_SMTP_SSL: ['bool', 'Mail to everybody: the old name of TLS.'],
  },
)

const redisRows = (prefix: string, of: string): Settings =>
  settingTable('later', 'One process needs no Redis; several will use it with a later part.', {
    [`${prefix}REDIS_URL`]: ['secret', `${of}: the address; wins over the rest.`],
    [`${prefix}REDIS_HOST`]: ['string', `${of}: the host.`],
    [`${prefix}REDIS_PORT`]: ['int', `${of}: the port.`],
    [`${prefix}REDIS_USER`]: ['string', `${of}: the user.`],
    [`${prefix}REDIS_PASSWORD`]: ['secret', `${of}: the password.`],
    [`${prefix}REDIS_DB`]: ['int', `${of}: the database number.`],
    [`${prefix}REDIS_NAMESPACE`]: ['string', `${of}: a prefix of keys, from before Mastodon 4.4.`],
    [`${prefix}REDIS_SENTINELS`]: ['string', `${of}: the sentinels.`],
    [`${prefix}REDIS_SENTINEL_MASTER`]: ['string', `${of}: the name the sentinels know it by.`],
    [`${prefix}REDIS_SENTINEL_PORT`]: ['int', `${of}: the port of the sentinels.`],
    [`${prefix}REDIS_SENTINEL_USERNAME`]: ['string', `${of}: the user at the sentinels.`],
    [`${prefix}REDIS_SENTINEL_PASSWORD`]: ['secret', `${of}: the password at the sentinels.`],
  })

/** Services around the server, each of which it can do without. */
export const serviceSettings = {
  ...bulkMailRows,
  ...redisRows('', 'Redis'),
  ...redisRows('CACHE_', 'Redis for the cache'),
  ...settingTable('later', 'The read replica arrives with a later part; has no effect yet.', {
    REPLICA_DATABASE_URL: ['secret', 'Read replica: the address.'],
    REPLICA_DB_HOST: ['string', 'Read replica: the host.'],
    REPLICA_DB_PORT: ['int', 'Read replica: the port.'],
    REPLICA_DB_NAME: ['string', 'Read replica: the database.'],
    REPLICA_DB_USER: ['string', 'Read replica: the role.'],
    REPLICA_DB_PASS: ['secret', 'Read replica: the password.'],
    REPLICA_PREPARED_STATEMENTS: ['bool', 'Read replica: named statements.'],
  }),
  ...settingTable('later', 'Several processes arrive with a later part; has no effect yet.', {
    WEB_CONCURRENCY: ['int', 'How many web workers run.', { default: 1 }],
    PREPARED_STATEMENTS: [
      'bool',
      'Named statements in PostgreSQL; off behind some poolers.',
      { default: true },
    ],
  }),
  ...settingTable('later', 'Built-in search needs none of it; the adapter arrives with a later part.', {
    ES_ENABLED: ['bool', 'Search with Elasticsearch or OpenSearch.'],
    ES_HOST: ['string', 'Search engine: the host.'],
    ES_PORT: ['int', 'Search engine: the port.', { default: 9200 }],
    ES_USER: ['string', 'Search engine: the user.'],
    ES_PASS: ['secret', 'Search engine: the password.'],
    ES_PREFIX: ['string', 'Search engine: a prefix of index names.'],
    ES_PRESET: ['string', 'Search engine: how large the cluster is.'],
    ES_CA_FILE: ['path', 'Search engine: the authorities we trust.'],
    ES_QUERY_TIMEOUT: ['string', 'Search engine: how long a question may take.', { default: '10s' }],
  }),
  ...settingTable('later', 'Metrics arrive with a later part; has no effect yet.', {
    MASTODON_PROMETHEUS_EXPORTER_ENABLED: ['bool', 'Serve /metrics.'],
    MASTODON_PROMETHEUS_EXPORTER_LOCAL: ['bool', 'Serve /metrics from this process.'],
    MASTODON_PROMETHEUS_EXPORTER_HOST: ['string', 'The address /metrics listens on.'],
    MASTODON_PROMETHEUS_EXPORTER_PORT: ['int', 'The port /metrics listens on.', { default: 9394 }],
    PROMETHEUS_EXPORTER_HOST: ['string', 'The address /metrics listens on.'],
    PROMETHEUS_EXPORTER_PORT: ['int', 'The port /metrics listens on.'],
    OTEL_EXPORTER_OTLP_ENDPOINT: ['url', 'Where traces are sent.'],
    OTEL_SERVICE_NAME_PREFIX: ['string', 'What our services are called in traces.'],
    OTEL_SERVICE_NAME_SEPARATOR: ['string', 'What stands between prefix and service.'],
  }),
  ...settingTable('later', 'Arrives with a later part; outgoing requests go straight until then.', {
    http_proxy: ['url', 'The proxy for outgoing requests.'],
    http_hidden_proxy: ['url', 'The proxy for requests to .onion.'],
    ALLOW_ACCESS_TO_HIDDEN_SERVICE: ['bool', 'Let requests go to .onion.'],
  }),
  ...settingTable('later', 'Arrives with a later part; has no effect yet.', {
    UPDATE_CHECK_URL: [
      'string',
      'Where news of releases is asked for; empty asks nobody.',
      { mayBeEmpty: true },
    ],
    EXPERIMENTAL_FEATURES: ['list', 'Features to try; `fasp` is known.'],
  }),
}
