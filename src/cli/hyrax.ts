import { Refusal } from '#platform/errors.ts'
import { version } from '#platform/version.ts'
import { accountCommands } from './accounts.ts'
import { announcementCommands } from './announcements.ts'
import type { Command, Hands } from './command.ts'
import { commonOptions, helpOf, Misuse, readCommandLine } from './command.ts'
import { databaseCommands } from './database.ts'
import { domainCommands } from './domains.ts'
import { emojiCommands } from './emojis.ts'
import { mailCommands } from './mail.ts'
import { moveCommands } from './moves.ts'
import { relayCommands } from './relays.ts'
import { searchCommands } from './search.ts'
import { serverCommands } from './servers.ts'
import { siteCommands } from './site.ts'
import { textCommands } from './texts.ts'

/** Every command, in the order of the help. */
export const commands: Command[] = [
  ...siteCommands,
  ...accountCommands,
  ...moveCommands,
  ...mailCommands,
  ...databaseCommands,
  ...searchCommands,
  ...emojiCommands,
  ...textCommands,
  ...announcementCommands,
  ...relayCommands,
  ...serverCommands,
  ...domainCommands,
]

/** The commands whose first words are these, longest name first. */
function find(line: string[]): Command | undefined {
  return [...commands]
    .sort((a, b) => b.name.length - a.name.length)
    .find((command) => command.name.split(' ').every((word, at) => line[at] === word))
}

/** Runs one command line and resolves to its exit code: 0 done, 1 refused, 2 called wrongly. */
export async function runCommand(
  line: string[],
  program: string,
  makeHands: (flags: Record<string, string>) => Hands & { close(): Promise<void> },
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<number> {
  if (line[0] === '--version' || line[0] === 'version' || line[0] === '-v') {
    print(version)
    return 0
  }
  const command = find(line)
  if (!command) return wrongWords(line, program, print, complain)
  try {
    const given = readCommandLine(command, line.slice(command.name.split(' ').length))
    if (given.options.help) {
      print(helpOf(command, program))
      return 0
    }
    const hands = makeHands(configurationFlags(given.options))
    try {
      return (await command.run({ ...given, hands })) ?? 0
    } finally {
      await hands.close()
    }
  } catch (error) {
    complain(`${program}: ${(error as Error).message}`)
    if (error instanceof Misuse) complain(`Try: ${program} ${command.name} --help`)
    else if (!(error instanceof Refusal) && process.stderr.isTTY !== true)
      complain((error as Error).stack ?? '')
    return error instanceof Misuse ? 2 : 1
  }
}

function configurationFlags(options: Record<string, string | boolean | undefined>): Record<string, string> {
  const flags: Record<string, string> = {}
  for (const name of Object.keys(commonOptions)) {
    const value = options[name]
    if (typeof value === 'string') flags[name] = value
  }
  return flags
}

function wrongWords(
  line: string[],
  program: string,
  print: (line: string) => void,
  complain: (line: string) => void,
): number {
  const asked = line.length === 0 || line[0] === 'help' || line[0] === '--help' || line[0] === '-h'
  const group = commands.filter((command) => line[0] && command.name.startsWith(`${line[0]} `))
  if (!asked && group.length === 0) complain(`${program}: there is no command "${line.join(' ')}"\n`)
  const shown = !asked && group.length > 0 ? group : commands
  const width = Math.max(...shown.map((command) => command.name.length)) + 2
  const rows = shown.map((command) => `  ${command.name.padEnd(width)}${command.about}`)
  print(
    [`Usage: ${program} COMMAND [options]`, '', ...rows, '', `${program} COMMAND --help tells more.`].join(
      '\n',
    ),
  )
  return asked ? 0 : 2
}
