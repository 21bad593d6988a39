import { allBlockLists, blockListNamed, entriesOf, newBlockList } from '#moderation/block-lists.ts'
import type { Told } from '#moderation/fetch-block-list.ts'
import { fetchBlockList, readListAt, subscribeBlockList } from '#moderation/fetch-block-list.ts'
import { planBlocks } from '#moderation/import-blocks.ts'
import {
  applyBlockList,
  broughtBy,
  declineBlock,
  retractBlockList,
  reviewBlockList,
} from '#moderation/review-block-list.ts'
import { domainName } from '#platform/domain-name.ts'
import { notFound } from '#platform/errors.ts'
import { isoTime } from '#platform/times.ts'
import type { Command, Given } from './command.ts'
import { bareSeverity, showFaults, showPlan } from './server-blocks.ts'
import { table } from './table.ts'

const DRY = { 'dry-run': { type: 'boolean', about: 'say what would change, and change nothing' } } as const

/** Subscriptions to the lists of others: fetched daily, and never followed without the keeper's word. */
export const listCommands: Command[] = [
  {
    name: 'servers lists add',
    about: 'Subscribe to a list of blocks; what it says waits for your word',
    words: ['URL'],
    options: {
      name: { type: 'string', hint: 'NAME', about: 'what to call it (its host when left out)' },
      as: {
        type: 'string',
        hint: 'suspend|limit',
        about: 'what is decided where the list only names servers',
      },
      ...DRY,
    },
    run: add,
  },
  { name: 'servers lists show', about: 'The lists, how they answer, and what waits', run: show },
  {
    name: 'servers lists fetch',
    about: 'Fetch a list now instead of within the day',
    words: ['NAME'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const list = await blockListNamed(app, words[0] ?? '')
      await fetchBlockList(app, list)
      const { state, error } = await blockListNamed(app, list.name)
      hands.print(state === 'well' ? `${list.name} was fetched.` : error)
      return state === 'well' ? 0 : 1
    },
  },
  {
    name: 'servers lists review',
    about: 'What of a list waits for your word, and which follows it would end',
    words: ['NAME'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      showPlan(await reviewBlockList(app, await blockListNamed(app, words[0] ?? '')), hands.print)
      return 0
    },
  },
  {
    name: 'servers lists apply',
    about: 'Decide what a list says, about one server or about all that wait',
    words: ['NAME', 'HOST?'],
    options: DRY,
    run: apply,
  },
  {
    name: 'servers lists decline',
    about: 'Leave undone what a list says about a server, until it says something else',
    words: ['NAME', 'HOST'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const host = domainName(words[1] ?? '') ?? ''
      await declineBlock(app, await blockListNamed(app, words[0] ?? ''), host)
      hands.print(`What it says about ${host} is left undone.`)
      return 0
    },
  },
  {
    name: 'servers lists retract',
    about: 'End a subscription and take back what it brought, but not what was changed by hand since',
    words: ['NAME'],
    options: DRY,
    run: retract,
  },
]

async function add({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const name = typeof options.name === 'string' ? options.name : undefined
  const wish = { url: words[0] ?? '', name, bare: bareSeverity(options.as) }
  if (options['dry-run']) {
    const { rows, faults } = (await readListAt(app, await newBlockList(app, wish))) as Told
    showPlan(await planBlocks(app, rows), hands.print)
    showFaults(faults, hands.print)
    return 0
  }
  const { list, faults } = await subscribeBlockList(app, wish)
  showFaults(faults, hands.print)
  const waiting = (await entriesOf(app, list.id)).length
  hands.print(`Subscribed to ${list.name}; ${waiting} servers wait for: servers lists review ${list.name}`)
  return 0
}

async function show({ hands }: Given): Promise<number> {
  const app = await hands.openApp()
  const rows: string[][] = []
  for (const list of await allBlockLists(app)) {
    const entries = await entriesOf(app, list.id)
    const count = (state: string) => String(entries.filter((entry) => entry.state === state).length)
    const fetched = isoTime(list.fetched_at).slice(0, 16)
    rows.push([list.name, count('draft'), count('applied'), count('declined'), fetched, list.url, list.error])
  }
  const head = ['list', 'waits', 'applied', 'declined', 'fetched', 'address', '']
  hands.print(rows.length > 0 ? table(head, rows) : 'There are none.')
  return 0
}

async function apply({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const [name = '', only] = words
  const host = only === undefined ? null : domainName(only)
  const waiting = await reviewBlockList(app, await blockListNamed(app, name))
  const meant = only === undefined ? waiting : waiting.filter(({ domain }) => domain === host)
  if (only !== undefined && meant.length === 0) throw notFound(`Nothing about ${only} waits in this list`)
  showPlan(meant, hands.print)
  if (options['dry-run']) return 0
  const { decided, freed } = await applyBlockList(app, meant)
  hands.print(`Decided about ${decided} servers; ${freed} are free again.`)
  return 0
}

async function retract({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const list = await blockListNamed(app, words[0] ?? '')
  const { asBrought, changed } = await broughtBy(app, list)
  for (const { domain } of changed) hands.print(`${domain} was changed by hand and stays.`)
  if (options['dry-run']) {
    hands.print(`${asBrought.length} servers would be free again.`)
    return 0
  }
  hands.print(`${await retractBlockList(app, list)} servers are free again; the subscription ended.`)
  return 0
}
