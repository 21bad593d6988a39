import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { randomFrom } from './random.ts'
import { runCommand } from './server.ts'
import type { BenchWorld } from './world.ts'
import { benchWorld } from './world.ts'

const WORDS = 40_000
const IDEOGRAPHS = 2500
/** One text of so many is Japanese, one Thai. */
const JAPANESE_EVERY = 8
const THAI_EVERY = 40
const KANA = [
  ...'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん',
]
const ENDINGS = ['です', 'ます', 'ました', 'という', 'から', 'ので', 'ありがとう', 'している']
const THAI = 'ฉันชอบแมวสีดำมากที่สุดในโลกนี้และฝนตกทุกวันเมื่อวานไปตลาดกับเพื่อน'

/** What people write with: the lower its number, the more often a word comes (Zipf). */
export function makeLanguage() {
  const syllables = 'ka ro mi ten sal vor ne li dur pam ost eri gu than bel quo sir ma fen lo'.split(' ')
  const pick = <T>(list: readonly T[], by: () => number) => list[Math.floor(by() * list.length)] as T
  // Numbers written in syllables: the common words are the short ones.
  const spelt = (at: number): string =>
    (at >= syllables.length ? spelt(Math.floor(at / syllables.length) - 1) : '') +
    syllables[at % syllables.length]
  const list = Array.from({ length: WORDS }, (_, at) => spelt(at))
  const rank = (by: () => number, most: number) =>
    Math.min(most - 1, Math.floor(Math.exp(by() * Math.log(most))) - 1)
  const ideograph = (at: number) => String.fromCodePoint(0x4e00 + at * 7)
  const western = (by: () => number) =>
    Array.from({ length: 10 + Math.floor(by() * 30) }, () => list[rank(by, WORDS)]).join(' ')
  const japanese = (by: () => number) =>
    Array.from({ length: 5 + Math.floor(by() * 15) }, () => {
      const noun = ideograph(rank(by, IDEOGRAPHS)) + ideograph(rank(by, IDEOGRAPHS))
      return noun + pick(KANA, by) + (by() < 0.4 ? pick(ENDINGS, by) : '')
    }).join('、')
  const thai = (by: () => number) => {
    const from = Math.floor(by() * 20)
    return `${THAI.slice(from, from + 15 + Math.floor(by() * 20))} ${list[rank(by, WORDS)]}`
  }
  return {
    word: (at: number) => list[at] as string,
    ideograph,
    text(n: number, by: () => number) {
      if (n % THAI_EVERY === 3) return thai(by)
      return n % JAPANESE_EVERY === 0 ? japanese(by) : western(by)
    },
  }
}

/** The world of that many statuses with a vocabulary as wide as life, everybody findable, and indexed; from the cache, or made now. */
export async function searchWorld(statuses: number): Promise<BenchWorld> {
  const base = await benchWorld(statuses)
  const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)))
  for (const name of ['status-entries', 'account-entries', 'search-index'])
    hash.update(readFileSync(new URL(`../src/search/${name}.ts`, import.meta.url)))
  hash.update(readFileSync(new URL('../src/platform/text/search-words.ts', import.meta.url)))
  const folder = join(dirname(base.folder), `search-${statuses}-${hash.digest('hex').slice(0, 12)}`)
  if (!existsSync(join(folder, 'facts.json'))) await make(base.folder, folder)
  return { folder, facts: base.facts }
}

async function make(from: string, folder: string): Promise<void> {
  const half = `${folder}.half`
  rmSync(half, { recursive: true, force: true })
  cpSync(from, half, { recursive: true })
  const db = new DatabaseSync(join(half, 'hyrax.db'))
  const language = makeLanguage()
  const random = randomFrom(13)
  let n = 0
  db.function('text_of', () => `<p>${language.text(n++, random)}</p>`)
  db.exec(`pragma synchronous = off; pragma cache_size = -200000; begin;
    update account set indexable = 1, discoverable = 1, followers_count = (id * 7919) % 3000;
    update status set content = text_of() where reblog_of_id is null; commit; pragma wal_checkpoint(truncate)`)
  db.close()
  const began = performance.now()
  const said = await runCommand(half, ['search', 'reindex', '--now'])
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stderr.write(`  indexed in ${seconds} s: ${said.trim().split('\n').slice(-2).join(', ')}\n`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(half, folder)
}
