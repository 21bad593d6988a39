import type { HostedDomain } from '#app.ts'
import {
  addAnnouncement,
  allAnnouncements,
  isShown,
  publishAnnouncement,
  removeAnnouncement,
} from '#instance/announcements.ts'
import { readId } from '#platform/ids.ts'
import { isoTime } from '#platform/times.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

export const announcementCommands: Command[] = [
  {
    name: 'announcements add',
    about: 'Tell all members something, in their apps and pages',
    words: ['TEXT'],
    options: {
      starts: { type: 'string', hint: 'TIME', about: 'when what it tells of begins, like 2026-12-24T18:00Z' },
      ends: { type: 'string', hint: 'TIME', about: 'when it is over; it is not shown afterwards' },
      'all-day': { type: 'boolean', about: 'only the dates count' },
      draft: { type: 'boolean', about: 'do not show it yet' },
    },
    run: add,
  },
  {
    name: 'announcements list',
    about: 'What members are told, and what waits to be told',
    run: async ({ hands }) => {
      const app = await hands.openApp()
      const rows = (await allAnnouncements(app, app.domains.all()[0] as HostedDomain)).map((row) => [
        String(row.id),
        isShown(app, row) ? 'shown' : row.published_at === null ? 'waits' : 'over',
        row.starts_at === null ? '' : isoTime(row.starts_at),
        row.ends_at === null ? '' : isoTime(row.ends_at),
        row.text.replace(/\s+/g, ' ').slice(0, 60),
      ])
      hands.print(rows.length > 0 ? table(['id', '', 'starts', 'ends', 'text'], rows) : 'There are none.')
      return 0
    },
  },
  showing('announcements publish', 'Show an announcement that waited', true),
  showing('announcements unpublish', 'Take an announcement back without deleting it', false),
  {
    name: 'announcements remove',
    about: 'Delete an announcement with the reactions to it',
    words: ['ID'],
    run: async ({ hands, words }) => {
      await removeAnnouncement(await hands.openApp(), idOf(words[0]))
      hands.print('It is gone.')
      return 0
    },
  },
]

function showing(name: string, about: string, isPublic: boolean): Command {
  return {
    name,
    about,
    words: ['ID'],
    run: async ({ hands, words }) => {
      await publishAnnouncement(await hands.openApp(), idOf(words[0]), isPublic)
      hands.print(isPublic ? 'It is shown now.' : 'It is shown no longer.')
      return 0
    },
  }
}

function idOf(word: string | undefined): number {
  const id = readId(word)
  if (id === null) throw new Misuse('ID is the number that `announcements list` shows')
  return id
}

function timeOf(value: string | boolean | undefined, name: string): number | null {
  if (typeof value !== 'string') return null
  const time = Date.parse(value)
  if (!Number.isFinite(time)) throw new Misuse(`--${name} is a time like 2026-12-24T18:00Z`)
  return time
}

async function add({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const row = await addAnnouncement(app, app.domains.all()[0] as HostedDomain, {
    text: words[0] ?? '',
    startsAt: timeOf(options.starts, 'starts'),
    endsAt: timeOf(options.ends, 'ends'),
    allDay: options['all-day'] === true,
    publish: options.draft !== true,
  })
  hands.print(options.draft === true ? `${row.id} waits until it is published.` : `${row.id} is shown now.`)
  return 0
}
