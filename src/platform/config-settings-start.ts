import type { Setting } from './config-setting.ts'
import { federationSettings } from './config-settings-federation.ts'

/** Who we are and how the world reaches us. */
const place = {
  LOCAL_DOMAIN: {
    type: 'domain',
    fate: 'supported',
    folded: true,
    sentence: 'The domain of the handles (@name@domain); fixed once the first activity has left.',
  },
  WEB_DOMAIN: {
    type: 'domain',
    fate: 'supported',
    folded: true,
    sentence: 'The host that serves pages and documents, when it is not LOCAL_DOMAIN.',
  },
  ALTERNATE_DOMAINS: {
    type: 'domains',
    fate: 'supported',
    sentence: 'Other hosts that mean this server.',
  },
  LOCAL_HTTPS: {
    type: 'bool',
    fate: 'supported',
    folded: true,
    sentence: 'Write https into our own addresses even on localhost (a proxy in front speaks TLS).',
  },
  SINGLE_USER_MODE: {
    type: 'bool',
    fate: 'supported',
    sentence:
      'One person lives here: the front page is their profile and nobody signs up. Stronger than what was chosen at setup.',
  },
  HYRAX_SOURCE_URL: {
    type: 'url',
    fate: 'supported',
    sentence:
      'Where the source of this very program can be had, for the link at the foot of each page; give it when you changed the program (AGPL, section 13).',
  },
  DEFAULT_LOCALE: {
    type: 'string',
    default: 'en',
    fate: 'supported',
    sentence: 'The language of those who asked for none that we have.',
  },
  STREAMING_API_BASE_URL: {
    type: 'url',
    fate: 'supported',
    sentence: 'The address of the streaming API told to apps, when it is not WEB_DOMAIN.',
  },
  HYRAX_OWNER_USERNAME: {
    type: 'string',
    fate: 'supported',
    sentence: "Unattended setup: the owner's user name.",
  },
  HYRAX_OWNER_PASSWORD: {
    type: 'secret',
    fate: 'supported',
    sentence: "Unattended setup: the owner's password.",
  },
  HYRAX_OWNER_EMAIL: {
    type: 'string',
    fate: 'supported',
    sentence: "Unattended setup: the owner's mail address, if there is one.",
  },
  HYRAX_REGISTRATIONS: {
    type: 'enum',
    values: ['me', 'invited', 'approval', 'open'],
    fate: 'supported',
    sentence: 'Unattended setup: who the server is for.',
  },
  HYRAX_MEDIA_BUDGET: {
    type: 'bytes',
    fate: 'supported',
    sentence: "Unattended setup: how much disk other people's media may use, such as 10 GB.",
  },
} as const satisfies Record<string, Setting>

/** Where it listens and whom it trusts. */
const network = {
  BIND: {
    type: 'string',
    default: '127.0.0.1',
    fate: 'supported',
    folded: true,
    sentence: 'The address to listen on.',
  },
  PORT: {
    type: 'int',
    default: 3000,
    min: 0,
    max: 65535,
    fate: 'supported',
    folded: true,
    sentence: 'The port to listen on; 0 takes a free one.',
  },
  SOCKET: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence: 'A unix socket to listen on instead of BIND and PORT.',
  },
  STREAMING_PORT: {
    type: 'int',
    min: 0,
    max: 65535,
    fate: 'supported',
    sentence: 'A second port for proxies that send streaming elsewhere; it answers like the first.',
  },
  HYRAX_TLS_CERT: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence:
      'A certificate chain (PEM) for TLS without a proxy: the port speaks https alone. Read again on SIGHUP, after a renewal.',
  },
  HYRAX_TLS_KEY: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence: 'The private key (PEM) of HYRAX_TLS_CERT.',
  },
  TRUSTED_PROXY_IP: {
    type: 'cidrs',
    fate: 'supported',
    folded: true,
    sentence: 'Proxies whose X-Forwarded-For is believed; replaces loopback and the private ranges.',
  },
  ALLOWED_PRIVATE_ADDRESSES: {
    type: 'cidrs',
    fate: 'supported',
    sentence: 'Private addresses that outgoing requests may reach all the same.',
  },
  FEDERATION_ALLOW_HTTP: {
    type: 'bool',
    fate: 'supported',
    folded: true,
    sentence: 'Speak plain http to other servers (test machines only; refused for a public domain).',
  },
  MAX_REQUEST_POOL_SIZE: {
    type: 'int',
    default: 512,
    min: 1,
    fate: 'supported',
    sentence: 'How many outgoing connections may be open at once.',
  },
  NODE_EXTRA_CA_CERTS: {
    type: 'path',
    fate: 'supported',
    sentence: 'Further certificate authorities to trust (PEM); read by Node from the environment only.',
  },
  RATE_LIMITS: {
    type: 'bool',
    default: true,
    fate: 'supported',
    sentence: 'Rate limits of the API and of sign-in; `off` is for load tests.',
  },
} as const satisfies Record<string, Setting>

/** Where things are kept. */
const keeping = {
  HYRAX_DATA: {
    type: 'path',
    default: './data',
    fate: 'supported',
    folded: true,
    sentence: 'The data directory: database, media, secrets.',
  },
  FFMPEG_BINARY: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence:
      'The ffmpeg to run; found on the PATH when left out. Without one, films are taken as they come.',
  },
  FFPROBE_BINARY: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence: 'The ffprobe to run; found on the PATH when left out.',
  },
  HYRAX_DB: {
    type: 'enum',
    values: ['sqlite', 'postgres'],
    fate: 'supported',
    folded: true,
    sentence: 'Which database, whatever DATABASE_URL and DB_HOST suggest.',
  },
  HYRAX_DB_SCHEMA: {
    type: 'string',
    default: 'hyrax',
    fate: 'supported',
    folded: true,
    sentence: 'The PostgreSQL schema that is ours.',
  },
  DB_SYNCHRONOUS: {
    type: 'enum',
    values: ['full', 'normal', 'off'],
    default: 'full',
    fate: 'supported',
    folded: true,
    sentence: 'SQLite: `full` keeps what was acknowledged even through a power cut.',
  },
  DATABASE_URL: {
    type: 'secret',
    fate: 'supported',
    folded: true,
    sentence: 'A PostgreSQL address; wins over DB_HOST and the rest, and selects PostgreSQL.',
  },
  DB_HOST: {
    type: 'string',
    fate: 'supported',
    folded: true,
    sentence: 'Host or socket directory of PostgreSQL; selects it (HYRAX_DB=sqlite keeps the file instead).',
  },
  DB_PORT: {
    type: 'int',
    default: 5432,
    min: 1,
    max: 65535,
    fate: 'supported',
    folded: true,
    sentence: 'The port of PostgreSQL.',
  },
  DB_NAME: {
    type: 'string',
    default: 'mastodon_production',
    fate: 'supported',
    folded: true,
    sentence: 'The database in PostgreSQL; we use a schema of our own in it.',
  },
  DB_USER: {
    type: 'string',
    default: 'mastodon',
    fate: 'supported',
    folded: true,
    sentence: 'The role in PostgreSQL.',
  },
  DB_PASS: { type: 'secret', fate: 'supported', folded: true, sentence: 'The password of DB_USER.' },
  DB_SSLMODE: {
    type: 'enum',
    values: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
    default: 'prefer',
    fate: 'supported',
    folded: true,
    sentence: 'TLS to PostgreSQL: up to `prefer` none, `require` without and `verify-…` with verification.',
  },
  DB_POOL: {
    type: 'int',
    default: 10,
    min: 1,
    fate: 'supported',
    folded: true,
    sentence: 'How many connections to PostgreSQL may be open.',
  },
  VAPID_PRIVATE_KEY: {
    type: 'secret',
    fate: 'supported',
    folded: true,
    sentence: 'The key of web push; must be kept, or every subscription breaks.',
  },
  VAPID_PUBLIC_KEY: {
    type: 'string',
    fate: 'supported',
    folded: true,
    sentence: 'The public half of VAPID_PRIVATE_KEY.',
  },
} as const satisfies Record<string, Setting>

/** How it runs. */
const running = {
  HYRAX_CONFIG: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence: 'The file of settings in TOML; ./hyrax.toml or the one in the data directory when left out.',
  },
  HYRAX_ENV_FILE: {
    type: 'path',
    fate: 'supported',
    folded: true,
    sentence: 'The env file; ./.env.production or the one in the data directory when left out.',
  },
  LOG_LEVEL: {
    type: 'enum',
    values: ['silly', 'trace', 'verbose', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
    fate: 'supported',
    folded: true,
    sentence: 'How much is logged.',
  },
  HYRAX_JOBS_AT_ONCE: {
    type: 'int',
    default: 50,
    min: 1,
    fate: 'supported',
    sentence: 'How many jobs run at the same time, those of all queues together.',
  },
  HYRAX_NOTIFICATION_DAYS: {
    type: 'int',
    default: 180,
    min: 1,
    fate: 'supported',
    sentence: 'For how many days notifications are kept; of one member at most the newest 10,000.',
  },
} as const satisfies Record<string, Setting>

/** Settings that take effect now: `Config` is inferred from them. */
export const startSettings = { ...place, ...network, ...keeping, ...running, ...federationSettings }
