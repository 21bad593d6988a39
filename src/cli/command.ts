import { parseArgs } from 'node:util'
import type { App } from '#app.ts'
import type { Config } from '#platform/config.ts'
import type { Database } from '#platform/database/open.ts'

export type Option = { type: 'string' | 'boolean'; short?: string; hint?: string; about: string }

/** What a command may use; the roof provides it. */
export type Hands = {
  /** Opens the server's data without serving; closed for the command when it ends. */
  openApp(): Promise<App>
  /** Opens the database alone, before any migration. */
  openDatabase(): Promise<Database<never>>
  /** Reads the configuration; throws with a sentence for the keeper when it is faulty. */
  readConfig(): Config
  /** Runs the server until it is told to stop. */
  serve(): Promise<void>
  /** The flags every command takes, as the configuration wants them. */
  flags: Record<string, string>
  print(line: string): void
}

export type Given = { words: string[]; options: Record<string, string | boolean | undefined>; hands: Hands }

/** One `hyrax …` command, declared once: help and the printed reference come from it. */
export type Command = {
  /** The words that call it, as in `accounts create`. */
  name: string
  about: string
  /** Positional words, in order; a trailing `?` makes one optional. */
  words?: string[]
  options?: Record<string, Option>
  /** Resolves to the exit code; 0 when it says nothing. */
  run(given: Given): Promise<number | undefined>
}

/** A mistake in how a command was called: shown without a stack, exit code 2. */
export class Misuse extends Error {}

/** Flags that every command takes. */
export const commonOptions: Record<string, Option> = {
  data: { type: 'string', hint: 'DIR', about: 'the data directory (HYRAX_DATA)' },
  config: { type: 'string', hint: 'FILE', about: 'a hyrax.toml to read' },
  'env-file': { type: 'string', hint: 'FILE', about: 'an env file to read, also one of Mastodon' },
  help: { type: 'boolean', short: 'h', about: 'this help' },
}

/** Reads a command line against a declaration; throws Misuse with a sentence when it does not fit. */
export function readCommandLine(command: Command, line: string[]): Pick<Given, 'words' | 'options'> {
  const options = { ...commonOptions, ...command.options }
  const declared = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, { type, ...(short ? { short } : {}) }]),
  )
  let read: ReturnType<typeof parseArgs>
  try {
    read = parseArgs({ args: line, options: declared, allowPositionals: true, strict: true })
  } catch (error) {
    throw new Misuse((error as Error).message)
  }
  const words = read.positionals
  const wanted = command.words ?? []
  const needed = wanted.filter((word) => !word.endsWith('?'))
  if (words.length < needed.length && !read.values.help) {
    throw new Misuse(`${command.name} needs ${needed.slice(words.length).join(' ')}`)
  }
  if (words.length > wanted.length)
    throw new Misuse(`${command.name} does not take "${words[wanted.length]}"`)
  return { words, options: read.values as Given['options'] }
}

/** The help of one command, printed from its declaration. */
export function helpOf(command: Command, program: string): string {
  const options = Object.entries({ ...command.options, ...commonOptions })
  const words = (command.words ?? []).map((word) => (word.endsWith('?') ? `[${word.slice(0, -1)}]` : word))
  const left = ([name, option]: [string, Option]) =>
    `  ${option.short ? `-${option.short}, ` : ''}--${name}${option.type === 'string' ? ` ${option.hint ?? 'TEXT'}` : ''}`
  const width = Math.max(...options.map((entry) => left(entry).length)) + 2
  return [
    `${program} ${[command.name, ...words].join(' ')} [options]`,
    '',
    command.about,
    '',
    ...options.map((entry) => left(entry).padEnd(width) + entry[1].about),
  ].join('\n')
}
