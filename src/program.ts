import { basename } from 'node:path'
import { seedRoles } from '#auth/roles.ts'
import { ensureDomain } from '#instance/domains.ts'
import { processEnvironment, readConfig } from '#platform/config.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openDatabase } from '#platform/database/open.ts'
import { leaveNews } from '#platform/news.ts'
import type { Hands } from './cli/command.ts'
import { runCommand } from './cli/hyrax.ts'
import type { OpenedPart } from './open-parts.ts'
import { openPart } from './open-parts.ts'

/** Runs the command line of this process; ends it with the command's exit code. */
export async function runProgram(): Promise<void> {
  // Whatever this process writes is its keeper's alone (OPS-03).
  process.umask(0o077)
  const line = process.argv.slice(2)
  const called = processEnvironment().HYRAX_INVOKED_AS
  const program = called ? basename(called) : 'hyrax'
  const print = (text: string) => void process.stdout.write(`${text}\n`)
  const complain = (text: string) => void process.stderr.write(`${text}\n`)
  process.exitCode = await runCommand(line, program, (flags) => makeHands(flags, print), print, complain)
}

function makeHands(
  flags: Record<string, string>,
  print: (line: string) => void,
): Hands & { close(): Promise<void> } {
  const config = () => readConfig({ flags, env: processEnvironment(), cwd: process.cwd() })
  let part: OpenedPart | undefined
  return {
    flags,
    print,
    readConfig: config,
    async openDatabase() {
      return openDatabase<never>(config().database)
    },
    async openApp() {
      part ??= await openPart({ name: 'command', config: config() })
      await migrate(part.database)
      await part.holdWriter()
      await part.app.inTransaction(seedRoles)
      await ensureDomain(part.app)
      return part.app
    },
    async serve() {
      const { serve } = await import('./serve.ts')
      await serve(config(), print)
    },
    async close() {
      // A server that runs on the same data hears that something may have changed.
      if (part) await leaveNews(part.app)
      await part?.close()
    },
  }
}
