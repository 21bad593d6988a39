import type { App } from '#app.ts'
import type { HostCounts, HostHealth } from '#moderation/hosts.ts'
import { hostHealth, retryHost } from '#moderation/hosts.ts'
import { domainName } from '#platform/domain-name.ts'
import { notFound, Refusal } from '#platform/errors.ts'
import { deliveryReport } from '#platform/jobs/delivery-report.ts'
import { isoTime, isoTimeOrNull } from '#platform/times.ts'
import { statusById, statusByUri } from '#statuses/statuses.ts'
import type { Command, Given } from './command.ts'
import { table } from './table.ts'

const STATES = ['well', 'circuit open', 'trying', 'given up']

/** How other servers answer, and what became of a post on its way to them. */
export const healthCommands: Command[] = [
  {
    name: 'servers show',
    about: 'How a server answers: its accounts here, what waits for it, when it failed and is tried again',
    words: ['HOST'],
    run: show,
  },
  {
    name: 'servers retry',
    about: 'Try a server again at once, as if it had never failed',
    words: ['HOST'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const { host } = await known(app, words[0])
      await retryHost(app, host)
      hands.print(`${host} is tried again at once.`)
      return 0
    },
  },
  {
    name: 'statuses delivery',
    about: 'To which servers a post was delivered, which wait and which refused it',
    words: ['ID-OR-ADDRESS'],
    run: delivery,
  },
]

async function known(app: App, word = ''): Promise<HostHealth & HostCounts> {
  try {
    return await hostHealth(app, domainName(word) ?? word.toLowerCase())
  } catch (error) {
    if (error instanceof Refusal) throw notFound(`Nothing is known of a server named ${word}`)
    throw error
  }
}

async function show({ hands, words }: Given): Promise<number> {
  const app = await hands.openApp()
  const { host, accounts, followers, following, software, version, severity } = await known(app, words[0])
  hands.print(
    table(
      ['', ''],
      [
        ['runs', software ? `${software} ${version}` : 'not known'],
        ['accounts known', String(accounts)],
        ['follows from there', String(followers)],
        ['follows to there', String(following)],
        ['decided', severity ?? 'nothing'],
      ],
    ),
  )
  const lanes = await app.db
    .selectFrom('lane')
    .selectAll()
    .where('lane', '=', host)
    .orderBy('queue')
    .execute()
  const rows = lanes.map((lane) => [
    lane.queue,
    String(lane.waiting),
    STATES[lane.state] ?? String(lane.state),
    String(lane.fails),
    isoTimeOrNull(lane.last_ok) ?? 'never',
    isoTimeOrNull(lane.last_fail) ?? 'never',
    lane.open_until > app.now() ? isoTime(lane.open_until) : '',
  ])
  if (rows.length > 0)
    hands.print(
      table(['queue', 'waiting', 'state', 'failed', 'last answer', 'last failure', 'next try'], rows),
    )
  return 0
}

async function delivery({ hands, words: [word = ''] }: Given): Promise<number> {
  const app = await hands.openApp()
  const status = /^\d+$/.test(word) ? await statusById(app, Number(word)) : await statusByUri(app, word)
  const report = status && (await deliveryReport(app, status.id))
  if (!report) throw notFound(`Nothing is known of deliveries of ${word}; they are forgotten after 30 days`)
  const { reached, waiting, failed, since } = report
  hands.print(
    `${reached} ${reached === 1 ? 'inbox' : 'inboxes'} of other servers ${reached === 1 ? 'has' : 'have'} it, since ${isoTime(since)}.`,
  )
  if (waiting.length > 0)
    hands.print(
      table(
        ['waits for', 'next try', 'last error'],
        waiting.map(({ host, nextAt, lastError }) => [host, isoTime(nextAt), lastError ?? '']),
      ),
    )
  if (failed.length > 0)
    hands.print(
      table(
        ['will not get it', 'since', 'why'],
        failed.map(({ host, at, reason }) => [host, isoTime(at), reason]),
      ),
    )
  return 0
}
