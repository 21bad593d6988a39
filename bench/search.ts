import { Agent, request } from 'node:http'
import { randomFrom } from './random.ts'
import { makeLanguage, searchWorld } from './search-world.ts'
import type { BenchServer } from './server.ts'
import { startServer } from './server.ts'
import { copyWorld, tokens } from './world.ts'

/** Questions of each kind, each asked once, one after another: what one person waits. */
const QUESTIONS = 60

export type SearchLine = {
  rate: number
  unit: string
  p95_ms: number
  data: string
  kinds: Record<string, { p50_ms: number; p95_ms: number; found: number }>
}
type Kinds = Record<string, (n: number) => string>

function questions(): { search: Kinds; search_cjk: Kinds } {
  const language = makeLanguage()
  const by = randomFrom(17)
  const between = (from: number, to: number) => Math.floor(from + by() * (to - from))
  const common = () => language.word(between(0, 25))
  const usual = () => language.word(between(100, 2000))
  const rare = () => language.word(between(10_000, 40_000))
  const sign = (from: number, to: number) => language.ideograph(between(from, to))
  return {
    search: {
      'rare word': () => rare(),
      'usual word': () => usual(),
      'common word': () => common(),
      'two common': () => `${common()} ${common()}`,
      'five common': () => `${common()} ${common()} ${common()} ${common()} ${common()}`,
      'common and rare': () => `${common()} ${rare()}`,
      phrase: () => `"${common()} ${common()}"`,
      'rare phrase': () => `"${common()} ${usual()}"`,
      'from and common': (n) => `from:@person${400 + n * 31}@h${(400 + n * 31) % 2000}.example ${common()}`,
      'has and common': () => `has:image ${common()}`,
      without: () => `${usual()} -${common()}`,
      'in library': () => `in:library ${common()}`,
      'in a month': () => `during:2026-0${between(1, 9)} ${common()}`,
      'nothing like it': (n) => `zzyzx${n}`,
    },
    search_cjk: {
      'common pair': () => sign(0, 12) + sign(0, 12),
      'rare pair': () => sign(200, 2500) + sign(200, 2500),
      'one sign': () => sign(0, 2500),
      endings: (n) => ['です', 'ます', 'ありがとう', 'している', 'という'][n % 5] as string,
      long: () => `${sign(0, 30)}${sign(0, 30)}です`,
      'two words': () => `${sign(0, 20)}${sign(0, 20)} ${sign(0, 20)}${sign(0, 20)}`,
      thai: (n) => ['แมว', 'ฝนตก', 'ตลาด', 'เพื่อน'][n % 4] as string,
    },
  }
}

/** Asks questions of every kind over that many statuses and tells how long each kind takes. */
export async function measureSearch(statuses: number, wanted: (name: string) => boolean) {
  const world = await searchWorld(statuses)
  const server = await startServer(copyWorld(world))
  const lines: Record<string, SearchLine> = {}
  try {
    const all = questions()
    await ask(server, 'warm up')
    for (const name of ['search', 'search_cjk'] as const)
      if (wanted(name)) lines[name] = await oneLine(server, all[name], statuses)
  } finally {
    await server.stop()
  }
  return lines
}

async function oneLine(server: BenchServer, kinds: Kinds, statuses: number): Promise<SearchLine> {
  const line: SearchLine = { rate: 0, unit: 'searches/s', p95_ms: 0, data: `${statuses} statuses`, kinds: {} }
  const before = server.cpuSeconds()
  const every: number[] = []
  for (const [kind, question] of Object.entries(kinds)) {
    const times: number[] = []
    let found = 0
    for (let n = 0; n < QUESTIONS; n++) {
      const answer = await ask(server, question(n))
      times.push(answer.ms)
      if (answer.found > 0) found++
    }
    every.push(...times)
    line.kinds[kind] = { p50_ms: at(times, 0.5), p95_ms: at(times, 0.95), found }
  }
  line.p95_ms = at(every, 0.95)
  line.rate = Math.round(every.length / (server.cpuSeconds() - before))
  return line
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10
}

const agent = new Agent({ keepAlive: true })

function ask(server: BenchServer, q: string): Promise<{ ms: number; found: number }> {
  const path = `/api/v2/search?type=statuses&limit=20&q=${encodeURIComponent(q)}`
  const headers = { host: 'localhost:9999', authorization: `Bearer ${tokens.reader}` }
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const asking = request({ host: '127.0.0.1', port: server.port, path, headers, agent }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const ms = performance.now() - began
        if (answer.statusCode !== 200) return reject(new Error(`a search answered ${answer.statusCode}`))
        resolve({ ms, found: JSON.parse(Buffer.concat(parts).toString()).statuses.length })
      })
    })
    asking.on('error', reject)
    asking.end()
  })
}

/** The lines in words. */
export function tellSearch(name: string, line: SearchLine, tell: (text: string) => void): void {
  tell(
    `  ${name.padEnd(14)} ${String(line.rate).padStart(6)} ${line.unit} per core · p95 ${line.p95_ms} ms · ${line.data}`,
  )
  for (const [kind, { p50_ms, p95_ms, found }] of Object.entries(line.kinds))
    tell(
      `  ${''.padEnd(14)} ${kind.padEnd(16)} p50 ${p50_ms} ms · p95 ${p95_ms} ms · ${found} of ${QUESTIONS} found something`,
    )
}
