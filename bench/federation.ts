import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Sink } from './deliveries.ts'
import { addFollowers, openSink, post, until } from './deliveries.ts'
import { measure } from './fire.ts'
import type { BenchServer } from './server.ts'
import { startServer } from './server.ts'
import { settle } from './settle.ts'
import type { BenchWorld } from './world.ts'
import { tokens } from './world.ts'

type Numbers = Record<string, number | string>
/** How many posts are measured; the middle one counts. */
const POSTS = 7
/** Enough failures in a row for every dead host to be left alone. */
const WARM_UP = 6
const ANSWERS = 500
const AUTHORS = 15
const PAGE = 60

/** The time until the last living host has a post, with a quarter of all hosts dead and without them. */
export async function measureDeadHosts(copy: () => string, quick: boolean): Promise<Numbers> {
  const [hosts, dead, followers] = quick ? [400, 100, 2000] : [2000, 500, 10_000]
  const without = await timeToLiving(copy(), followers, hosts, 0)
  const withDead = await timeToLiving(copy(), followers, hosts, dead)
  const more = Math.round((withDead / without - 1) * 1000) / 10
  return {
    ms: Math.round(withDead),
    without_ms: Math.round(without),
    more_percent: more,
    hosts,
    dead,
    followers,
  }
}

async function timeToLiving(folder: string, followers: number, hosts: number, dead: number): Promise<number> {
  const sink = await openSink()
  const nobody = await closedPort()
  const living = hosts - (dead || hosts / 4)
  // Without the dead ones their followers are not there either: the living hosts are the same.
  addFollowers(folder, dead > 0 ? followers : Math.round((followers * living) / hosts), (n) => {
    const host = n % (dead > 0 ? hosts : living)
    return host < living ? `h${host}.localhost:${sink.port}` : `d${host}.localhost:${nobody}`
  })
  const server = await startServer(folder)
  try {
    for (let n = 0; n < WARM_UP; n++) await timeOf(server, sink, living, `warm-up ${n}`)
    const times: number[] = []
    for (let n = 0; n < POSTS; n++) times.push(await timeOf(server, sink, living, `post ${n}`))
    return times.sort((a, b) => a - b)[Math.floor(POSTS / 2)] as number
  } finally {
    await server.stop()
    sink.close()
  }
}

async function timeOf(server: BenchServer, sink: Sink, living: number, words: string): Promise<number> {
  sink.arrived = 0
  const began = performance.now()
  await post(server, words)
  await until(() => sink.arrived >= living)
  return sink.last - began
}

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const sink = await openSink()
  sink.close()
  return sink.port
}

/** What the server weighs after each fifth of many received posts, in MB; its caches have grown full by the third. */
export async function measureIntake(folder: string, world: BenchWorld, quick: boolean): Promise<Numbers> {
  const portion = quick ? 2000 : 20_000
  const server = await startServer(folder)
  const weights: number[] = []
  try {
    for (let turn = 0; turn < 5; turn++) {
      const load = {
        method: 'POST',
        path: '/inbox',
        headers: {},
        signers: world.facts.signers,
        signed: portion,
      }
      await measure(server, { ...load, connections: 64, seconds: 300 })
      await settle(folder)
      weights.push(Math.round(server.residentMb()))
    }
  } finally {
    await server.stop()
  }
  const [, , third = 0] = weights
  return { activities: portion * 5, mb: weights.join(' '), growth_mb: (weights.at(-1) ?? 0) - third }
}

/** A thread of 500 answers that are missing here: how many requests and how long it takes to have them. */
export async function measureThread(folder: string): Promise<Numbers> {
  const peer = await openPeer()
  const server = await startServer(folder)
  const db = new DatabaseSync(join(folder, 'hyrax.db'), { readOnly: true, timeout: 5000 })
  const answers = () =>
    Number(
      (
        db.prepare('select count(*) as n from status where uri like ?').get(`${peer.origin}/notes/a%`) as {
          n: number
        }
      ).n,
    )
  try {
    const query = encodeURIComponent(`${peer.origin}/notes/start`)
    const found = await ask<{ statuses: { id: string }[] }>(server, `/api/v2/search?resolve=true&q=${query}`)
    const id = found.statuses[0]?.id
    if (!id) throw new Error('the post was not found')
    peer.asked = 0
    const began = performance.now()
    await ask(server, `/api/v1/statuses/${id}/context`)
    await until(() => answers() >= ANSWERS)
    return { ms: Math.round(performance.now() - began), requests: peer.asked, answers: answers() }
  } finally {
    db.close()
    await server.stop()
    peer.close()
  }
}

async function ask<T>(server: BenchServer, path: string): Promise<T> {
  const { request } = await import('node:http')
  const headers = { host: 'localhost:9999', authorization: `Bearer ${tokens.reader}` }
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port: server.port, path, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(JSON.parse(text) as T) : reject(new Error(`${path}: ${text}`)),
      )
    })
    asking.on('error', reject)
    asking.end()
  })
}

/** A server with a post, five hundred answers to it by a few people, and a list of the conversation (FEP-7888). */
async function openPeer() {
  const peer = { origin: '', asked: 0, close: () => {} }
  const context = 'https://www.w3.org/ns/activitystreams'
  const note = (name: string, author: number, more = {}) => ({
    id: `${peer.origin}/notes/${name}`,
    type: 'Note',
    attributedTo: `${peer.origin}/users/u${author}`,
    to: [`${context}#Public`],
    content: `<p>This is ${name}, said as people say things.</p>`,
    published: new Date(Date.now() - 3_600_000).toISOString(),
    ...more,
  })
  const list = () => `${peer.origin}/contexts/1`
  const start = () => note('start', 0, { context: list() })
  const page = (at: number) => ({
    id: `${list()}?at=${at}`,
    type: 'OrderedCollectionPage',
    orderedItems: Array.from({ length: Math.min(PAGE, ANSWERS - at) }, (_, n) =>
      note(`a${at + n}`, (at + n) % AUTHORS, { inReplyTo: start().id }),
    ),
    ...(at + PAGE < ANSWERS ? { next: `${list()}?at=${at + PAGE}` } : {}),
  })
  const find = (url: URL): object | undefined => {
    const [, kind, name = ''] = url.pathname.split('/')
    if (kind === 'notes' && name === 'start') return start()
    if (kind === 'users')
      return {
        id: peer.origin + url.pathname,
        type: 'Person',
        preferredUsername: name,
        inbox: `${peer.origin}/inbox`,
      }
    if (kind !== 'contexts') return undefined
    const at = url.searchParams.get('at')
    return at === null ? { id: list(), type: 'OrderedCollection', first: `${list()}?at=0` } : page(Number(at))
  }
  const server = createServer((request, response) => {
    peer.asked++
    const found = find(new URL(request.url ?? '/', peer.origin))
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/activity+json' })
    response.end(found ? JSON.stringify({ '@context': context, ...found }) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  peer.origin = `http://localhost:${(server.address() as AddressInfo).port}`
  peer.close = () => {
    server.close()
    server.closeAllConnections()
  }
  return peer
}
