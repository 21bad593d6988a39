import { parseArgs } from 'node:util'
import { randomFrom } from '../bench/random.ts'
import type { LoopbackServer } from './loopback/server.ts'
import { openLoopbackServer } from './loopback/server.ts'
import type { Book, Verdict } from './network/judge.ts'
import { judge, openBook, owedBy, owedWords, straysAmong } from './network/judge.ts'
import type { Diary, Own } from './network/life.ts'
import { liveMinute, openDiary } from './network/life.ts'
import type { Member } from './network/people.ts'
import { populate } from './network/people.ts'
import type { Stranger } from './network/strangers.ts'
import { manners, openStranger } from './network/strangers.ts'

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '20' },
    members: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '60' },
    /** How many ms of ours a minute of theirs lasts. */
    pace: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    follows: { type: 'string', default: '6' },
    /** Says what exactly is still to be done while it waits. */
    words: { type: 'boolean', default: false },
  },
})
const SERVERS = Number(values.servers)
const MINUTES = Number(values.minutes)
const PACE = Number(values.pace)
/** When each of three servers is killed, and for how long it stays away, as shares of the time. */
const KILLS = [1 / 4, 5 / 12, 7 / 12]
const AWAY = 1 / 6
/** How long everything may take to arrive once nobody does anything any more, in ms. */
const PATIENCE = 600_000
const TALK_EVERY = 65_000
const MOST_TOLD = 30

const random = randomFrom(Number(values.seed))
const say = (words: string) => process.stdout.write(`${words}\n`)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Does `work` for all, a few at a time. */
async function forAll<T>(all: readonly T[], atOnce: number, work: (one: T, index: number) => Promise<void>) {
  const waiting = [...all.entries()]
  const hand = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next[1], next[0])
  }
  await Promise.all(Array.from({ length: atOnce }, hand))
}

async function follow(member: Member, whom: Member): Promise<void> {
  const query = `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(whom.handle)}`
  for (let tries = 1; ; tries++) {
    const { accounts } = await member.api.get<{ accounts: { id: string }[] }>(query)
    if (accounts[0]) return void (await member.api.post(`/api/v1/accounts/${accounts[0].id}/follow`))
    if (tries === 3) throw new Error(`${member.handle} does not find ${whom.handle}`)
    // What did not answer is not asked again within a minute.
    await pause(61_000)
  }
}

/** Everybody follows some of the others, wherever they are. */
async function meet(members: readonly Member[]): Promise<void> {
  const pairs = members.flatMap((member) => {
    const chosen = new Set<Member>()
    while (chosen.size < Number(values.follows)) {
      const whom = members[Math.floor(random() * members.length)] as Member
      if (whom !== member) chosen.add(whom)
    }
    return [...chosen].map((whom) => [member, whom] as const)
  })
  await forAll(pairs, 8, ([member, whom]) => follow(member, whom))
}

/**
 * Waits until nobody owes anybody anything. `talk` is what goes on meanwhile: a server that was away is asked again at once
 * when it is heard of, and else after minutes that grow.
 */
async function untilQuiet(
  books: readonly Book[],
  strangers: readonly Stranger[],
  talk: () => Promise<void>,
): Promise<boolean> {
  const hosts = strangers.map(({ host }) => host)
  const end = performance.now() + PATIENCE
  let talked = 0
  for (let told = 0; performance.now() < end; ) {
    if (performance.now() - talked > TALK_EVERY) {
      talked = performance.now()
      await talk()
    }
    const owed = books.map((book) => owedBy(book, hosts))
    if (owed.every((n) => n === 0)) return true
    if (performance.now() - told > 20_000) {
      told = performance.now()
      say(`  … ${owed.reduce((sum, n) => sum + n, 0)} things still to do`)
      if (values.words) for (const book of books) for (const line of owedWords(book)) say(`    ${line}`)
    }
    await pause(500)
  }
  return false
}

/** The given minutes of life, with three servers killed and brought back on the way. */
async function live(servers: readonly LoopbackServer[], members: readonly Member[]): Promise<Diary> {
  const diary = openDiary()
  const owns = new Map<Member, Own[]>()
  const victims = servers.slice(1, 1 + KILLS.length)
  for (let minute = 0; minute < MINUTES; minute++) {
    for (const [n, victim] of victims.entries()) {
      const at = (share: number) => Math.round(share * MINUTES)
      if (minute === at(KILLS[n] as number)) {
        await victim.kill('SIGKILL')
        say(`  minute ${minute}: ${victim.domain} is killed`)
      }
      if (minute === at((KILLS[n] as number) + AWAY)) {
        say(`  minute ${minute}: ${victim.domain} is back after ${(await victim.start()).toFixed(0)} ms`)
      }
    }
    await liveMinute(members, owns, diary, random, PACE)
  }
  return diary
}

/** Whether all of them are still there. */
function haveStayed(servers: readonly LoopbackServer[]): boolean {
  for (const server of servers) {
    const how = server.ending()
    if (how !== null) say(`  ${server.domain} ended by itself (${how}):\n${server.log().slice(-2000)}`)
  }
  return servers.every((server) => server.ending() === null)
}

/** What the servers complained of last. */
function tellLogs(servers: readonly LoopbackServer[]): void {
  for (const server of servers) {
    const last = server.log().trimEnd().split('\n').at(-1)
    if (last) say(`  ${server.domain} said last: ${last.slice(0, 1000)}`)
  }
}

const columns = ['posts', 'missing', 'differ', 'boosts', 'missing', 'marks', 'missing', 'ghosts', 'strays']
const inColumns = (first: string, cells: (string | number)[]) =>
  say(`  ${first.padEnd(18)}${cells.map((cell) => String(cell).padStart(8)).join('')}`)

/** Prints the table; whether every server agrees. */
function report(verdicts: Map<string, Verdict>): boolean {
  inColumns('server', columns)
  let faults = 0
  for (const [host, each] of verdicts) {
    const { posts, missing, differ, boosts, boostsMissing, marks, marksMissing, ghosts, strays } = each
    inColumns(host, [posts, missing, differ, boosts, boostsMissing, marks, marksMissing, ghosts, strays])
    faults += missing + differ + boostsMissing + marksMissing + ghosts + strays
  }
  for (const line of [...verdicts.values()].flatMap(({ told }) => told).slice(0, MOST_TOLD)) say(`  ${line}`)
  return faults === 0
}

/** Whether everything that was answered with a yes is with the server that said so. */
function isKept(books: readonly Book[], { posted, deleted }: Diary): boolean {
  const known = new Set(books.flatMap((book) => book.rows('select uri from status').map((row) => row.uri)))
  const lost = [...posted].filter((uri) => !known.has(uri) && !deleted.has(uri))
  say(`  ${posted.size} posts were answered with a yes, ${lost.length} of them are lost`)
  return lost.length === 0
}

const environment = { FEDERATION_ALLOW_HTTP: 'true', LOG_LEVEL: 'error' }
const servers: LoopbackServer[] = []
const books: Book[] = []
const strangers: Stranger[] = []
try {
  say(
    `${SERVERS} servers with ${values.members} members each, ${MINUTES} minutes of life (seed ${values.seed})`,
  )
  const everybody: Member[][] = []
  for (let n = 0; n < SERVERS; n++) servers.push(await openLoopbackServer({ environment }))
  await forAll(servers, 2, async (server, n) => {
    everybody[n] = await populate(server, n, Number(values.members))
    await server.start()
  })
  const members = everybody.flat()
  for (const server of servers) books.push(openBook(server.domain, server.data))
  for (const manner of manners) strangers.push(await openStranger(manner))
  await meet(members)
  for (const [n, stranger] of strangers.entries()) {
    const whom = members.filter((_, at) => at % 3 === n)
    await stranger.follow(whom, (member) => (servers[member.server] as LoopbackServer).domain)
  }
  say('  everybody has met')
  const hasMet = await untilQuiet(books, [], async () => {})
  for (const stranger of strangers) stranger.misbehave()
  const began = performance.now()
  const diary = await live(servers, members)
  say(`  ${MINUTES} minutes passed in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  say(
    `  ${[...diary.done].map(([name, n]) => `${name} ${n}`).join(', ')}; ${diary.failed} times nobody answered`,
  )
  const stayed = haveStayed(servers)
  const quietAt = performance.now()
  const wereAway = everybody.slice(1, 1 + KILLS.length).flat()
  const isQuiet = await untilQuiet(books, strangers, () =>
    forAll(wereAway, 4, async (member) => {
      const { uri } = await member.api.post<{ uri: string }>('/api/v1/statuses', { status: 'still here' })
      diary.posted.add(uri)
    }),
  )
  say(
    `  ${isQuiet ? 'all is done' : 'STILL OWING'} after ${((performance.now() - quietAt) / 1000).toFixed(0)} s more`,
  )
  const agrees = report(judge(books))
  const kept = isKept(books, diary)
  const strays = strangers.flatMap(({ host, received }) => straysAmong(received, host, books))
  for (const { manner, received } of strangers)
    say(`  the ${manner} stranger was sent ${received.length} requests`)
  const isWhole = hasMet && stayed && haveStayed(servers) && isQuiet && agrees && kept && strays.length === 0
  if (!isWhole) tellLogs(servers)
  say(isWhole ? '\nEverybody agrees.' : '\nThey do not agree.')
  process.exitCode = isWhole ? 0 : 1
} catch (error) {
  haveStayed(servers)
  throw error
} finally {
  for (const book of books) book.close()
  for (const stranger of strangers) stranger.close()
  await Promise.all(servers.map((server) => server.kill('SIGKILL')))
  for (const server of servers) server.remove()
}
