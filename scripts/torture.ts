import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Api } from './loopback/client.ts'
import { openApi, until } from './loopback/client.ts'
import type { LoopbackServer } from './loopback/server.ts'
import { openLoopbackServer, setUpOwner } from './loopback/server.ts'

type Status = { id: string; content: string }
type Account = { id: string; followers_count: number }

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
})
const KILLS = Number(values.kills)
/** A kill comes at a random moment of this span after the start, in ms. */
const SPAN = 3000
/** How long everything owed may take to arrive after the last start, in ms. */
const ARRIVE_WITHIN = 180_000
const PAGE = 40

const say = (text: string) => process.stdout.write(`${text}\n`)

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The truth: one line on disk for each post that was answered with 200. */
function openLedger() {
  const folder = mkdtempSync(join(tmpdir(), 'hyrax-ledger-'))
  const file = join(folder, 'ledger')
  appendFileSync(file, '')
  const handle = openSync(file, 'a')
  return {
    write(marker: string) {
      writeSync(handle, `${marker}\n`)
      fsyncSync(handle)
    },
    read: () => readFileSync(file, 'utf8').split('\n').filter(Boolean),
    close() {
      closeSync(handle)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
type Ledger = ReturnType<typeof openLedger>

async function openWithOwner(owner: string): Promise<{ server: LoopbackServer; api: Api }> {
  const server = await openLoopbackServer({ environment: { FEDERATION_ALLOW_HTTP: 'true' } })
  await setUpOwner(server, owner, `${owner}-on-warm-rock`)
  const token = (await server.command('tokens', 'create', owner, '--scopes', 'read write follow')).trim()
  await server.start()
  return { server, api: openApi(server.port, server.domain, token) }
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

async function killLoop(victim: { server: LoopbackServer; api: Api }, ledger: Ledger): Promise<number> {
  const random = randomFrom(Number(values.seed))
  let posted = 0
  let slowest = 0
  for (let kill = 1; kill <= KILLS; kill++) {
    let stopped = false
    const posting = [1, 2, 3].map(() =>
      postUntil(
        () => stopped,
        victim.api,
        ledger,
        () => `m${kill}x${++posted}e`,
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, random() * SPAN))
    await victim.server.kill('SIGKILL')
    stopped = true
    await Promise.all(posting)
    const ms = await victim.server.start()
    slowest = Math.max(slowest, ms)
    say(
      `  kill ${String(kill).padStart(3)} of ${KILLS}: ${ledger.read().length} posts acknowledged, back after ${ms.toFixed(0)} ms`,
    )
  }
  return slowest
}

/** How often each marker stands in a list, read page by page to its end. */
async function markersIn(api: Api, path: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let cursor = ''; ; ) {
    const page = await api.get<Status[]>(`${path}?limit=${PAGE}${cursor && `&max_id=${cursor}`}`)
    for (const { content } of page) {
      const marker = /torture (m\d+x\d+e)/.exec(content)?.[1]
      if (marker) counts.set(marker, (counts.get(marker) ?? 0) + 1)
    }
    const last = page.at(-1)
    if (!last) return counts
    cursor = last.id
  }
}

async function follow(peer: { api: Api }, victim: { server: LoopbackServer; api: Api }): Promise<void> {
  const query = encodeURIComponent(`@ana@${victim.server.domain}`)
  const { accounts } = await peer.api.get<{ accounts: Account[] }>(`/api/v2/search?resolve=true&q=${query}`)
  if (!accounts[0]) throw new Error('the peer does not find the poster')
  await peer.api.post(`/api/v1/accounts/${accounts[0].id}/follow`)
  await until(async () => {
    const { followers_count } = await victim.api.get<Account>('/api/v1/accounts/verify_credentials')
    return followers_count === 1
  })
}

async function judge(
  victim: { server: LoopbackServer; api: Api },
  peer: { api: Api },
  ledger: Ledger,
): Promise<boolean> {
  const owed = ledger.read()
  const here = await markersIn(victim.api, '/api/v1/timelines/home')
  const lost = owed.filter((marker) => !here.has(marker))
  let there = new Map<string, number>()
  const arrived = await until(async () => {
    there = await markersIn(peer.api, '/api/v1/timelines/home')
    return [...here.keys()].every((marker) => there.has(marker))
  }, ARRIVE_WITHIN).catch(() => null)
  const missing = [...here.keys()].filter((marker) => !there.has(marker))
  const doubled = [...here, ...there].filter(([, count]) => count > 1)
  const status = await victim.server.command('db', 'status')
  const isSound = /sound\s+yes/.test(status)
  say(`\n  acknowledged ${owed.length}, lost ${lost.length}`)
  say(
    `  reached the peer ${there.size} of ${here.size}${arrived ? ` within ${(arrived.ms / 1000).toFixed(1)} s` : ''}, missing ${missing.length}, doubled ${doubled.length}`,
  )
  say(`  database sound: ${isSound ? 'yes' : status}`)
  return lost.length === 0 && missing.length === 0 && doubled.length === 0 && isSound
}

const ledger = openLedger()
const victim = await openWithOwner('ana')
const peer = await openWithOwner('ben')
try {
  say(`Killing a server ${KILLS} times while it is posted to and delivers (seed ${values.seed}):`)
  await follow(peer, victim)
  const slowest = await killLoop(victim, ledger)
  const isWhole = await judge(victim, peer, ledger)
  say(`  slowest return to the first good answer: ${slowest.toFixed(0)} ms`)
  say(isWhole ? '\nNothing was lost and nothing came twice.' : '\nSomething is wrong.')
  process.exitCode = isWhole ? 0 : 1
} finally {
  await Promise.all([victim.server.kill('SIGTERM'), peer.server.kill('SIGTERM')])
  victim.server.remove()
  peer.server.remove()
  ledger.close()
}
