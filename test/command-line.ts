import type { Hands } from '../src/cli/command.ts'
import { runCommand } from '../src/cli/hyrax.ts'
import type { World } from './world.ts'

/** What a command said and how it ended. */
export type Said = {
  code: number
  out: string
  err: string
  closed?: boolean
  flags?: Record<string, string>
}

/** Runs one command line in this process; whatever it would need and was not given fails. */
export async function runLine(line: string[], given: Partial<Hands> = {}, program = 'hyrax'): Promise<Said> {
  const said: Said = { code: -1, out: '', err: '' }
  const missing = (what: string) => () => {
    throw new Error(`the command reached for ${what}`)
  }
  const print = (text: string) => {
    said.out += `${text}\n`
  }
  const makeHands = (flags: Record<string, string>) => ({
    openApp: missing('the app'),
    openDatabase: missing('the database'),
    readConfig: missing('the configuration'),
    serve: missing('the server'),
    ...given,
    flags,
    print,
    async close() {
      said.closed = true
      said.flags = flags
    },
  })
  const complain = (text: string) => {
    said.err += `${text}\n`
  }
  said.code = await runCommand(line, program, makeHands, print, complain)
  return said
}

/** Runs one command line on the data of a world. */
export function runIn(w: World, ...line: string[]): Promise<Said> {
  return runLine(line, { openApp: async () => w.app, readConfig: () => w.app.config })
}
