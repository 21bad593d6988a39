import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measureDeliveries } from './deliveries.ts'
import { measureDeadHosts, measureIntake, measureThread } from './federation.ts'
import type { Measured } from './fire.ts'
import { measure } from './fire.ts'
import { addNotifications, notificationReads } from './notifications.ts'
import type { Read } from './reads.ts'
import { readLines, reads } from './reads.ts'
import type { SearchLine } from './search.ts'
import { measureSearch, tellSearch } from './search.ts'
import type { BenchServer } from './server.ts'
import { buildBundle, startServer } from './server.ts'
import { settle } from './settle.ts'
import { measureStreams } from './streams.ts'
import { measureUploads } from './upload.ts'
import type { BenchWorld } from './world.ts'
import { benchWorld, copyWorld, tokens } from './world.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
})
const quick = values.quick ?? false
const only = values.only?.split(',')
const wanted = (name: string) => !only || only.includes(name)
const LARGE = quick ? 10_000 : 1_000_000
const SMALL = quick ? 2_000 : 10_000
const SECONDS = quick ? 3 : 8
/** For reads that are only compared. */
const GROWTH_SECONDS = quick ? 1 : 4
const CONNECTIONS = 8
const IDLE_AFTER = 10_000
const STREAMS = 5000

type Line = {
  rate: number
  unit: string
  p99_ms?: number
  per_second?: number
  /** The rate when the work done after the answers is counted too. */
  settled_rate?: number
  data: string
}
type Place = { server: BenchServer; world: BenchWorld; folder: string }
const report: Record<string, Line | SearchLine | Record<string, number | string>> = {}
const dataOf = (statuses: number) =>
  statuses >= 1_000_000 ? `${statuses / 1_000_000}M statuses` : `${statuses / 1000}k statuses`
const tell = (text: string) => process.stderr.write(`${text}\n`)

const poster = { authorization: `Bearer ${tokens.poster}`, 'content-type': 'application/json' }
function keep(name: string, unit: string, measured: Measured, data: string): void {
  const round = (number: number) => Math.round(number * 10) / 10
  report[name] = {
    rate: Math.round(measured.perCore),
    unit,
    p99_ms: round(measured.p99),
    per_second: Math.round(measured.perSecond),
    data,
  }
  tell(
    `  ${name.padEnd(14)} ${String(Math.round(measured.perCore)).padStart(6)} ${unit} per core · ${Math.round(measured.perSecond)}/s by the clock · p99 ${round(measured.p99)} ms · ${data}`,
  )
}

/** Measures one read on a server that has run for a while: each of its turns was asked once before. */
async function measureRead(server: BenchServer, read: Read, seconds: number): Promise<Measured> {
  await measure(server, { ...read, connections: CONNECTIONS, seconds: seconds / 4 })
  if (read.turns && !quick)
    await measure(server, { ...read, connections: CONNECTIONS, seconds: 20, most: read.turns.length })
  return measure(server, { ...read, connections: CONNECTIONS, seconds })
}

/** The read lines; for growth every read in the small world too, right after the large one, so that both meet the same weather. */
async function readAll(server: BenchServer, world: BenchWorld): Promise<void> {
  const small = wanted('growth') ? await benchWorld(SMALL) : null
  const folder = small ? copyWorld(small) : ''
  const smallServer = small ? await startServer(folder) : null
  const smallReads = small ? reads(small) : {}
  const ratios: Record<string, number> = {}
  for (const [name, read] of Object.entries(reads(world))) {
    const isLine = readLines.includes(name) && wanted(name)
    if (!isLine && !small) continue
    const measured = await measureRead(server, read, isLine ? SECONDS : GROWTH_SECONDS)
    if (isLine) keep(name, 'req/s', measured, dataOf(world.facts.statuses))
    const other = smallReads[name]
    if (!smallServer || !other) continue
    const before = await measureRead(smallServer, other, GROWTH_SECONDS)
    ratios[name] = Math.round((before.perCore / measured.perCore) * 100) / 100
    tell(
      `  ${''.padEnd(14)} ${name}: ${Math.round(before.perCore)} → ${Math.round(measured.perCore)}, ${ratios[name]} × slower`,
    )
  }
  await smallServer?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
  if (small) keepGrowth(ratios)
}

function keepGrowth(ratios: Record<string, number>): void {
  const [worst = '', ratio = 0] = Object.entries(ratios).sort((a, b) => b[1] - a[1])[0] ?? []
  report.growth = { ratio, worst, ...ratios, data: `${dataOf(SMALL)} to ${dataOf(LARGE)}` }
  tell(`  growth         ${ratio} × slower at worst (${worst}) from ${dataOf(SMALL)} to ${dataOf(LARGE)}`)
}

/** Measures a line whose answers leave work behind: once for the answers, once with that work counted. */
async function keepWrite(at: Place, name: string, unit: string, load: Parameters<typeof measure>[1]) {
  const before = at.server.cpuSeconds()
  const measured = await measure(at.server, load)
  await settle(at.folder)
  const settled = Math.round(measured.good / Math.max(at.server.cpuSeconds() - before, 0.01))
  keep(name, unit, measured, dataOf(at.world.facts.statuses))
  ;(report[name] as Line).settled_rate = settled
  tell(`  ${''.padEnd(14)} ${String(settled).padStart(6)} ${unit} per core with what follows each counted`)
}

async function writeLines(at: Place): Promise<void> {
  if (wanted('inbox')) {
    await keepWrite(at, 'inbox', 'activities/s', {
      method: 'POST',
      path: '/inbox',
      headers: {},
      signers: at.world.facts.signers,
      signed: quick ? 3000 : 12_000,
      connections: 64,
      seconds: 30,
    })
  }
  if (wanted('forged')) {
    const forged = await measure(at.server, {
      method: 'POST',
      path: '/inbox',
      headers: {},
      signers: at.world.facts.signers,
      signed: quick ? 3000 : 12_000,
      forged: true,
      connections: 64,
      seconds: 30,
    })
    keep('forged', 'refusals/s', forged, `${at.world.facts.signers.length} imitated keys`)
    tell(`  ${''.padEnd(14)} ${(1000 / forged.perCore).toFixed(2)} ms of a core for each`)
  }
  if (wanted('post')) {
    await keepWrite(at, 'post', 'req/s', {
      method: 'POST',
      path: '/api/v1/statuses',
      headers: poster,
      body: '{"status":"bench post {n} about #tag7 and rain"}',
      connections: 16,
      seconds: SECONDS,
    })
  }
}

async function notificationLines(folder: string): Promise<void> {
  const count = quick ? 20_000 : 1_000_000
  addNotifications(folder, count)
  const server = await startServer(folder)
  for (const [name, request] of Object.entries(notificationReads)) {
    await measure(server, { ...request, connections: CONNECTIONS, seconds: 1 })
    const measured = await measure(server, { ...request, connections: CONNECTIONS, seconds: SECONDS })
    keep(name, 'req/s', measured, `10k of ${count / 1000}k notifications, ${dataOf(LARGE)}`)
  }
  await server.stop()
}

async function startLine(folder: string): Promise<void> {
  const times: number[] = []
  for (let n = 0; n < 4; n++) {
    const server = await startServer(folder)
    times.push(server.startMs)
    await server.stop()
  }
  // The first start fills the compile cache.
  const ms = Math.round(times.slice(1).sort((a, b) => a - b)[1] ?? 0)
  report.start = { ms }
  tell(`  start          ${ms} ms to the first answer`)
}

async function idleLine(folder: string): Promise<void> {
  const server = await startServer(folder)
  await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER))
  report.idle = { rss_mb: Math.round(server.residentMb()) }
  await server.stop()
  tell(`  idle           ${report.idle.rss_mb} MB resident`)
}

async function streamsLine(folder: string): Promise<void> {
  const server = await startServer(folder)
  const { streams, ms, worst, kbEach } = await measureStreams(server, STREAMS)
  await server.stop()
  const kb = Math.round(kbEach * 10) / 10
  report.streams = { ms, worst_ms: worst, kb_each: kb, data: `${streams} WebSockets on one machine` }
  tell(`  streams        ${ms} ms until the last of ${streams} had a post (worst ${worst}) · ${kb} KB each`)
}

/** Lines about other servers, each on a copy of the world of its own. */
async function federationLines(world: BenchWorld): Promise<void> {
  const copies: string[] = []
  const copy = () => {
    const made = copyWorld(world)
    copies.push(made)
    return made
  }
  const lines = {
    dead_hosts: () => measureDeadHosts(copy, quick),
    intake: () => measureIntake(copy(), world, quick),
    thread: () => measureThread(copy()),
  }
  for (const [name, run] of Object.entries(lines)) {
    if (!wanted(name)) continue
    const line = await run()
    report[name] = line
    const words = Object.entries(line).map(([word, value]) => `${word.replaceAll('_', ' ')} ${value}`)
    tell(`  ${name.padEnd(14)} ${words.join(' · ')}`)
    for (const made of copies.splice(0)) rmSync(made, { recursive: true, force: true })
  }
}

tell(
  'Per core: good answers per processor second of the server, all its threads; the load comes from another process.',
)
await buildBundle()
const world = await benchWorld(LARGE)
const folder = copyWorld(world)
try {
  if (wanted('start')) await startLine(folder)
  if (wanted('idle')) await idleLine(folder)
  const server = await startServer(folder)
  await readAll(server, world)
  await writeLines({ server, world, folder })
  await server.stop()
  if (wanted('notifications')) {
    const copy = copyWorld(world)
    await notificationLines(copy)
    rmSync(copy, { recursive: true, force: true })
  }
  if (wanted('upload')) {
    const uploading = await startServer(folder)
    const line = await measureUploads(uploading, SECONDS)
    await uploading.stop()
    report.upload = line
    tell(
      `  upload         ${line.per_second}/s by the clock, two at once · +${line.growth_mb} MB · ${line.picture}`,
    )
  }
  if (wanted('streams')) await streamsLine(folder)
  if (wanted('deliver')) {
    const copy = copyWorld(world)
    const { perCore, perSecond } = await measureDeliveries(copy)
    rmSync(copy, { recursive: true, force: true })
    report.deliver = {
      rate: Math.round(perCore),
      unit: 'deliveries/s',
      per_second: Math.round(perSecond),
      data: `200 hosts, ${dataOf(LARGE)}`,
    }
    tell(
      `  deliver        ${Math.round(perCore)} deliveries/s per core · ${Math.round(perSecond)}/s by the clock · 200 hosts`,
    )
  }
  await federationLines(world)
  if (wanted('search') || wanted('search_cjk')) {
    for (const [name, line] of Object.entries(await measureSearch(LARGE, wanted))) {
      report[name] = line
      tellSearch(name, line, tell)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
