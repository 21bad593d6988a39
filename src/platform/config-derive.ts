import { createECDH } from 'node:crypto'
import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { SettingValues } from './config-schema.ts'
import type { DatabaseChoice } from './database/open.ts'
import { isLoopbackDomain, isPublicDomain } from './public-domain.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
export type Listen = { kind: 'port'; host: string; port: number } | { kind: 'socket'; path: string }

/** What follows from several settings together. */
export type Derived = {
  dataDirectory: string
  database: DatabaseChoice
  listen: Listen
  /** Files of our own certificate, when the server speaks TLS itself. */
  tls: { certFile: string; keyFile: string } | undefined
  /** The handles' domain, lower-case ASCII, with port if any; `localhost:3000` until one is given. */
  localDomain: string
  /** The host that serves pages and documents; equal to `localDomain` unless the domain is split. */
  webDomain: string
  /** Whether somebody said LOCAL_DOMAIN; otherwise setup asks. */
  domainGiven: boolean
  publicScheme: 'http' | 'https'
  /** `https://` + webDomain, without a slash at the end. */
  publicOrigin: string
  /** Whether we may speak plain http to other servers. */
  allowHttp: boolean
  trustedProxies: string[]
  /** The web push pair, when it was given; otherwise secrets.json has one. */
  vapid: { publicKey: string; privateKey: string } | undefined
  logLevel: LogLevel
  /** What makes films and sounds playable everywhere, where the machine has it. */
  ffmpeg: { ffmpeg: string; ffprobe: string } | undefined
}

export type Fault = { key: string; level: 'invalid' | 'refused'; sentence: string }

/** Everything `derive` may look at: values that take effect, and the mapped one that is not a mere alias. */
export type Inputs = SettingValues & { RAILS_LOG_LEVEL?: string }

const TRUSTED_BY_DEFAULT = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
]

/** Draws the conclusions; what contradicts itself is told in `faults`. */
export function derive(values: Inputs, cwd: string, path = ''): { derived: Derived; faults: Fault[] } {
  const dataDirectory = resolve(cwd, values.HYRAX_DATA)
  const listen: Listen =
    values.SOCKET === undefined
      ? { kind: 'port', host: values.BIND, port: values.PORT }
      : { kind: 'socket', path: resolve(cwd, values.SOCKET) }
  const { HYRAX_TLS_CERT: cert, HYRAX_TLS_KEY: key, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = values
  const derived: Derived = {
    ...derivePlace(values, listen),
    dataDirectory,
    database: deriveDatabase(values, dataDirectory),
    listen,
    tls: cert && key ? { certFile: resolve(cwd, cert), keyFile: resolve(cwd, key) } : undefined,
    allowHttp: values.FEDERATION_ALLOW_HTTP,
    trustedProxies: values.TRUSTED_PROXY_IP.length > 0 ? values.TRUSTED_PROXY_IP : TRUSTED_BY_DEFAULT,
    vapid:
      VAPID_PUBLIC_KEY && VAPID_PRIVATE_KEY
        ? { publicKey: urlSafe(VAPID_PUBLIC_KEY), privateKey: urlSafe(VAPID_PRIVATE_KEY) }
        : undefined,
    logLevel: deriveLogLevel(values.LOG_LEVEL, values.RAILS_LOG_LEVEL),
    ffmpeg: findFfmpeg(values, cwd, path),
  }
  return { derived, faults: contradictions(values, derived) }
}

function findFfmpeg(values: Inputs, cwd: string, path: string): Derived['ffmpeg'] {
  const find = (name: string, given: string | undefined) => {
    if (given !== undefined) return existsSync(resolve(cwd, given)) ? resolve(cwd, given) : undefined
    const folders = path.split(delimiter).filter((folder) => folder !== '')
    return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
  }
  const ffmpeg = find('ffmpeg', values.FFMPEG_BINARY)
  const ffprobe = find('ffprobe', values.FFPROBE_BINARY)
  return ffmpeg && ffprobe ? { ffmpeg, ffprobe } : undefined
}

function derivePlace(values: Inputs, listen: Listen) {
  const unnamed = listen.kind === 'port' && listen.port > 0 ? `localhost:${listen.port}` : 'localhost'
  const localDomain = values.LOCAL_DOMAIN ?? unnamed
  const webDomain = values.WEB_DOMAIN ?? localDomain
  const secure = values.LOCAL_HTTPS || values.HYRAX_TLS_CERT !== undefined
  const plain = !secure && (isLoopbackDomain(webDomain) || values.FEDERATION_ALLOW_HTTP)
  const publicScheme: 'http' | 'https' = plain ? 'http' : 'https'
  return {
    localDomain,
    webDomain,
    domainGiven: values.LOCAL_DOMAIN !== undefined,
    publicScheme,
    publicOrigin: `${publicScheme}://${webDomain}`,
  }
}

function deriveDatabase(values: Inputs, dataDirectory: string): DatabaseChoice {
  const chosen = values.HYRAX_DB ?? (values.DATABASE_URL || values.DB_HOST ? 'postgres' : 'sqlite')
  if (chosen === 'sqlite') {
    return { kind: 'sqlite', file: resolve(dataDirectory, 'hyrax.db'), durability: values.DB_SYNCHRONOUS }
  }
  return {
    kind: 'postgres',
    url: postgresUrl(values),
    poolSize: values.DB_POOL,
    schema: values.HYRAX_DB_SCHEMA,
  }
}

// The driver has no "try TLS, else go without", and its `require` verifies where libpq's does not.
const DRIVER_SSLMODE: Record<string, string | undefined> = {
  require: 'no-verify',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
}

function postgresUrl(values: Inputs): string {
  const [base = '', query] = (values.DATABASE_URL ?? addressFromParts(values)).split('?', 2)
  const params = new URLSearchParams(query)
  const mode = params.get('sslmode') ?? values.DB_SSLMODE
  const driverMode = params.has('sslrootcert') ? mode : mode === 'no-verify' ? mode : DRIVER_SSLMODE[mode]
  params.delete('sslmode')
  if (driverMode) params.set('sslmode', driverMode)
  return params.size > 0 ? `${base}?${params}` : base
}

function addressFromParts(values: Inputs): string {
  const { DB_HOST: host = 'localhost', DB_PORT: port } = values
  const password = values.DB_PASS === undefined ? '' : `:${encodeURIComponent(values.DB_PASS)}`
  const role = encodeURIComponent(values.DB_USER) + password
  const database = encodeURIComponent(values.DB_NAME)
  if (host.startsWith('/'))
    return `postgres://${role}@/${database}?host=${encodeURIComponent(host)}&port=${port}`
  return `postgres://${role}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`
}

const LOUDNESS: LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const OTHER_LEVELS: Record<string, LogLevel> = { silly: 'trace', verbose: 'debug', unknown: 'fatal' }

function deriveLogLevel(level: string, railsLevel: string | undefined): LogLevel {
  const known = [level, railsLevel ?? level].map((name) =>
    LOUDNESS.indexOf(OTHER_LEVELS[name] ?? (name as LogLevel)),
  )
  return LOUDNESS[Math.min(...known)] ?? 'info'
}

function contradictions(values: Inputs, derived: Derived): Fault[] {
  const faults: Fault[] = []
  const add = (key: string, level: Fault['level'], sentence: string) => faults.push({ key, level, sentence })
  if (values.FEDERATION_ALLOW_HTTP && [derived.localDomain, derived.webDomain].some(isPublicDomain)) {
    add(
      'FEDERATION_ALLOW_HTTP',
      'refused',
      'Plain http between servers is for test machines, not a public domain.',
    )
  }
  if (values.WEB_DOMAIN && !values.LOCAL_DOMAIN)
    add('WEB_DOMAIN', 'invalid', 'WEB_DOMAIN needs LOCAL_DOMAIN as well.')
  if (!values.HYRAX_TLS_CERT !== !values.HYRAX_TLS_KEY) {
    add('HYRAX_TLS_CERT', 'invalid', 'HYRAX_TLS_CERT and HYRAX_TLS_KEY belong together.')
  }
  if (values.DATABASE_URL && !/^postgres(ql)?:\/\//.test(values.DATABASE_URL)) {
    add('DATABASE_URL', 'invalid', 'DATABASE_URL must begin with postgres://.')
  }
  if (!/^[a-z_][a-z0-9_]*$/.test(values.HYRAX_DB_SCHEMA)) {
    add('HYRAX_DB_SCHEMA', 'invalid', 'HYRAX_DB_SCHEMA must be a plain lower-case name.')
  }
  if (!values.VAPID_PUBLIC_KEY !== !values.VAPID_PRIVATE_KEY) {
    add('VAPID_PRIVATE_KEY', 'invalid', 'VAPID_PRIVATE_KEY and VAPID_PUBLIC_KEY belong together.')
  }
  if (derived.vapid && !isKeyPair(derived.vapid)) {
    add('VAPID_PRIVATE_KEY', 'invalid', 'VAPID_PRIVATE_KEY and VAPID_PUBLIC_KEY are not one P-256 pair.')
  }
  return faults
}

const urlSafe = (key: string) => key.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

function isKeyPair(pair: { publicKey: string; privateKey: string }): boolean {
  try {
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(Buffer.from(pair.privateKey, 'base64url'))
    return ecdh.getPublicKey('base64url') === pair.publicKey
  } catch {
    return false
  }
}

/** What works as asked but should not be left on, one sentence each; told at every start. */
export function warningsOf(values: SettingValues): string[] {
  const warnings: string[] = []
  if (!values.RATE_LIMITS) warnings.push('RATE_LIMITS is off: passwords can be guessed at full speed.')
  if (values.FEDERATION_ALLOW_HTTP)
    warnings.push('FEDERATION_ALLOW_HTTP is on: anybody between two servers reads along.')
  if (values.ALLOWED_PRIVATE_ADDRESSES.length > 0) {
    const ranges = values.ALLOWED_PRIVATE_ADDRESSES.join(', ')
    warnings.push(`ALLOWED_PRIVATE_ADDRESSES lets strangers make this server ask ${ranges}.`)
  }
  return warnings
}
