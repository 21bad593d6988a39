const camel = (kebab: string) => kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const words = (kebab: string) => kebab.replaceAll('-', ' ')

/** The file of a verb and its test, by path. */
export function verbFiles(room: string, verb: string): Record<string, string> {
  const name = camel(verb)
  const type = name.charAt(0).toUpperCase() + name.slice(1)
  return {
    [`src/${room}/${verb}.ts`]: `import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'

export type ${type} = { targetId: number }

/** Lets \`who\` ${words(verb)}; refuses with NotFound when there is no such thing. */
export async function ${name}(app: App, who: AccountRow, what: ${type}): Promise<void> {
  await app.inTransaction(async (tx) => {
    tx.log.debug({ who: who.id, what }, '${words(verb)}')
  })
}
`,
    [`src/${room}/${verb}.test.ts`]: `import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ${name} } from '#${room}/${verb}.ts'

describe('${name}', () => {
  test('is a promise in one sentence', () => {
    assert.equal(typeof ${name}, 'function')
  })
})
`,
  }
}

/** The first files of a room, by path. */
export function roomFiles(room: string): Record<string, string> {
  const type = camel(room).replace(/^./, (letter) => letter.toUpperCase())
  return {
    [`src/${room}/README.md`]: `# ${words(room)}

Owns: which tables.

Verbs: none yet.

Laws: what is always true here.

Surprises: two things a newcomer would not expect.
`,
    [`src/${room}/${room}.ts`]: `/** The tables this room owns; app.ts joins them. */
export type ${type}Tables = Record<never, never>
`,
  }
}

/** The README of a room with the verb added to its line of verbs. */
export function readmeWithVerb(readme: string, verb: string): string {
  const name = `\`${camel(verb)}\``
  if (readme.includes(name)) return readme
  const line = /^(.*\bVerbs\b[^\n]*?)(\.?)$/im.exec(readme)
  if (!line) return `${readme.trimEnd()}\n\nVerbs: ${name}.\n`
  const before = (line[1] ?? '').replace(/\s*none yet$/, '')
  const joined = before.endsWith(':') || before.endsWith('**') ? `${before} ${name}` : `${before}, ${name}`
  return readme.replace(line[0], `${joined}${line[2]}`)
}

/** An empty migration in house style. */
export function migrationFile(name: string): string {
  return `import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createTable } from '../src/platform/database/schema.ts'

/** ${words(name).replace(/^./, (letter) => letter.toUpperCase())}. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, '${name
    .replace(/^(add|create)-/, '')
    .replace(/s$/, '')
    .replaceAll('-', '_')}', { id: 'key', created_at: 'int' })
}
`
}

/** The list of migrations with one more at its end. */
export function registered(list: string, number: string, name: string): string {
  const lastImport = [...list.matchAll(/^import \* as \w+ from '[./]+migrations\/[^']+'\n/gm)].at(-1)?.[0]
  const entries = /const migrations[^=]*= \[([\s\S]*?)\]\n/.exec(list)
  if (!lastImport || !entries) throw new Error('the list of migrations is not where it was')
  const grown = entries[0].replace(
    /,?\s*\]\n$/,
    `, { name: '${number}-${name}', migration: ${camel(name)} }]\n`,
  )
  const addition = `import * as ${camel(name)} from '../../../migrations/${number}-${name}.ts'\n`
  return list.replace(entries[0], grown).replace(lastImport, lastImport + addition)
}
