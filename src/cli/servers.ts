import type { App } from '#app.ts'
import type { DomainPolicyRow, Severity } from '#instance/domain-policies.ts'
import { allowDomain, disallowDomain } from '#moderation/domain-allows.ts'
import { dropDomainPolicy, readHost, setDomainPolicy } from '#moderation/domain-policies.ts'
import { domainName } from '#platform/domain-name.ts'
import { isoTime } from '#platform/times.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { blockCommands } from './server-blocks.ts'
import { healthCommands } from './server-health.ts'
import { listCommands } from './server-lists.ts'
import { table } from './table.ts'

const OPTIONS = {
  'reject-media': { type: 'boolean', about: 'fetch and show no files of it' },
  'reject-reports': { type: 'boolean', about: 'take no reports from it' },
  obfuscate: { type: 'boolean', about: 'show its name with stars where the list is public' },
  comment: { type: 'string', hint: 'TEXT', about: 'why, for everybody' },
  note: { type: 'string', hint: 'TEXT', about: 'why, for the staff' },
  'dry-run': { type: 'boolean', about: 'say what it would cost, and change nothing' },
} as const

export const serverCommands: Command[] = [
  ...healthCommands,
  deciding(
    'servers suspend',
    'Have nothing to do with a server any more: follows end, its posts are hidden',
    'suspend',
  ),
  deciding('servers limit', 'Keep what a server says to those who follow it', 'silence'),
  deciding(
    'servers note',
    'Neither limit nor suspend a server, but note something or refuse its files or reports',
    'noop',
  ),
  {
    name: 'servers free',
    about: 'Take a decision about a server back; follows that ended stay ended',
    words: ['HOST'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const host = domainName(words[0] ?? '')
      const row = await policyRow(app, host)
      if (!row) throw new Misuse(`Nothing is decided about ${words[0]}; servers list shows what is`)
      await dropDomainPolicy(app, row)
      hands.print(`${row.domain} is free again.`)
      return 0
    },
  },
  {
    name: 'servers list',
    about: 'What was decided about other servers, and which are allowed by hand',
    run: async ({ hands }) => list(await hands.openApp(), hands.print),
  },
  {
    name: 'servers allow',
    about: 'Speak with a server although federation is limited',
    words: ['HOST'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const { domain } = await allowDomain(app, readHost(app, words[0] ?? ''))
      hands.print(`${domain} is allowed.`)
      return 0
    },
  },
  {
    name: 'servers disallow',
    about: 'Take that back',
    words: ['HOST'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const { domain } = await disallowDomain(app, readHost(app, words[0] ?? ''))
      hands.print(`${domain} is allowed no more.`)
      return 0
    },
  },
  ...blockCommands,
  ...listCommands,
]

function deciding(name: string, about: string, severity: Severity): Command {
  return { name, about, words: ['HOST'], options: OPTIONS, run: (given) => decide(given, severity) }
}

async function decide({ hands, words, options }: Given, severity: Severity): Promise<number> {
  const app = await hands.openApp()
  const host = readHost(app, words[0] ?? '')
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined)
  const { accounts, follows } = await costOf(app, host)
  if (options['dry-run']) {
    hands.print(`${host} has ${accounts} accounts known here, and ${follows} follows tie them to members.`)
    return 0
  }
  await setDomainPolicy(app, host, {
    severity,
    rejectMedia: options['reject-media'] === true,
    rejectReports: options['reject-reports'] === true,
    obfuscate: options.obfuscate === true,
    privateComment: text('note'),
    publicComment: text('comment'),
  })
  hands.print(`Decided about ${host}; ${accounts} accounts known here are being marked.`)
  return 0
}

async function costOf(app: App, host: string): Promise<{ accounts: number; follows: number }> {
  const below = app.db
    .selectFrom('account')
    .where('domain_id', 'is', null)
    .where((row) => row.or([row('host', '=', host), row('host', 'like', `%.${host}`)]))
  const { n } = await below.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
  const ties = await app.db
    .selectFrom('follow')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where((row) =>
      row.or([row('account_id', 'in', below.select('id')), row('target_id', 'in', below.select('id'))]),
    )
    .executeTakeFirstOrThrow()
  return { accounts: Number(n), follows: Number(ties.n) }
}

async function policyRow(app: App, host: string | null): Promise<DomainPolicyRow | undefined> {
  return app.db
    .selectFrom('domain_policy')
    .selectAll()
    .where('domain', '=', host ?? '')
    .executeTakeFirst()
}

const NAMES = { suspend: 'suspended', silence: 'limited', noop: 'noted' }

async function list(app: App, print: (text: string) => void): Promise<number> {
  const rows = await app.db.selectFrom('domain_policy').selectAll().orderBy('domain').execute()
  const allowed = await app.db.selectFrom('domain_allow').selectAll().orderBy('domain').execute()
  const lines = rows.map((row) => [
    row.domain,
    NAMES[row.severity],
    [row.reject_media && 'no files', row.reject_reports && 'no reports'].filter(Boolean).join(', '),
    row.public_comment || row.private_comment,
    isoTime(row.created_at).slice(0, 10),
  ])
  const more = allowed.map((row) => [row.domain, 'allowed', '', '', isoTime(row.created_at).slice(0, 10)])
  const all = [...lines, ...more]
  print(
    all.length > 0
      ? table(['server', 'decision', 'besides', 'why', 'since'], all)
      : 'Nothing is decided about any server.',
  )
  return 0
}
