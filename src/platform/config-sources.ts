import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FileReading } from './config-files.ts'
import { parseEnvFile, parseToml } from './config-files.ts'
import { exactName, looseName, settings } from './config-schema.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a configuration is read from; relative paths are meant from `cwd`. */
export type ConfigRequest = {
  /** Settings given on the command line: `{ port: '3000', 'env-file': 'x' }`. */
  flags?: Readonly<Record<string, string | number | boolean | undefined>>
  env: Environment
  cwd: string
  /** Settings kept in the database, by name. */
  stored?: Environment
}

/** One place that gives settings; sources are listed from the strongest to the weakest. */
export type Source = {
  origin: string
  kind: 'flag' | 'environment' | 'file' | 'stored'
  entries: [key: string, text: string][]
  nameOf(key: string): string | undefined
  /** What was wrong with the place itself; a fault keeps the server from starting. */
  problems: { fault: boolean; sentence: string }[]
}

/** Gathers flags, environment, hyrax.toml, env file and stored settings, strongest first. */
export function readSources(request: ConfigRequest): Source[] {
  const { flags = {}, env, cwd, stored = {} } = request
  const flagSource = source('flag', 'flag', textEntries(flags), looseName)
  const envSource = source('environment', 'environment', textEntries(env), exactName)
  const above = [flagSource, envSource]
  const toml = fileSource(above, cwd, 'HYRAX_CONFIG', 'hyrax.toml', parseToml, looseName)
  if (toml) above.push(toml)
  const parseEnv = (text: string) => parseEnvFile(text, env)
  const envFile = fileSource(above, cwd, 'HYRAX_ENV_FILE', '.env.production', parseEnv, exactName)
  if (envFile) above.push(envFile)
  return [...above, source('stored', 'stored', textEntries(stored), looseName)]
}

const textEntries = (values: Readonly<Record<string, unknown>>): [string, string][] =>
  Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))

function source(
  origin: string,
  kind: Source['kind'],
  entries: Source['entries'],
  nameOf: Source['nameOf'],
  problems: Source['problems'] = [],
): Source {
  return { origin, kind, entries, nameOf, problems }
}

function given(sources: Source[], name: string): string | undefined {
  for (const { entries, nameOf } of sources) {
    const entry = entries.find(([key, text]) => text !== '' && nameOf(key) === name)
    if (entry) return entry[1]
  }
  return undefined
}

/** The file that a setting names, else the one of the usual name beside us or in the data directory. */
function fileSource(
  above: Source[],
  cwd: string,
  setting: string,
  usualName: string,
  parse: (text: string) => FileReading,
  nameOf: Source['nameOf'],
): Source | undefined {
  const named = given(above, setting)
  const dataDirectory = resolve(cwd, given(above, 'HYRAX_DATA') ?? String(settings.HYRAX_DATA?.default))
  const usual = [resolve(cwd, usualName), resolve(dataDirectory, usualName)]
  const file = named === undefined ? usual.find((path) => existsSync(path)) : resolve(cwd, named)
  if (file === undefined) return undefined
  try {
    const { values, problems } = parse(readFileSync(file, 'utf8'))
    const said = problems.map(({ line, sentence }) => ({
      fault: false,
      sentence: line > 0 ? `Line ${line}: ${sentence}` : sentence,
    }))
    return source(file, 'file', Object.entries(values), nameOf, said)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return source(file, 'file', [], nameOf, [{ fault: true, sentence: `The file cannot be read: ${reason}` }])
  }
}
