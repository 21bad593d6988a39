import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import pg from 'pg'
import { checkConfig, explainConfig, isFault, processEnvironment, readConfig } from './config.ts'
import { settings } from './config-schema.ts'
import { startSettings } from './config-settings-start.ts'
import type { Environment } from './config-sources.ts'
import { isPublicDomain } from './public-domain.ts'
import { generateVapidKeys } from './secrets.ts'

const root = mkdtempSync(join(tmpdir(), 'hyrax-config-'))
after(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function folderWith(files: Record<string, string> = {}): string {
  folders += 1
  const cwd = join(root, String(folders))
  mkdirSync(join(cwd, 'data'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return cwd
}
const nowhere = folderWith()
const read = (env: Environment) => readConfig({ env, cwd: nowhere })
const check = (env: Environment) => checkConfig({ env, cwd: nowhere })
const levelOf = (env: Environment, key: string) => check(env).find((finding) => finding.key === key)?.level

const MASTODON_FILE = `# Generated with mastodon:setup on 2023-02-19
LOCAL_DOMAIN=social.example
SINGLE_USER_MODE=false
SECRET_KEY_BASE=0123456789abcdef
OTP_SECRET=fedcba9876543210
DB_HOST=db
DB_PORT=5432
DB_NAME=mastodon
DB_USER=mastodon
DB_PASS='p@ss w/rd'
REDIS_HOST=redis
REDIS_PORT=6379
REDIS_PASSWORD=
SMTP_SERVER=mail.example
SMTP_PORT=25
SMTP_LOGIN=
SMTP_PASSWORD=
SMTP_AUTH_METHOD=none
SMTP_OPENSSL_VERIFY_MODE=none
SMTP_ENABLE_STARTTLS=auto
SMTP_FROM_ADDRESS=Mastodon <notifications@social.example>
OIDC_ENABLED=true
OIDC_DISPLAY_NAME=Foundation SSO
OIDC_ISSUER=https://sso.example/auth/realms/foundation
OIDC_DISCOVERY=true
OIDC_SCOPE=openid,profile,email
OIDC_UID_FIELD=preferred_username
OIDC_CLIENT_ID=mastodon
OIDC_CLIENT_SECRET=abc
OIDC_REDIRECT_URI=https://social.example/auth/auth/openid_connect/callback
OIDC_SECURITY_ASSUME_EMAIL_IS_VERIFIED=true
`

describe('reading the configuration', () => {
  it('needs nothing: files under ./data, loopback, port 3000', () => {
    const config = read({})
    assert.equal(config.dataDirectory, join(nowhere, 'data'))
    assert.deepEqual(config.database, {
      kind: 'sqlite',
      file: join(nowhere, 'data/hyrax.db'),
      durability: 'full',
    })
    assert.deepEqual(config.listen, { kind: 'port', host: '127.0.0.1', port: 3000 })
    assert.equal(config.publicOrigin, 'http://localhost:3000')
    assert.equal(config.domainGiven, false)
    assert.equal(config.rateLimits, true)
    assert.deepEqual(config.allowedPrivateAddresses, [])
    assert.ok(config.trustedProxies.includes('192.168.0.0/16'))
    assert.equal(config.vapid, undefined)
    assert.equal(config.logLevel, 'info')
    assert.equal(config.origin('PORT'), 'default')
  })

  it('lets flag win over environment, hyrax.toml, env file, stored setting and default', () => {
    const cwd = folderWith({ 'hyrax.toml': 'port = 4002', '.env.production': 'PORT=4003' })
    const bare = folderWith({ '.env.production': 'PORT=4003' })
    const stored = { PORT: '4004' }
    const from = (request: Parameters<typeof readConfig>[0]) => {
      const { listen, origin } = readConfig(request)
      return [listen.kind === 'port' && listen.port, origin('PORT')]
    }
    const env = { PORT: '4001' }
    assert.deepEqual(from({ flags: { port: '4000' }, env, cwd, stored }), [4000, 'flag'])
    assert.deepEqual(from({ env, cwd, stored }), [4001, 'environment'])
    assert.deepEqual(from({ env: {}, cwd, stored }), [4002, join(cwd, 'hyrax.toml')])
    assert.deepEqual(from({ env: {}, cwd: bare, stored }), [4003, join(bare, '.env.production')])
    assert.deepEqual(from({ env: {}, cwd: nowhere, stored }), [4004, 'stored'])
    assert.deepEqual(from({ env: {}, cwd: nowhere }), [3000, 'default'])
    assert.deepEqual(from({ env: { PORT: '' }, cwd }), [4002, join(cwd, 'hyrax.toml')])
  })

  it('takes files named by flag, and files of the data directory', () => {
    const cwd = folderWith({
      'my.toml': 'bind = "::1"',
      'my.env': 'PORT=5000',
      'data/.env.production': 'PORT=6',
    })
    const flags = { config: 'my.toml', 'env-file': 'my.env' }
    assert.deepEqual(readConfig({ flags, env: {}, cwd }).listen, { kind: 'port', host: '::1', port: 5000 })
    assert.deepEqual(readConfig({ env: {}, cwd }).listen, { kind: 'port', host: '127.0.0.1', port: 6 })
    assert.throws(
      () => readConfig({ flags: { config: 'none.toml' }, env: {}, cwd }),
      /none\.toml.*cannot be read/,
    )
    writeFileSync(join(cwd, 'my.toml'), 'bind = = 1')
    assert.throws(() => readConfig({ flags, env: {}, cwd }), /cannot be read/)
  })

  it('reads a secret from NAME_FILE, and NAME itself is stronger in the same place', () => {
    const cwd = folderWith({ pass: 'from file\n', '.env.production': 'HYRAX_OWNER_PASSWORD=weak' })
    const env = { HYRAX_OWNER_PASSWORD_FILE: 'pass' }
    assert.equal(readConfig({ env, cwd }).ownerPassword, 'from file')
    assert.equal(readConfig({ env: { ...env, HYRAX_OWNER_PASSWORD: 'said' }, cwd }).ownerPassword, 'said')
    assert.equal(
      readConfig({ flags: { 'owner-password-file': 'pass' }, env: {}, cwd }).ownerPassword,
      'from file',
    )
    assert.throws(() => readConfig({ env: { DB_PASS_FILE: 'absent' }, cwd }), /DB_PASS_FILE.*cannot be read/)
    assert.equal(checkConfig({ env: { DB_PORT_FILE: 'pass' }, cwd })[0]?.level, 'unknown')
  })

  it('reads the env file of a Mastodon as it is', () => {
    const cwd = folderWith({ '.env.production': MASTODON_FILE })
    const config = readConfig({ env: {}, cwd })
    assert.equal(config.publicOrigin, 'https://social.example')
    assert.equal(config.domainGiven, true)
    assert.deepEqual(config.database, {
      kind: 'postgres',
      url: 'postgres://mastodon:p%40ss%20w%2Frd@db:5432/mastodon',
      poolSize: 10,
      schema: 'hyrax',
    })
    assert.equal(config.findings.filter(({ level }) => level === 'unknown').length, 0)
    assert.equal(config.findings.find(({ key }) => key === 'OIDC_ISSUER')?.level, 'later')
    assert.equal(readConfig({ env: { HYRAX_DB: 'sqlite' }, cwd }).database.kind, 'sqlite')
  })

  it('is plain data that another thread can be given', () => {
    const config = read({ LOCAL_DOMAIN: 'social.example' })
    assert.equal(structuredClone(config).localDomain, 'social.example')
  })

  it('copies the environment of the process', () => {
    assert.equal(processEnvironment().PATH, process.env.PATH)
    assert.notEqual(processEnvironment(), process.env)
  })
})

describe('what follows from the settings', () => {
  it('splits handle domain and web domain, lower-case and in ASCII', () => {
    const config = read({
      LOCAL_DOMAIN: 'Bücher.Example',
      WEB_DOMAIN: 'social.bücher.example',
      ALTERNATE_DOMAINS: 'A.b, c.d',
    })
    assert.equal(config.localDomain, 'xn--bcher-kva.example')
    assert.equal(config.publicOrigin, 'https://social.xn--bcher-kva.example')
    assert.deepEqual(config.alternateDomains, ['a.b', 'c.d'])
  })

  it('speaks https of localhost only when asked to', () => {
    assert.equal(read({ LOCAL_DOMAIN: 'a.localhost:3001' }).publicOrigin, 'http://a.localhost:3001')
    assert.equal(
      read({ LOCAL_DOMAIN: 'a.localhost', LOCAL_HTTPS: 'true' }).publicOrigin,
      'https://a.localhost',
    )
    const tls = read({ LOCAL_DOMAIN: 'a.localhost', HYRAX_TLS_CERT: 'c.pem', HYRAX_TLS_KEY: 'k.pem' })
    assert.equal(tls.publicScheme, 'https')
    assert.deepEqual(tls.tls, { certFile: join(nowhere, 'c.pem'), keyFile: join(nowhere, 'k.pem') })
    assert.equal(read({ LOCAL_DOMAIN: 'a.test' }).publicScheme, 'https')
    assert.equal(read({ LOCAL_DOMAIN: 'a.test', FEDERATION_ALLOW_HTTP: 'true' }).publicScheme, 'http')
  })

  it('refuses plain http for a public domain', () => {
    const env = { LOCAL_DOMAIN: 'social.example.org', FEDERATION_ALLOW_HTTP: 'true' }
    assert.throws(() => read(env), /FEDERATION_ALLOW_HTTP .*public domain/)
    assert.equal(levelOf(env, 'FEDERATION_ALLOW_HTTP'), 'refused')
    assert.equal(read({ FEDERATION_ALLOW_HTTP: 'true' }).allowHttp, true)
  })

  it('tells public domains from those of a machine or a house', () => {
    for (const domain of ['social.org', 'a.social.org:443', '8.8.8.8', '[2606:4700::1]:80']) {
      assert.equal(isPublicDomain(domain), true, domain)
    }
    for (const domain of [
      'localhost',
      'b.localhost:1',
      'pi.local',
      'pi',
      '10.0.0.1:3000',
      '[::1]:3000',
      'x.home.arpa',
    ]) {
      assert.equal(isPublicDomain(domain), false, domain)
    }
  })

  it('replaces the trusted proxies, and listens on a socket', () => {
    assert.deepEqual(read({ TRUSTED_PROXY_IP: '10.1.0.0/16 ::1' }).trustedProxies, ['10.1.0.0/16', '::1'])
    assert.deepEqual(read({ SOCKET: 'web.sock' }).listen, { kind: 'socket', path: join(nowhere, 'web.sock') })
    assert.equal(read({ STREAMING_PORT: '4000' }).streamingPort, 4000)
  })

  it('gives the driver an address it understands the way Mastodon meant it', () => {
    const clientOf = (env: Environment) => {
      const { database } = read(env)
      assert.equal(database.kind, 'postgres')
      return new pg.Client({ connectionString: database.kind === 'postgres' ? database.url : '' })
    }
    const socket = clientOf({ DB_HOST: '/var/run/postgresql', DB_NAME: 'm', DB_PASS: 'a:b@c' })
    assert.deepEqual(
      [socket.host, socket.user, socket.password, socket.database],
      ['/var/run/postgresql', 'mastodon', 'a:b@c', 'm'],
    )
    assert.equal(clientOf({ DB_HOST: '::1' }).host, '::1')
    assert.equal(clientOf({ DB_HOST: 'db', DB_SSLMODE: 'prefer' }).ssl, false)
    assert.ok(clientOf({ DB_HOST: 'db', DB_SSLMODE: 'require' }).ssl)
    const url = clientOf({
      DATABASE_URL: 'postgresql://u:p@h:1/d?sslmode=prefer&application_name=x',
      DB_HOST: 'db',
    })
    assert.deepEqual([url.host, url.port, url.ssl], ['h', 1, false])
  })

  it('takes the web push pair, whatever its padding, when it is one', () => {
    const { publicKey, privateKey } = generateVapidKeys()
    const env = { VAPID_PUBLIC_KEY: `${publicKey}=`, VAPID_PRIVATE_KEY: `${privateKey}=` }
    assert.deepEqual(read(env).vapid, { publicKey, privateKey })
    assert.throws(
      () => read({ ...env, VAPID_PUBLIC_KEY: generateVapidKeys().publicKey }),
      /not one P-256 pair/,
    )
    assert.throws(() => read({ VAPID_PUBLIC_KEY: publicKey }), /belong together/)
  })

  it('maps what has another name here', () => {
    assert.equal(read({ LOG_LEVEL: 'warn', RAILS_LOG_LEVEL: 'debug' }).logLevel, 'debug')
    assert.equal(read({ RAILS_LOG_LEVEL: 'unknown' }).logLevel, 'info')
    assert.equal(read({ LOG_LEVEL: 'silly' }).logLevel, 'trace')
    assert.equal(read({ SIDEKIQ_CONCURRENCY: '3' }).jobsAtOnce, 30)
    assert.equal(read({ SIDEKIQ_CONCURRENCY: '3', HYRAX_JOBS_AT_ONCE: '7' }).jobsAtOnce, 7)
    assert.equal(read({ HYRAX_DOMAIN: 'a.example' }).localDomain, 'a.example')
    assert.equal(levelOf({ SIDEKIQ_CONCURRENCY: '3' }, 'SIDEKIQ_CONCURRENCY'), 'mapped')
  })

  it('warns of what should not be left on', () => {
    const env = {
      RATE_LIMITS: 'off',
      FEDERATION_ALLOW_HTTP: 'true',
      ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8',
    }
    assert.equal(read(env).warnings.length, 3)
    assert.equal(read({}).warnings.length, 0)
  })
})

describe('checking the configuration', () => {
  it('has a fate for every kind of variable', () => {
    assert.equal(levelOf({ PORT: '3000' }, 'PORT'), 'ok')
    assert.equal(levelOf({ BULK_SMTP_SERVER: 'x' }, 'BULK_SMTP_SERVER'), 'later')
    assert.equal(levelOf({ RAILS_LOG_LEVEL: 'info' }, 'RAILS_LOG_LEVEL'), 'mapped')
    assert.equal(levelOf({ MAX_THREADS: '5' }, 'MAX_THREADS'), 'ignored')
    assert.equal(levelOf({ HYRAX_COLOUR: 'x' }, 'HYRAX_COLOUR'), 'unknown')
    assert.equal(levelOf({ PORT: 'x' }, 'PORT'), 'invalid')
    for (const [key, value] of Object.entries({
      S3_SIGNATURE_VERSION: 'v2',
      SWIFT_ENABLED: 'true',
      AZURE_ENABLED: 'TRUE',
      PAM_ENABLED: 'true',
      SELF_DESTRUCT: 'x',
    })) {
      assert.equal(levelOf({ [key]: value }, key), 'refused', key)
    }
    assert.equal(levelOf({ PAM_ENABLED: 'false' }, 'PAM_ENABLED'), 'ignored')
    assert.equal(levelOf({ S3_SIGNATURE_VERSION: 'v4' }, 'S3_SIGNATURE_VERSION'), 'ignored')
  })

  it('counts invalid and refused as faults, and readConfig names all of them', () => {
    const env = { PORT: '70000', ALLOWED_PRIVATE_ADDRESSES: '10.0.0.0/99', LOCAL_DOMAIN: 'https://a.b/' }
    assert.equal(check(env).filter(isFault).length, 3)
    for (const part of [/PORT .*at most 65535/, /ADDRESSES .*10\.0\.0\.0\/8/, /LOCAL_DOMAIN .*host name/]) {
      assert.throws(() => read(env), part)
    }
    assert.equal(check({ SINGLE_USER_MODE: 'maybe' }).filter(isFault).length, 1)
    assert.equal(check({ DB_SYNCHRONOUS: 'sometimes' }).filter(isFault).length, 1)
    assert.equal(check({ HYRAX_MEDIA_BUDGET: '10 GB' }).filter(isFault).length, 0)
    assert.equal(check({ HYRAX_COLOUR: 'x', BULK_SMTP_PORT: 'x' }).filter(isFault).length, 0)
  })

  it('reports every unknown key of a file, of the environment only what looks like ours', () => {
    const cwd = folderWith({ '.env.production': 'COLOUR=blue\nPATH=/bin\nOTEL_TRACES=1\nnonsense\n' })
    const findings = checkConfig({ env: { COLOUR: 'red', DB_COLOUR: 'red', PATH: '/bin', CI: '1' }, cwd })
    assert.deepEqual(
      findings.map(({ key, level, origin }) => [key === origin ? 'file' : key, level]),
      [
        ['file', 'unknown'],
        ['DB_COLOUR', 'unknown'],
        ['COLOUR', 'unknown'],
        ['PATH', 'ignored'],
        ['OTEL_TRACES', 'later'],
      ],
    )
  })

  it('says which of two values is not used', () => {
    const cwd = folderWith({ '.env.production': 'PORT=oops' })
    const findings = checkConfig({ env: { PORT: '1' }, cwd })
    assert.match(
      findings.find(({ origin }) => origin !== 'environment')?.sentence ?? '',
      /Not used: PORT \(environment\)/,
    )
    assert.equal(findings.some(isFault), false)
  })
})

describe('explaining the configuration', () => {
  it('gives each setting with value and origin, and no secret', () => {
    const config = read({ DATABASE_URL: 'postgres://u:hunter2@h/d', PORT: '1', ALTERNATE_DOMAINS: 'a.b c.d' })
    const rows = explainConfig(config)
    const row = (name: string) => rows.find((one) => one.name === name)
    const known = Object.values(settings).filter(({ fate }) => fate === 'supported')
    assert.equal(rows.length, known.length)
    assert.deepEqual([row('PORT')?.value, row('PORT')?.origin], ['1', 'environment'])
    assert.equal(row('ALTERNATE_DOMAINS')?.value, 'a.b, c.d')
    assert.equal(row('BIND')?.origin, 'default')
    assert.equal(JSON.stringify(rows).includes('hunter2'), false)
  })

  it('has one sentence for every setting, and a target for every alias', () => {
    for (const [name, { sentence, to }] of Object.entries(settings)) {
      assert.match(sentence, /\.$/, name)
      if (to) assert.ok(Object.hasOwn(startSettings, to), name)
    }
  })
})
