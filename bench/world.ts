import { createHash, generateKeyPairSync } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ID_EPOCH } from '#platform/ids.ts'
import { hashToken } from '#platform/secrets.ts'
import { BUILT, FORM } from '#search/index-jobs.ts'
import { partBits } from '#statuses/statuses.ts'
import { randomFrom } from './random.ts'
import { runCommand } from './server.ts'

const root = new URL('../', import.meta.url).pathname
const cache = join(root, '.cache/bench')

export const DOMAIN = 'localhost:9999'
/** Access tokens that the world holds, by who they sign in. */
export const tokens = {
  reader: 'bench-token-of-the-reader',
  poster: 'bench-token-of-the-poster',
  /** Follows many. */
  devotee: 'bench-token-of-the-devotee',
}
/** Access tokens of members who follow as many as the reader, each others. */
export const readerTokens = Array.from({ length: 40 }, (_, n) => `bench-token-of-reader-${n}`)
const YEARS_MS = 2 * 365 * 86_400_000
const ACCOUNTS = 20_000
const LOCALS = 300
const HOSTS = 2000
const TAGS = 2000
const FOLLOWED = 300
const FOLLOWED_BY_DEVOTEE = 2000
const FOLLOWERS = 100
const REPLIES = 60
/** Remote actors whose private keys the world keeps, to sign for the inbox line. */
const SIGNERS = 8

/** The readers are the local people from here on; the devotee follows them. */
const FIRST_READER = 120
const DEVOTEE = FIRST_READER + readerTokens.length

export type WorldFacts = {
  statuses: number
  threadId: string
  posterId: number
  /** Ids of the first and the last status. */
  span: { first: number; last: number }
  signers: { keyId: string; uri: string; privateKey: string }[]
}
export type BenchWorld = { folder: string; facts: WorldFacts }

/** The world of that many statuses: from the cache, or made now (minutes for a million). */
export async function benchWorld(statuses: number): Promise<BenchWorld> {
  const folder = join(cache, fingerprint(), String(statuses))
  if (!existsSync(join(folder, 'facts.json'))) await make(folder, statuses)
  const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as WorldFacts
  return { folder, facts }
}

const partsOf = (has: Record<keyof typeof partBits, boolean>) =>
  (has.mentions ? partBits.mentions : 0) | (has.tags ? partBits.tags : 0) | (has.media ? partBits.media : 0)

let copies = 0

/** A copy of a world that a line may write to; its maker removes it. */
export function copyWorld(world: BenchWorld): string {
  const folder = join(cache, `run-${process.pid}-${++copies}`)
  cpSync(world.folder, folder, { recursive: true, mode: 0 })
  return folder
}

function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)))
  for (const folder of ['migrations', 'migrations/start']) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (name.endsWith('.ts')) hash.update(readFileSync(join(root, folder, name)))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function make(folder: string, statuses: number): Promise<void> {
  const half = `${folder}.half`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true })
  const password = join(half, 'password')
  writeFileSync(password, 'bench-password')
  await runCommand(half, [
    'setup',
    '--domain',
    DOMAIN,
    '--owner',
    'reader',
    '--password-file',
    password,
    '--yes',
  ])
  rmSync(password)
  const db = new DatabaseSync(join(half, 'hyrax.db'))
  db.exec('pragma synchronous = off; pragma cache_size = -200000')
  const facts = fill(db, statuses)
  // Otherwise every line would be measured beside the first building of the search index.
  db.prepare('insert or replace into meta (name, value) values (?, ?)').run(BUILT, String(FORM))
  db.exec('analyze; pragma wal_checkpoint(truncate)')
  db.close()
  // Left to the server, this would be counted with whatever is measured.
  await runCommand(half, ['search', 'reindex', '--now'])
  writeFileSync(join(half, 'facts.json'), JSON.stringify(facts))
  rmSync(folder, { recursive: true, force: true })
  renameSync(half, folder)
}

type Person = { id: number; uri: string; local: boolean }

function fill(db: DatabaseSync, statuses: number): WorldFacts {
  const random = randomFrom(7)
  const now = Date.now()
  db.exec('begin')
  const people = addPeople(db, now)
  const signers = addSigners(db, people, now)
  addTokens(db, people, now)
  addFollows(db, people, random, now)
  addTags(db, now)
  const threadId = addStatuses(db, people, statuses, random, now)
  db.exec('commit')
  const span = db.prepare('select min(id) as first, max(id) as last from status').get() as WorldFacts['span']
  return { statuses, threadId, posterId: (people[1] as Person).id, span, signers }
}

function addPeople(db: DatabaseSync, now: number): Person[] {
  const owner = db.prepare("select id, uri, domain_id from account where username = 'reader'").get() as {
    id: number
    uri: string
    domain_id: number
  }
  const people: Person[] = [{ id: owner.id, uri: owner.uri, local: true }]
  const insert =
    db.prepare(`insert into account (id, domain_id, username, username_lower, host, uri, url, inbox_url,
    shared_inbox_url, followers_url, display_name, note, created_at, updated_at, fetched_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  for (let n = 1; n < ACCOUNTS; n++) {
    const local = n < LOCALS
    const host = local ? DOMAIN : `h${n % HOSTS}.example`
    const name = n === 1 ? 'poster' : `person${n}`
    const id = 1000 + n
    const uri = local ? `http://${DOMAIN}/ap/users/${id}` : `https://${host}/users/${name}`
    const shared = local ? `http://${DOMAIN}/inbox` : `https://${host}/inbox`
    insert.run(
      id,
      local ? owner.domain_id : null,
      name,
      name,
      host,
      uri,
      local ? `http://${DOMAIN}/@${name}` : uri,
      `${uri}/inbox`,
      shared,
      `${uri}/followers`,
      `Person ${n}`,
      `<p>Number ${n} likes moss and rain.</p>`,
      now - YEARS_MS,
      now - YEARS_MS,
      local ? null : now,
    )
    people.push({ id, uri, local })
  }
  return people
}

function addSigners(db: DatabaseSync, people: Person[], now: number): WorldFacts['signers'] {
  const insert =
    db.prepare(`insert into account_key (id, account_id, key_id, kind, public_pem, private_pem, created_at)
    values (?, ?, ?, 'rsa', ?, ?, ?)`)
  const pair = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
  const poster = people[1] as Person
  const own = pair()
  insert.run(1, poster.id, `${poster.uri}#main-key`, own.publicKey, own.privateKey, now)
  return people.slice(LOCALS, LOCALS + SIGNERS).map((person, n) => {
    const keys = pair()
    const keyId = `${person.uri}#main-key`
    insert.run(10 + n, person.id, keyId, keys.publicKey, null, now)
    return { keyId, uri: person.uri, privateKey: keys.privateKey }
  })
}

function addTokens(db: DatabaseSync, people: Person[], now: number): void {
  const [reader, poster] = people as [Person, Person]
  const { domain_id } = db.prepare('select domain_id from user where account_id = ?').get(reader.id) as {
    domain_id: number
  }
  const user = db.prepare(`insert into user (id, account_id, domain_id, confirmed_at, approved_at, created_at)
    values (?, ?, ?, ?, ?, ?)`)
  user.run(2, poster.id, domain_id, now, now, now)
  db.prepare(`insert into application (id, name, redirect_uris, scopes, client_id, secret_hash, created_at)
    values (1, 'Bench', '[]', 'read write follow', 'bench', '', ?)`).run(now)
  const insert =
    db.prepare(`insert into token (id, token_hash, application_id, user_id, scopes, created_at, last_used_at)
    values (?, ?, 1, ?, 'read write follow', ?, ?)`)
  const readerUser = db.prepare('select id from user where account_id = ?').get(reader.id) as { id: number }
  insert.run(1, hashToken(tokens.reader), readerUser.id, now, now)
  insert.run(2, hashToken(tokens.poster), 2, now, now)
  for (const [n, token] of [...readerTokens, tokens.devotee].entries()) {
    user.run(100 + n, (people[FIRST_READER + n] as Person).id, domain_id, now, now, now)
    insert.run(100 + n, hashToken(token), 100 + n, now, now)
  }
}

function addFollows(db: DatabaseSync, people: Person[], random: () => number, now: number): void {
  const insert = db.prepare(
    'insert or ignore into follow (id, account_id, target_id, uri, created_at) values (?, ?, ?, ?, ?)',
  )
  let id = 100
  const add = (from: Person, to: Person) => insert.run(id++, from.id, to.id, `${from.uri}#follows/${id}`, now)
  const [reader, poster] = people as [Person, Person]
  for (let n = 0; n < FOLLOWED; n++) add(reader, people[LOCALS + n * 61] as Person)
  for (let n = 2; n < 2 + FOLLOWERS; n++) add(people[n] as Person, poster)
  // The inbox line's authors are followed by somebody, or their posts would concern nobody.
  for (let n = 0; n < SIGNERS; n++) add(people[5] as Person, people[LOCALS + n] as Person)
  for (let n = FIRST_READER; n <= DEVOTEE; n++) {
    const many = n === DEVOTEE ? FOLLOWED_BY_DEVOTEE : FOLLOWED
    const apart = Math.floor((ACCOUNTS - LOCALS - DEVOTEE) / many)
    for (let k = 0; k < many; k++) add(people[n] as Person, people[LOCALS + n + k * apart] as Person)
  }
  for (let n = 2; n < LOCALS; n++) {
    if (n >= FIRST_READER && n <= DEVOTEE) continue
    // Few follow many: a power law.
    const many = Math.min(2000, Math.floor(20 / (random() + 0.01)))
    for (let k = 0; k < many; k++) {
      const target = people[Math.floor(random() ** 2 * ACCOUNTS)] as Person
      if (target.id !== (people[n] as Person).id && target !== poster) add(people[n] as Person, target)
    }
  }
}

function addTags(db: DatabaseSync, now: number): void {
  const insert = db.prepare('insert into tag (id, name, display_name, created_at) values (?, ?, ?, ?)')
  for (let n = 1; n <= TAGS; n++) insert.run(n, `tag${n}`, `Tag${n}`, now)
}

const words =
  'moss rain stone ridge lichen warm dusk morning path quiet river bread lamp window letter garden'.split(' ')

function addStatuses(
  db: DatabaseSync,
  people: Person[],
  count: number,
  random: () => number,
  now: number,
): string {
  const insert =
    db.prepare(`insert into status (id, uri, url, account_id, domain_id, visibility, content, language,
    in_reply_to_id, in_reply_to_account_id, reblog_of_id, conversation_id, created_at, parts)
    values (?, ?, ?, ?, ?, ?, ?, 'en', ?, ?, ?, ?, ?, ?)`)
  const mention = db.prepare('insert or ignore into mention (status_id, account_id) values (?, ?)')
  const tag = db.prepare('insert or ignore into status_tag (tag_id, status_id) values (?, ?)')
  const media = db.prepare(`insert into media (id, account_id, status_id, kind, mime, remote_url, created_at)
    values (?, ?, ?, 'image', 'image/jpeg', ?, ?)`)
  const favourite = db.prepare(
    'insert or ignore into favourite (id, account_id, status_id, uri, created_at) values (?, ?, ?, ?, ?)',
  )
  const { domain_id } = db.prepare("select domain_id from account where username = 'reader'").get() as {
    domain_id: number
  }
  const recent: { id: number; author: Person }[] = []
  // The thread is as large in a small world as in a large one.
  const rootAt = Math.floor(count / 2)
  const apart = Math.floor(rootAt / (REPLIES + 1))
  let root: { id: number; author: Person } | undefined
  const step = YEARS_MS / count
  const word = () => words[Math.floor(random() * words.length)]
  const text = () => Array.from({ length: 12 + Math.floor(random() * 30) }, word).join(' ')
  for (let n = 0; n < count; n++) {
    const at = Math.floor(now - YEARS_MS + step * n)
    const id = (at - ID_EPOCH) * 4096 + (n % 4096)
    // Every world's poster has a full page of posts.
    const author = people[
      n % Math.ceil(count / 40) === 1 ? 1 : Math.floor(random() ** 2 * ACCOUNTS)
    ] as Person
    const old = recent[Math.floor(random() * recent.length)]
    const isBoost = old !== undefined && n % 7 === 3
    const inThread = root !== undefined && n > rootAt && (n - rootAt) % apart === 0
    const parent = inThread ? root : old !== undefined && n % 9 === 5 ? old : undefined
    const uri = `${author.uri}/statuses/${id}`
    const visibility = n % 20 === 0 && !inThread && n !== rootAt ? 'unlisted' : 'public'
    const content = isBoost ? '' : `<p>${text()} <a href="https://example.org/${n}">example.org/${n}</a></p>`
    const has = { mentions: n % 3 === 0, tags: n % 3 === 1, media: n % 5 === 2 }
    insert.run(
      id,
      uri,
      uri,
      author.id,
      author.local ? domain_id : null,
      visibility,
      content,
      parent?.id ?? null,
      parent?.author.id ?? null,
      isBoost ? old.id : null,
      id,
      at,
      isBoost ? 0 : partsOf(has),
    )
    if (isBoost) continue
    if (has.mentions) mention.run(id, (people[Math.floor(random() * ACCOUNTS)] as Person).id)
    if (has.tags) tag.run(1 + Math.floor(random() ** 2 * TAGS), id)
    if (has.media) media.run(id, author.id, id, `https://files.example/${n}.jpg`, at)
    if (n % 4 === 0 && old) favourite.run(id, author.id, old.id, `${uri}#like`, at)
    if (n === rootAt) root = { id, author }
    recent[n % 500] = { id, author }
    if (n % 50_000 === 49_999) process.stderr.write(`\r  world: ${n + 1} of ${count} statuses`)
  }
  if (count >= 50_000) process.stderr.write('\n')
  db.exec(
    'update account set statuses_count = (select count(*) from status where status.account_id = account.id)',
  )
  return String(root?.id ?? recent[0]?.id)
}
