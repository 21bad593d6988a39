import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SECRET } from './life.ts'

type Row = Record<string, unknown>
export type Book = { host: string; data: string; rows(query: string): Row[]; close(): void }

/** What one server owes the others, or is owed, and how much of it is not so. */
export type Verdict = {
  posts: number
  missing: number
  differ: number
  boosts: number
  boostsMissing: number
  marks: number
  marksMissing: number
  ghosts: number
  strays: number
  told: string[]
}

/** Opens what a server has on disk, to be read behind its back. */
export function openBook(host: string, data: string): Book {
  const db = new DatabaseSync(join(data, 'hyrax.db'), { readOnly: true, timeout: 5000 })
  return { host, data, rows: (query) => db.prepare(query).all() as Row[], close: () => db.close() }
}

/** How much a server still has to do; what waits for `strangers` or for another day does not count. */
export function owedBy(book: Book, strangers: readonly string[]): number {
  const lanes = strangers.map((host) => `'${host}'`).join(',') || "''"
  return Number(
    book.rows(`select count(*) as n from job where lane not in (${lanes})
      and run_at < cast(unixepoch('subsec') * 1000 as integer) + 900000`)[0]?.n,
  )
}

/** What a server still has to do, a line for each kind of it. */
export function owedWords(book: Book): string[] {
  const rows = book.rows(`select queue, kind, lane, substr(last_error, 1, 120) as error, count(*) as n,
    min(run_at - cast(unixepoch('subsec') * 1000 as integer)) / 1000 as due from job group by 1, 2, 3, 4`)
  return rows.map(
    (row) =>
      `${book.host}: ${row.n} × ${row.queue} ${row.kind} for ${row.lane} in ${row.due} s ${row.error ?? ''}`,
  )
}

type Post = { uri: string; content: string; author: string; visibility: string }
type Facts = {
  posts: Map<string, Post>
  boosts: Map<string, { author: string; uri: string }>
  marks: Set<string>
  /** Hosts of the followers of each local account, by its uri. */
  followers: Map<string, Set<string>>
  /** Hosts of those mentioned, by the post's uri. */
  mentioned: Map<string, Set<string>>
}

const text = (value: unknown) => String(value ?? '')
/** The words alone: each server marks links up in its own way. */
const plain = (html: unknown) => text(html).replace(/<[^>]+>/g, '')

function factsOf(book: Book): Facts {
  const posts = book.rows(`select s.uri, s.content, s.visibility, a.uri as author from status s
    join account a on a.id = s.account_id where s.reblog_of_id is null`)
  const boosts = book.rows(`select s.uri, a.uri as author, o.uri as original from status s
    join account a on a.id = s.account_id join status o on o.id = s.reblog_of_id`)
  const marks = book.rows(`select a.uri as who, s.uri as what from favourite f
    join account a on a.id = f.account_id join status s on s.id = f.status_id`)
  const follows = book.rows(`select t.uri as who, a.host from follow f join account a on a.id = f.account_id
    join account t on t.id = f.target_id where t.domain_id is not null`)
  const mentions = book.rows(`select s.uri, a.host from mention m join account a on a.id = m.account_id
    join status s on s.id = m.status_id where s.domain_id is not null`)
  return {
    posts: new Map(
      posts.map((row) => [
        text(row.uri),
        {
          uri: text(row.uri),
          content: plain(row.content),
          author: text(row.author),
          visibility: text(row.visibility),
        },
      ]),
    ),
    boosts: new Map(
      boosts.map((row) => [
        text(row.original) + text(row.author),
        { author: text(row.author), uri: text(row.original) },
      ]),
    ),
    marks: new Set(marks.map((row) => `${row.who} ${row.what}`)),
    followers: grouped(follows, 'who'),
    mentioned: grouped(mentions, 'uri'),
  }
}

function grouped(rows: Row[], by: string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>()
  for (const row of rows) {
    const group = groups.get(text(row[by])) ?? new Set()
    groups.set(text(row[by]), group.add(text(row.host)))
  }
  return groups
}

const hostOf = (uri: string) => new URL(uri).host

/** Compares what every server knows with what the server it came from says, and looks for what is not for it. */
export function judge(books: readonly Book[]): Map<string, Verdict> {
  const facts = new Map(books.map((book) => [book.host, factsOf(book)]))
  const verdicts = new Map<string, Verdict>()
  for (const book of books) verdicts.set(book.host, blank())
  for (const [host, own] of facts) checkOwn(host, own, facts, verdicts)
  for (const [host, known] of facts) checkGhosts(host, known, facts, verdicts.get(host) as Verdict)
  for (const book of books) {
    const verdict = verdicts.get(book.host) as Verdict
    for (const secret of secretsIn(book)) {
      if (mayHold(secret, book.host, facts)) continue
      verdict.strays++
      verdict.told.push(`${book.host} holds ${secret}`)
    }
  }
  return verdicts
}

const blank = (): Verdict => ({
  posts: 0,
  missing: 0,
  differ: 0,
  boosts: 0,
  boostsMissing: 0,
  marks: 0,
  marksMissing: 0,
  ghosts: 0,
  strays: 0,
  told: [],
})

/** What began here must be with everybody it was for. */
function checkOwn(host: string, own: Facts, all: Map<string, Facts>, verdicts: Map<string, Verdict>): void {
  for (const post of own.posts.values()) {
    if (hostOf(post.author) !== host) continue
    const followed = own.followers.get(post.author) ?? new Set()
    const due = post.visibility === 'direct' ? (own.mentioned.get(post.uri) ?? new Set()) : followed
    for (const to of due) {
      const verdict = verdicts.get(to)
      if (!verdict || to === host) continue
      const there = all.get(to)?.posts.get(post.uri)
      verdict.posts++
      if (!there) {
        verdict.missing++
        verdict.told.push(`${to} lacks ${post.visibility} ${post.uri}`)
      } else if (there.content !== post.content) {
        verdict.differ++
        verdict.told.push(`${to} has other words for ${post.uri}`)
      }
    }
  }
  for (const boost of own.boosts.values()) {
    if (hostOf(boost.author) !== host) continue
    for (const to of new Set([...(own.followers.get(boost.author) ?? []), hostOf(boost.uri)])) {
      const verdict = verdicts.get(to)
      if (!verdict || to === host) continue
      verdict.boosts++
      if (all.get(to)?.boosts.has(boost.uri + boost.author)) continue
      verdict.boostsMissing++
      verdict.told.push(`${to} lacks the boost of ${boost.uri} by ${boost.author}`)
    }
  }
  for (const mark of own.marks) {
    const [who = '', what = ''] = mark.split(' ')
    const to = hostOf(what)
    const verdict = verdicts.get(to)
    if (hostOf(who) !== host || to === host || !verdict) continue
    verdict.marks++
    if (all.get(to)?.marks.has(mark)) continue
    verdict.marksMissing++
    verdict.told.push(`${to} lacks the favourite of ${what} by ${who}`)
  }
}

/** What somebody deleted or took back must be gone wherever they were followed. */
function checkGhosts(host: string, known: Facts, all: Map<string, Facts>, verdict: Verdict): void {
  const ghost = (words: string) => {
    verdict.ghosts++
    verdict.told.push(`${host} still has ${words}`)
  }
  for (const post of known.posts.values()) {
    const home = all.get(hostOf(post.author))
    if (!home || hostOf(post.author) === host || home.posts.has(post.uri)) continue
    if (home.followers.get(post.author)?.has(host)) ghost(`the deleted ${post.uri}`)
  }
  for (const [key, boost] of known.boosts) {
    const home = all.get(hostOf(boost.author))
    if (!home || hostOf(boost.author) === host || home.boosts.has(key)) continue
    // Whoever deleted what was boosted told those who follow them, and not those who follow the booster.
    if (!all.get(hostOf(boost.uri))?.posts.has(boost.uri)) continue
    if (home.followers.get(boost.author)?.has(host)) ghost(`the boost of ${boost.uri} by ${boost.author}`)
  }
  for (const mark of known.marks) {
    const [who = '', what = ''] = mark.split(' ')
    const home = all.get(hostOf(who))
    if (!home || hostOf(who) === host || hostOf(what) !== host || home.marks.has(mark)) continue
    ghost(`the favourite of ${what} by ${who}`)
  }
}

/** Every word that is not for everybody, found anywhere among the bytes that a server wrote down. */
function secretsIn({ data }: Book): Set<string> {
  const found = new Set<string>()
  for (const name of ['hyrax.db', 'hyrax.db-wal']) {
    const file = join(data, name)
    if (existsSync(file)) for (const secret of secretsAmong(readFileSync(file))) found.add(secret)
  }
  return found
}

/** The words of a text or of bytes that are not for everybody. */
export function secretsAmong(bytes: Buffer): Set<string> {
  const found = new Set<string>()
  for (let at = bytes.indexOf(SECRET); at !== -1; at = bytes.indexOf(SECRET, at + 1)) {
    const word = /^\w+?n\d+e/.exec(bytes.toString('latin1', at, at + 60))?.[0]
    if (word) found.add(word)
  }
  return found
}

/** Whether a server may hold a secret: that of its author, of their followers, or of whoever was written to. */
export function mayHold(
  secret: string,
  host: string,
  all: Map<string, Pick<Facts, 'posts' | 'followers' | 'mentioned'>>,
): boolean {
  for (const [home, { posts, followers, mentioned }] of all) {
    for (const post of posts.values()) {
      if (hostOf(post.author) !== home || !post.content.includes(secret)) continue
      if (home === host) return true
      const entitled = post.visibility === 'direct' ? mentioned.get(post.uri) : followers.get(post.author)
      return entitled?.has(host) ?? false
    }
  }
  // Deleted since: nobody can say any more for whom it was.
  return true
}

/** Secrets that one of the strangers received and was not entitled to. */
export function straysAmong(received: readonly string[], host: string, books: readonly Book[]): string[] {
  const facts = new Map(books.map((book) => [book.host, factsOf(book)]))
  const secrets = secretsAmong(Buffer.from(received.join('\n')))
  return [...secrets].filter((secret) => !mayHold(secret, host, facts))
}
