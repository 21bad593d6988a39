import { z } from 'zod'
import type { Command } from '../../src/cli/command.ts'
import { helpOf } from '../../src/cli/command.ts'
import type { Setting } from '../../src/platform/config-setting.ts'
import type { Endpoint } from '../../src/platform/http/endpoint.ts'
import type { Consequence, CronEntry, Happening, Job } from '../../src/platform/jobs/declare.ts'

const notice = 'Printed from the declarations by `npm run docs`; not written by hand.'

function page(title: string, lead: string, ...parts: string[]): string {
  return `${[`# ${title}`, notice, lead, ...parts].filter(Boolean).join('\n\n')}\n`
}

function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (text: string) => `\`${text}\``

/** The names a schema takes, optional ones with `?`; several forms are joined. */
export function fieldsOf(schema: z.ZodType | undefined): string {
  if (!schema) return ''
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return [...new Set(namesIn(described))].join(', ')
}

type JsonSchema = {
  properties?: Record<string, JsonSchema>
  required?: string[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
}

function namesIn(schema: JsonSchema): string[] {
  const own = Object.keys(schema.properties ?? {})
  const named = own.map((name) => code(schema.required?.includes(name) ? name : `${name}?`))
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return [...named, ...inner.flatMap(namesIn)]
}

/** docs/reference/api.md */
export function apiPage(endpoints: readonly Endpoint[]): string {
  const files = [...Map.groupBy(endpoints, ({ source }) => source.replace(/:\d+$/, ''))]
  const needs = ({ scope, ifToken }: Endpoint) => {
    const scopes = typeof scope === 'string' ? scope : scope.join(' or ')
    return ifToken ? `${scopes} (with a token: ${[ifToken].flat().join(' or ')})` : scopes
  }
  const takes = ({ query, body }: Endpoint) => [fieldsOf(query), fieldsOf(body)].filter(Boolean).join('; ')
  const parts = files.map(([file, list]) => {
    const rows = list.map((each) => [
      code(each.route),
      needs(each),
      each.summary,
      takes(each),
      each.limit ?? '',
    ])
    return `## ${file}\n\n${table(['route', 'needs', 'what it does', 'takes', 'rate family'], rows)}`
  })
  const lead =
    'Routes in the order they are matched. *Needs*: `public` answers without a token, `app` wants any token, ' +
    'else a token with the scope. The same as OpenAPI: `/api/openapi.json`.'
  return page(`API: ${endpoints.length} routes`, lead, ...parts)
}

const fates: readonly [Setting['fate'], string][] = [
  ['supported', 'Take effect'],
  ['mapped', 'Understood as another setting'],
  ['later', 'Known, without effect in this version'],
  ['refused', 'Refused: the server does not start with them'],
  ['ignored', 'Ignored, and why'],
]

/** docs/reference/settings.md */
export function settingsPage(settings: Readonly<Record<string, Setting>>): string {
  const parts = fates.map(([fate, title]) => {
    const rows = Object.entries(settings)
      .filter(([, setting]) => setting.fate === fate)
      .map(([name, setting]) => [code(name), typeOf(setting), defaultOf(setting), setting.sentence])
    return rows.length === 0 ? '' : `## ${title}\n\n${table(['name', 'type', 'default', 'meaning'], rows)}`
  })
  const lead =
    'A flag goes before the environment, the environment before a file (`hyrax.toml`, `.env.production`), a file ' +
    'before a stored setting, that before the default. A secret may also be given as `NAME_FILE`. `hyrax config ' +
    'show` tells where each value came from.'
  return page('Settings', lead, ...parts)
}

function typeOf({ type, values, to }: Setting): string {
  if (to) return `→ ${code(to)}`
  return values ? values.map(code).join(', ') : type
}

const defaultOf = (setting: Setting) => (setting.default === undefined ? '' : code(String(setting.default)))

/** docs/reference/happenings.md */
export function happeningsPage(
  happenings: readonly Happening<unknown>[],
  consequences: readonly Consequence[],
): string {
  const rows = happenings.map(({ name, payload }) => {
    const follows = consequences
      .filter(({ happening }) => happening.name === name)
      .flatMap(({ effects }) => effects)
    return [name, fieldsOf(payload), follows.map((effect) => `${effect.name} (${effect.type})`).join('<br>')]
  })
  const lead =
    'What can happen, what is known about it, and what follows. `now`: in the same transaction; `live`: after it, ' +
    'may be lost; `later`: owed, tried again until done.'
  return page('Happenings', lead, table(['happening', 'carries', 'what follows'], rows))
}

/** docs/reference/jobs.md */
export function jobsPage(
  own: readonly Job<unknown>[],
  consequences: readonly Consequence[],
  cron: readonly CronEntry[],
): string {
  const following = consequences.flatMap(({ effects }) => effects).filter((effect) => effect.type === 'later')
  const jobs = [...new Map([...own, ...following].map((job) => [job.name, job])).values()]
  jobs.sort((a, b) => a.queue.localeCompare(b.queue) || a.name.localeCompare(b.name))
  const rows = jobs.map(({ name, queue, tries, payload }) => [name, queue, String(tries), fieldsOf(payload)])
  const times = cron.map(({ name, when }) => [
    name,
    'at' in when ? `daily at ${when.at}` : `every ${span(when.every)}`,
  ])
  return page(
    'Jobs',
    'Work that is owed and stored, by queue; then what runs by the clock.',
    `## Owed\n\n${table(['job', 'queue', 'tries', 'payload'], rows)}`,
    `## By the clock\n\n${table(['what', 'when'], times)}`,
  )
}

function span(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ]
  const [name, size] = units.find(([, length]) => ms >= length && ms % length === 0) ?? ['ms', 1]
  return `${ms / size} ${name}`
}

/** docs/reference/commands.md */
export function commandsPage(commands: readonly Command[]): string {
  const parts = commands.map(
    (command) => `## ${command.name}\n\n\`\`\`text\n${helpOf(command, 'hyrax')}\n\`\`\``,
  )
  return page('Commands', 'From a clone: `npm run hyrax -- COMMAND`. Also installed as `tootctl`.', ...parts)
}
