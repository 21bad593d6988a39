import type { App, HostedDomain } from '#app.ts'
import type { RelayRow } from '#instance/relays.ts'
import { addRelay, allRelays, pauseRelay, removeRelay } from '#instance/relays.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

export const relayCommands: Command[] = [
  {
    name: 'relays add',
    about: 'Take part in a relay, named by its inbox (…/inbox) or by its actor',
    words: ['URL'],
    options: {
      everything: {
        type: 'boolean',
        about: 'keep all posts, not only those with hashtags that members follow',
      },
      languages: { type: 'string', hint: 'en,de', about: 'keep only posts in these languages' },
      'with-replies': { type: 'boolean', about: 'keep answers too' },
      'with-bots': { type: 'boolean', about: 'keep what robots post too' },
      'per-minute': { type: 'string', hint: 'N', about: 'keep at most so many posts a minute (30)' },
    },
    run: add,
  },
  {
    name: 'relays list',
    about: 'The relays, what they answered and what was kept of what they sent',
    run: async ({ hands }) => {
      const rows = (await allRelays(await hands.openApp())).map((relay) => [
        relay.url,
        relay.kind,
        relay.state,
        String(relay.kept),
        String(relay.dropped),
        wishesOf(relay),
      ])
      const head = ['relay', 'kind', 'state', 'kept', 'dropped', 'wanted']
      hands.print(rows.length > 0 ? table(head, rows) : 'There are none.')
      return 0
    },
  },
  onOne('relays pause', 'Leave a relay for now', 'It is left for now.', (app, { id }) =>
    pauseRelay(app, id, true),
  ),
  onOne('relays resume', 'Ask a relay again', 'It is asked again.', (app, { id }) =>
    pauseRelay(app, id, false),
  ),
  onOne('relays remove', 'Leave a relay for good', 'It is left.', (app, { id }) => removeRelay(app, id)),
]

function onOne(
  name: string,
  about: string,
  done: string,
  verb: (app: App, relay: RelayRow) => Promise<void>,
): Command {
  return {
    name,
    about,
    words: ['URL'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      const url = URL.parse(words[0] ?? '')?.href
      const relay = (await allRelays(app)).find((each) => each.url === url)
      if (!relay) throw new Misuse(`There is no relay ${words[0]}; relays list shows those there are`)
      await verb(app, relay)
      hands.print(done)
      return 0
    },
  }
}

async function add({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const perMinute = Number(options['per-minute'] ?? 30)
  if (!Number.isInteger(perMinute) || perMinute < 1 || perMinute > 10_000)
    throw new Misuse('--per-minute is a number from 1 to 10000')
  const languages =
    typeof options.languages === 'string' ? options.languages.toLowerCase().split(/[\s,]+/) : []
  const relay = await addRelay(app, app.domains.all()[0] as HostedDomain, words[0] ?? '', {
    onlyFollowed: options.everything !== true,
    languages: languages.filter(Boolean),
    withReplies: options['with-replies'] === true,
    withBots: options['with-bots'] === true,
    perMinute,
  })
  hands.print(
    `The relay is asked, in the ${relay.kind === 'mastodon' ? 'Mastodon' : 'LitePub'} way; relays list tells its answer.`,
  )
  if (relay.only_followed === 1)
    hands.print(
      'Only posts with a hashtag that a member follows will be kept; --everything keeps the others too.',
    )
  return 0
}

function wishesOf(relay: RelayRow): string {
  const languages = JSON.parse(relay.languages) as string[]
  return [
    relay.only_followed === 1 ? 'followed hashtags' : 'everything',
    ...(languages.length > 0 ? [languages.join(' ')] : []),
    ...(relay.with_replies === 1 ? ['answers'] : []),
    ...(relay.with_bots === 1 ? ['robots'] : []),
    `${relay.per_minute} a minute`,
  ].join(', ')
}
