import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measureDeliveries } from './deliveries.ts'
import type { Measured } from './fire.ts'
import { measure } from './fire.ts'
import type { BenchServer } from './server.ts'
import { buildBundle, startServer } from './server.ts'
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
const CONNECTIONS = 8
const IDLE_AFTER = 10_000

type Line = { rate: number; unit: string; p99_ms?: number; per_second?: number; data: string }
const report: Record<string, Line | Record<string, number>> = {}
const dataOf = (statuses: number) =>
  statuses >= 1_000_000 ? `${statuses / 1_000_000}M statuses` : `${statuses / 1000}k statuses`
const tell = (text: string) => process.stderr.write(`${text}\n`)

const reader = { authorization: `Bearer ${tokens.reader}` }
const poster = { authorization: `Bearer ${tokens.poster}`, 'content-type': 'application/json' }
const reads = (world: BenchWorld) => ({
  home: { method: 'GET', path: '/api/v1/timelines/home', headers: reader },
  context: { method: 'GET', path: `/api/v1/statuses/${world.facts.threadId}/context`, headers: reader },
  profile_page: { method: 'GET', path: '/@poster', headers: {} },
})

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

async function readLines(server: BenchServer, world: BenchWorld): Promise<Record<string, number>> {
  const rates: Record<string, number> = {}
  for (const [name, request] of Object.entries(reads(world))) {
    if (!wanted(name) && !wanted('growth')) continue
    await measure(server, { ...request, connections: CONNECTIONS, seconds: 1 })
    const measured = await measure(server, { ...request, connections: CONNECTIONS, seconds: SECONDS })
    rates[name] = measured.perCore
    if (wanted(name)) keep(name, 'req/s', measured, dataOf(world.facts.statuses))
  }
  return rates
}

async function writeLines(server: BenchServer, world: BenchWorld): Promise<void> {
  const data = dataOf(world.facts.statuses)
  if (wanted('inbox')) {
    const request = {
      method: 'POST',
      path: '/inbox',
      headers: {},
      signers: world.facts.signers,
      signed: quick ? 3000 : 12_000,
    }
    keep('inbox', 'activities/s', await measure(server, { ...request, connections: 64, seconds: 30 }), data)
    // What was taken in is worked off before the next line begins.
    await new Promise((resolve) => setTimeout(resolve, quick ? 3000 : 12_000))
  }
  if (wanted('post')) {
    const request = {
      method: 'POST',
      path: '/api/v1/statuses',
      headers: poster,
      body: '{"status":"bench post {n} about #tag7 and rain"}',
    }
    keep('post', 'req/s', await measure(server, { ...request, connections: 16, seconds: SECONDS }), data)
  }
}

async function growth(large: Record<string, number>): Promise<void> {
  const world = await benchWorld(SMALL)
  const server = await startServer(copyWorld(world))
  const small: Record<string, number> = {}
  for (const [name, request] of Object.entries(reads(world))) {
    await measure(server, { ...request, connections: CONNECTIONS, seconds: 1 })
    small[name] = (await measure(server, { ...request, connections: CONNECTIONS, seconds: SECONDS })).perCore
  }
  await server.stop()
  const ratio = Math.max(...Object.keys(small).map((name) => (small[name] ?? 0) / (large[name] || 1)))
  report.growth = { ratio: Math.round(ratio * 100) / 100 }
  tell(`  growth         ${ratio.toFixed(2)} × slower at worst from ${dataOf(SMALL)} to ${dataOf(LARGE)}`)
}

async function startLine(folder: string): Promise<void> {
  const times: number[] = []
  for (let n = 0; n < 4; n++) {
    const server = await startServer(folder)
    times.push(server.startMs)
    await server.stop()
  }
  // The first start fills the compile cache.
  const ms = Math.round(Math.min(...times.slice(1)))
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
  const rates = await readLines(server, world)
  await writeLines(server, world)
  await server.stop()
  if (wanted('growth')) await growth(rates)
  if (wanted('deliver')) {
    const { perCore, perSecond } = await measureDeliveries(copyWorld(world))
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
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
