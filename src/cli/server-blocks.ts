import { readFile, stat, writeFile } from 'node:fs/promises'
import type { Severity } from '#instance/domain-policies.ts'
import type { BlockFault } from '#moderation/block-csv.ts'
import { MOST_BYTES, readBlocks, writeBlocks } from '#moderation/block-csv.ts'
import type { Change, PlannedRow } from '#moderation/import-blocks.ts'
import { importBlocks, planBlocks } from '#moderation/import-blocks.ts'
import type { ListChange } from '#moderation/review-block-list.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

/** How many rows that cannot be taken are told one by one. */
const FAULTS_SHOWN = 50
const NAMES = { suspend: 'suspended', silence: 'limited', noop: 'noted' }
const BARE: Record<string, Severity> = { suspend: 'suspend', limit: 'silence' }

/** Decisions about other servers as a file that Mastodon and others read and write. */
export const blockCommands: Command[] = [
  {
    name: 'servers export',
    about: "Decisions about other servers as CSV in Mastodon's form",
    options: { file: { type: 'string', hint: 'FILE', about: 'write them there instead of printing them' } },
    run: async ({ hands, options }) => {
      const csv = await writeBlocks(await hands.openApp())
      if (typeof options.file !== 'string') hands.print(csv)
      else {
        await writeFile(options.file, `${csv}\n`)
        hands.print(`The decisions are in ${options.file}.`)
      }
      return 0
    },
  },
  {
    name: 'servers import',
    about: 'Decide what a list of blocks says; nothing decided here is weakened by it',
    words: ['FILE'],
    options: {
      as: {
        type: 'string',
        hint: 'suspend|limit',
        about: 'what is decided where the list only names servers',
      },
      'dry-run': { type: 'boolean', about: 'say what would change, and change nothing' },
    },
    run: importFile,
  },
]

async function importFile({ hands, words, options }: Given): Promise<number> {
  const bare = bareSeverity(options.as)
  const app = await hands.openApp()
  const { rows, faults } = await readBlocks(app, await readList(words[0] ?? ''), bare)
  const planned = await planBlocks(app, rows)
  showPlan(planned, hands.print)
  showFaults(faults, hands.print)
  if (options['dry-run']) return 0
  hands.print(`Decided about ${await importBlocks(app, planned)} servers.`)
  return 0
}

/** What `--as` says; throws Misuse for what it cannot say. */
export function bareSeverity(word: string | boolean | undefined): Severity | undefined {
  const bare = typeof word === 'string' ? BARE[word] : undefined
  if (word !== undefined && !bare) throw new Misuse('--as is suspend or limit')
  return bare
}

async function readList(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw new Misuse(`${path} is larger than 1 MB`)
    return await readFile(path)
  } catch (error) {
    if (error instanceof Misuse) throw error
    throw new Misuse(`The list cannot be read: ${(error as Error).message}`)
  }
}

type Shown = Omit<PlannedRow, 'change'> & { change: Change | ListChange }

const CHANGES: Record<Shown['change'], string> = {
  new: 'new',
  stricter: 'stricter than ours',
  same: 'there already',
  weaker: 'weaker than ours, ours stays',
  changed: 'changed in the list',
  freed: 'no more in the list, free again',
  milder: 'stricter than ours, ours stays',
  ours: 'changed here by hand, ours stays',
}
const QUIET = new Set<Shown['change']>(['same', 'weaker', 'ours'])

/** Prints what rows would change, and the follows that each would end. */
export function showPlan(planned: readonly Shown[], print: (text: string) => void): void {
  const changing = planned.filter(({ change }) => !QUIET.has(change))
  const lines = changing.map((row) => [
    row.domain,
    row.change === 'freed' ? 'free' : NAMES[row.severity],
    [row.rejectMedia && 'no files', row.rejectReports && 'no reports'].filter(Boolean).join(', '),
    row.followers + row.following === 0
      ? ''
      : `${row.followers} followers of members, ${row.following} whom members follow`,
    CHANGES[row.change],
  ])
  if (lines.length > 0) print(table(['server', 'decision', 'besides', 'ends', ''], lines))
  const counts = Object.entries(CHANGES).flatMap(([change, words]) => {
    const found = planned.filter((row) => row.change === change).length
    return found > 0 ? [`${found} ${words}`] : []
  })
  print(counts.length > 0 ? `${counts.join('; ')}.` : 'Nothing would change.')
}

/** Prints the rows that are not taken, by their lines. */
export function showFaults(faults: readonly BlockFault[], print: (text: string) => void): void {
  for (const { line, text, why } of faults.slice(0, FAULTS_SHOWN))
    print(`Line ${line} is not taken: ${why} (${text})`)
  if (faults.length > FAULTS_SHOWN) print(`${faults.length - FAULTS_SHOWN} more lines are not taken.`)
}
