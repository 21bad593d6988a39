import { readFile } from 'node:fs/promises'
import type { Audience } from '#auth/set-up.ts'
import { audiences, isSetUp, setUp } from '#auth/set-up.ts'
import { checkConfig, explainConfig, isFault, processEnvironment } from '#platform/config.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

const GIGABYTE = 1024 ** 3

const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)

export const siteCommands: Command[] = [
  {
    name: 'serve',
    about: 'Run the server (what npm start does)',
    options: {
      port: { type: 'string', hint: 'N', about: 'the port to listen on (PORT)' },
      bind: { type: 'string', hint: 'ADDRESS', about: 'the address to listen on (BIND)' },
      socket: { type: 'string', hint: 'PATH', about: 'a unix socket to listen on instead (SOCKET)' },
    },
    run: async ({ hands, options }) => {
      for (const name of ['port', 'bind', 'socket']) {
        const value = text(options[name])
        if (value !== undefined) hands.flags[name] = value
      }
      await hands.serve()
      return 0
    },
  },
  {
    name: 'setup',
    about: 'Set the server up without a browser: domain, owner, who may join',
    options: {
      domain: { type: 'string', hint: 'NAME', about: "the handles' domain, like example.org" },
      'web-domain': { type: 'string', hint: 'NAME', about: 'where pages live, when not on the same' },
      owner: { type: 'string', hint: 'NAME', about: "the owner's name" },
      'password-file': { type: 'string', hint: 'FILE', about: "a file that holds the owner's password" },
      email: { type: 'string', hint: 'ADDRESS', about: "the owner's mail address" },
      for: { type: 'string', hint: audiences.join('|'), about: 'who the server is for (me when left out)' },
      'media-budget': { type: 'string', hint: 'GB', about: 'disk for what is kept from elsewhere' },
      yes: { type: 'boolean', about: 'do not ask' },
    },
    run: runSetUp,
  },
  {
    name: 'config show',
    about: 'Every setting with its value and where it comes from',
    run: async ({ hands }) => {
      const rows = explainConfig(hands.readConfig())
      hands.print(
        table(
          ['setting', 'value', 'from', ''],
          rows.map((row) => [row.name, row.value, row.origin, row.sentence]),
        ),
      )
      return 0
    },
  },
  {
    name: 'config check',
    about: 'Names every unknown, invalid, ignored and refused key; fails on a fault',
    run: async ({ hands }) => {
      const findings = checkConfig({ flags: hands.flags, env: processEnvironment(), cwd: process.cwd() })
      const rows = findings.map((each) => [each.level, each.key, each.origin ?? '', each.sentence])
      hands.print(
        rows.length > 0
          ? table(['', 'key', 'from', ''], rows)
          : 'Nothing is configured; every default stands.',
      )
      const faults = findings.filter(isFault)
      hands.print(faults.length > 0 ? `\n${faults.length} to mend.` : '\nNo fault.')
      return faults.length > 0 ? 1 : 0
    },
  },
]

async function runSetUp({ hands, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const config = app.config
  if (isSetUp(app)) {
    hands.print('This server is set up already; nothing was changed.')
    return 0
  }
  const audience = text(options.for) ?? config.registrations ?? 'me'
  if (!audiences.includes(audience as Audience)) throw new Misuse(`--for is one of ${audiences.join(', ')}`)
  const domain = text(options.domain) ?? (config.domainGiven ? config.localDomain : undefined)
  const ownerName = text(options.owner) ?? config.ownerUsername
  const file = text(options['password-file'])
  const password = file ? await readPassword(file) : config.ownerPassword
  if (!domain || !ownerName || !password) {
    throw new Misuse(
      'setup needs --domain, --owner and --password-file (or HYRAX_OWNER_USERNAME and the like)',
    )
  }
  const mediaBudget = budgetOf(text(options['media-budget'])) ?? config.mediaBudget
  await setUp(app, {
    domain,
    webDomain: text(options['web-domain']),
    audience: audience as Audience,
    ownerName,
    password,
    email: text(options.email) ?? config.ownerEmail,
    mediaBudget,
  })
  hands.print(
    `${domain} is set up. @${ownerName} owns it; sign in at ${app.domains.all()[0]?.origin}/auth/sign_in`,
  )
  if (!config.rateLimits)
    hands.print('Warning: RATE_LIMITS=off lets anyone guess passwords as fast as they like.')
  return 0
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw new Misuse(`--password-file cannot be read: ${(error as Error).message}`)
  }
}

/** Bytes of a number of gigabytes. */
function budgetOf(gigabytes: string | undefined): number | undefined {
  if (gigabytes === undefined) return undefined
  const number = Number(gigabytes)
  if (!(number >= 1 && number <= 1_000_000))
    throw new Misuse('--media-budget is a number of gigabytes, 1 or more')
  return Math.round(number * GIGABYTE)
}
