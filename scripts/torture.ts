import { parseArgs } from 'node:util'
import { randomFrom } from '../bench/random.ts'
import type { Api } from './loopback/client.ts'
import { openApi, until } from './loopback/client.ts'
import type { LoopbackServer } from './loopback/server.ts'
import { openLoopbackServer, setUpOwner } from './loopback/server.ts'
import type { Books } from './torture/books.ts'
import { openBooks, whereabouts } from './torture/books.ts'
import { judge, markersIn, untilQuiet } from './torture/judge.ts'
import type { Ledger } from './torture/ledger.ts'
import { openLedger } from './torture/ledger.ts'

type Account = { id: string; followers_count: number }
type Side = { server: LoopbackServer; api: Api; books: Books }

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    span: { type: 'string', default: '3000' },
  },
})
const KILLS = Number(values.kills)
/** A kill comes at a random moment of this span after the start, in ms. */
const SPAN = Number(values.span)
/** Of how many missing posts it is told where they are. */
const MOST_TOLD = 20

const say = (text: string) => process.stdout.write(`${text}\n`)
const inColumns = (cells: (string | number)[]) => say(cells.map((cell) => String(cell).padStart(9)).join(' '))

async function openSide(owner: string): Promise<Side> {
  const server = await openLoopbackServer({ environment: { FEDERATION_ALLOW_HTTP: 'true' } })
  await setUpOwner(server, owner, `${owner}-on-warm-rock`)
  const token = (await server.command('tokens', 'create', owner, '--scopes', 'read write follow')).trim()
  await server.start()
  return { server, api: openApi(server.port, server.domain, token), books: openBooks(server.data) }
}

/** Posts one after the other until told to stop; a refused or broken request is simply not in the ledger. */
async function postUntil(
  stopped: () => boolean,
  api: Api,
  ledger: Ledger,
  next: () => string,
): Promise<void> {
  while (!stopped()) {
    const marker = next()
    try {
      await api.post('/api/v1/statuses', { status: `torture ${marker}` })
      ledger.write(marker)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

/** Kills the victim again and again while it is posted to, and judges it each time it is back. */
async function killLoop(
  victim: Side,
  peer: Side,
  ledger: Ledger,
): Promise<{ slowest: number; whole: boolean }> {
  const random = randomFrom(Number(values.seed))
  let posted = 0
  let slowest = 0
  let whole = true
  inColumns([
    'kill',
    'posts',
    'lost',
    'doubled',
    'arrived',
    'owed',
    'peer owes',
    'given up',
    'sound',
    'back ms',
  ])
  for (let kill = 1; kill <= KILLS; kill++) {
    let stopped = false
    const next = () => `m${kill}x${++posted}e`
    const posting = [1, 2, 3].map(() => postUntil(() => stopped, victim.api, ledger, next))
    await new Promise((resolve) => setTimeout(resolve, random() * SPAN))
    await victim.server.kill('SIGKILL')
    stopped = true
    await Promise.all(posting)
    // Before it runs again nothing can mend what the kill broke.
    const damage = victim.books.damage()
    const { lost, doubled, acknowledged, arrived } = judge(
      ledger.read(),
      victim.books.markers(),
      peer.books.markers(),
    )
    const ms = await victim.server.start()
    slowest = Math.max(slowest, ms)
    const owed = victim.books.owed()
    const given = owed.dead + peer.books.owed().dead
    inColumns([
      kill,
      acknowledged,
      lost.length,
      doubled.length,
      arrived,
      owed.jobs,
      peer.books.owed().jobs,
      given,
      damage ? 'NO' : 'yes',
      ms.toFixed(0),
    ])
    if (damage) say(`  damage: ${damage}`)
    for (const line of victim.books.troubles()) say(`  ${line}`)
    whole &&= lost.length === 0 && doubled.length === 0 && !damage
  }
  return { slowest, whole }
}

async function follow(peer: Side, victim: Side): Promise<void> {
  const query = encodeURIComponent(`@ana@${victim.server.domain}`)
  const { accounts } = await peer.api.get<{ accounts: Account[] }>(`/api/v2/search?resolve=true&q=${query}`)
  if (!accounts[0]) throw new Error('the peer does not find the poster')
  await peer.api.post(`/api/v1/accounts/${accounts[0].id}/follow`)
  await until(async () => {
    const { followers_count } = await victim.api.get<Account>('/api/v1/accounts/verify_credentials')
    return followers_count === 1
  })
}

/** Waits until both have done all they owe, then compares the ledger with both timelines. */
async function lastJudgement(victim: Side, peer: Side, ledger: Ledger): Promise<boolean> {
  const { ms, quiet } = await untilQuiet([victim.books, peer.books], ([here, there]) =>
    say(`  … ${here} jobs owed, ${there} at the peer, ${peer.books.markers().size} posts arrived`),
  )
  const here = await markersIn(victim.api, '/api/v1/timelines/home')
  const there = await markersIn(peer.api, '/api/v1/timelines/home')
  const { acknowledged, lost, doubled, missing } = judge(ledger.read(), here, there)
  const damage = [victim.books.damage(), peer.books.damage()].filter(Boolean)
  say(`\n  ${quiet ? 'nothing owed any more' : 'STILL OWING'} after ${(ms / 1000).toFixed(1)} s`)
  say(`  acknowledged ${acknowledged}, lost ${lost.length}, doubled ${doubled.length}`)
  say(`  reached the peer ${there.size} of ${here.size}, missing ${missing.length}`)
  say(`  databases sound: ${damage.length === 0 ? 'yes' : damage.join('; ')}`)
  for (const marker of missing.slice(0, MOST_TOLD)) {
    say(`\n  where ${marker} is:`)
    for (const line of whereabouts(marker, victim.books, peer.books, victim.server.domain)) say(`    ${line}`)
  }
  return quiet && lost.length + doubled.length + missing.length + damage.length === 0
}

const ledger = openLedger()
const victim = await openSide('ana')
const peer = await openSide('ben')
try {
  say(`Killing a server ${KILLS} times while it is posted to and delivers (seed ${values.seed}):`)
  await follow(peer, victim)
  const { slowest, whole } = await killLoop(victim, peer, ledger)
  const isWhole = (await lastJudgement(victim, peer, ledger)) && whole
  say(`  slowest return to the first good answer: ${slowest.toFixed(0)} ms`)
  say(isWhole ? '\nNothing was lost and nothing came twice.' : '\nSomething is wrong.')
  process.exitCode = isWhole ? 0 : 1
} finally {
  await Promise.all([victim.server.kill('SIGTERM'), peer.server.kill('SIGTERM')])
  for (const { books, server } of [victim, peer]) {
    books.close()
    server.remove()
  }
  ledger.close()
}
