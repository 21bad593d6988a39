import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Derived, Fault, Inputs } from './config-derive.ts'
import { derive, warningsOf } from './config-derive.ts'
import type { PlainValues, SettingName } from './config-schema.ts'
import { propertyOf, settings } from './config-schema.ts'
import type { Setting } from './config-setting.ts'
import { ourPrefixes, settingFamilies } from './config-settings-ignored.ts'
import type { ConfigRequest, Environment, Source } from './config-sources.ts'
import { readSources } from './config-sources.ts'
import type { SettingValue } from './config-values.ts'
import { parseSetting } from './config-values.ts'
import { invalid } from './errors.ts'

export type FindingLevel = 'ok' | 'unknown' | 'invalid' | 'ignored' | 'refused' | 'later' | 'mapped'

/** What is to be said of one key of one place. */
export type Finding = { key: string; level: FindingLevel; sentence: string; origin: string }

/** The settings of this run: plain data but for `origin`, so that it can be sent to another thread. */
export type Config = PlainValues &
  Derived & {
    /** Every setting that takes effect, by name, with where its value comes from. */
    resolved: Record<string, { value: SettingValue | undefined; origin: string }>
    findings: Finding[]
    warnings: string[]
    /** `flag`, `environment`, a file's path, `stored` or `default`; lost in a copy sent to another thread. */
    origin(name: SettingName): string
  }

/** One line of `config show`. */
export type Explanation = { name: string; value: string; origin: string; sentence: string }

/** A copy of the environment of the process; nothing else reads it. */
export const processEnvironment = (): Environment => ({ ...process.env })

/** Reads the configuration; throws a refusal that names every fault when there is one. */
export function readConfig(request: ConfigRequest): Config {
  const { config, findings } = interpret(request)
  const faults = findings.filter(isFault)
  if (faults.length === 0) return config
  throw invalid(faults.map(({ key, sentence, origin }) => `${key} (${origin}): ${sentence}`).join('\n'))
}

/** Tells what becomes of every key that was given; never throws for what it finds. */
export const checkConfig = (request: ConfigRequest): Finding[] => interpret(request).findings

/** Whether a finding keeps the server from starting. */
export const isFault = ({ level }: Finding): boolean => level === 'invalid' || level === 'refused'

/** Every setting that takes effect with its value and origin; secrets are masked. */
export const explainConfig = (config: Config): Explanation[] =>
  Object.entries(config.resolved).map(([name, { value, origin }]) => ({
    name,
    value: shown(settings[name], value),
    origin,
    sentence: settings[name]?.sentence ?? '',
  }))

function shown(setting: Setting | undefined, value: SettingValue | undefined): string {
  if (value === undefined) return ''
  if (setting?.type === 'secret') return '********'
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** One text for a setting; `named` is the setting it was given as, which may be an alias of the one it is for. */
type Given = {
  key: string
  named: string
  fromFile: boolean
  text: string
  origin: string
  layer: number
  fault?: string
}

function interpret(request: ConfigRequest): { config: Config; findings: Finding[] } {
  const sources = readSources(request)
  const findings: Finding[] = sources.flatMap(({ origin, problems }) =>
    problems.map(({ fault, sentence }) => ({
      key: origin,
      level: fault ? 'invalid' : 'unknown',
      sentence,
      origin,
    })),
  )
  const given = new Map<string, Given[]>()
  for (const [layer, source] of sources.entries()) {
    for (const entry of source.entries) {
      const read = readEntry(source, layer, entry, request.cwd)
      if ('finding' in read) findings.push(read.finding)
      if ('name' in read) given.set(read.name, [...(given.get(read.name) ?? []), read.given])
    }
  }
  const resolved: Config['resolved'] = {}
  const values: Record<string, SettingValue | undefined> = {}
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.fate !== 'supported' && (setting.fate !== 'mapped' || setting.to)) continue
    const { value, origin } = resolveSetting(name, setting, given, findings)
    values[name] = value
    if (setting.fate === 'supported') resolved[name] = { value, origin }
  }
  return { config: assemble(values as Inputs, resolved, findings, request), findings }
}

type Entry = { finding: Finding } | { name: string; given: Given } | Record<never, never>

/** Puts one key of one place where it belongs: a value to resolve, or a finding at once. */
function readEntry(source: Source, layer: number, [key, text]: [string, string], cwd: string): Entry {
  const { origin, kind } = source
  const name = source.nameOf(key) ?? secretOf(source, key)
  const setting = name === undefined ? undefined : settings[name]
  if (name === undefined || setting === undefined) return describeUnknown(source, key)
  if (text === '' && !setting.mayBeEmpty) return {}
  if (setting.fate === 'supported' || setting.fate === 'mapped') {
    const fromFile = source.nameOf(key) === undefined
    const target = setting.fate === 'mapped' ? (setting.to ?? name) : name
    const content = fromFile ? readSecret(resolve(cwd, text)) : { text }
    return { name: target, given: { key, named: name, fromFile, origin, layer, ...content } }
  }
  if (setting.generic && kind === 'environment') return {}
  const refused = setting.refusedValues === 'any' || setting.refusedValues?.includes(text.toLowerCase())
  const level = setting.fate === 'refused' && !refused ? 'ignored' : setting.fate
  return { finding: { key, level, sentence: setting.sentence, origin } }
}

/** The secret that `NAME_FILE` gives by file. */
function secretOf(source: Source, key: string): string | undefined {
  const name = /_file$/i.test(key) || /-file$/i.test(key) ? source.nameOf(key.slice(0, -5)) : undefined
  return name !== undefined && settings[name]?.type === 'secret' ? name : undefined
}

function readSecret(file: string): { text: string; fault?: string } {
  try {
    return { text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') }
  } catch {
    return { text: '', fault: `names the file ${file}, which cannot be read` }
  }
}

function describeUnknown({ kind, origin }: Source, key: string): Entry {
  const family = settingFamilies.find(({ prefix }) => key.startsWith(prefix))
  if (family && kind !== 'environment') {
    return { finding: { key, level: family.fate, sentence: family.sentence, origin } }
  }
  const isOurs = kind !== 'environment' || ourPrefixes.some((prefix) => key.startsWith(prefix))
  if (!isOurs) return {}
  return { finding: { key, level: 'unknown', sentence: 'No setting has this name.', origin } }
}

/** The strongest of what was given, parsed; says of the others that they are not used. */
function resolveSetting(name: string, setting: Setting, given: Map<string, Given[]>, findings: Finding[]) {
  const rank = (one: Given) => one.layer * 4 + (one.named === name ? 0 : 2) + (one.fromFile ? 1 : 0)
  const [winner, ...others] = (given.get(name) ?? []).toSorted((a, b) => rank(a) - rank(b))
  const fallback = setting.default ?? emptyValue(setting)
  for (const { key, origin } of others) {
    findings.push({
      key,
      level: 'ok',
      origin,
      sentence: `Not used: ${winner?.key} (${winner?.origin}) is stronger.`,
    })
  }
  if (!winner) return { value: fallback, origin: 'default' }
  const { key, origin, text } = winner
  const said = settings[winner.named] ?? setting
  const parsed = winner.fault ? { fault: winner.fault } : parseSetting(said, text)
  if ('fault' in parsed) {
    findings.push({ key, level: 'invalid', sentence: `${key} ${parsed.fault}.`, origin })
    return { value: fallback, origin: 'default' }
  }
  findings.push({ key, level: said.fate === 'mapped' ? 'mapped' : 'ok', sentence: said.sentence, origin })
  const factor = said.times ?? 1
  return { value: factor === 1 ? parsed.value : Number(parsed.value) * factor, origin }
}

function emptyValue({ type }: Setting): SettingValue | undefined {
  if (type === 'bool') return false
  return type === 'list' || type === 'cidrs' || type === 'domains' ? [] : undefined
}

function assemble(
  values: Inputs,
  resolved: Config['resolved'],
  findings: Finding[],
  { cwd, env }: ConfigRequest,
): Config {
  const { derived, faults } = derive(values, cwd, env.PATH)
  for (const fault of faults) settle(findings, fault, resolved[fault.key]?.origin ?? 'default')
  const plain = Object.entries(resolved).flatMap(([name, { value }]) =>
    settings[name]?.folded ? [] : [[propertyOf(name), value]],
  )
  const config = {
    ...Object.fromEntries(plain),
    ...derived,
    resolved,
    findings,
    warnings: warningsOf(values),
  }
  const origin = (name: SettingName) => resolved[name]?.origin ?? 'default'
  return Object.defineProperty(config, 'origin', { value: origin, enumerable: false })
}

/** A fault of the whole replaces the "ok" that its key got on its own. */
function settle(findings: Finding[], fault: Fault, origin: string): void {
  const at = findings.findIndex(({ key, level }) => key === fault.key && level === 'ok')
  if (at >= 0) findings.splice(at, 1)
  findings.push({ ...fault, origin })
}
