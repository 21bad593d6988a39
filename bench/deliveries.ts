import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BenchServer } from './server.ts'
import { startServer } from './server.ts'
import { tokens } from './world.ts'

const HOSTS = 200
const POSTS = 10
const WITHIN = 60_000

/** Something that takes whatever is delivered on this machine, under any name, and counts it. */
export type Sink = { port: number; arrived: number; last: number; close(): void }

/** Opens a sink on a free port. */
export async function openSink(): Promise<Sink> {
  const server = createServer((request, response) => {
    request.on('data', () => {})
    request.on('end', () => {
      sink.arrived++
      sink.last = performance.now()
      response.writeHead(202).end()
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sink: Sink = {
    port: (server.address() as AddressInfo).port,
    arrived: 0,
    last: 0,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return sink
}

/** Counts what arrives at 200 host names of this machine after a few posts; in deliveries per processor second. */
export async function measureDeliveries(folder: string): Promise<{ perCore: number; perSecond: number }> {
  const sink = await openSink()
  addFollowers(folder, HOSTS, (n) => `h${n}.localhost:${sink.port}`)
  const server = await startServer(folder)
  try {
    // The first post opens the connections; what it costs is not counted.
    await post(server, 'warm-up')
    await until(() => sink.arrived >= HOSTS)
    sink.arrived = 0
    const began = performance.now()
    const before = server.cpuSeconds()
    for (let n = 0; n < POSTS; n++) await post(server, `delivery ${n}`)
    await until(() => sink.arrived >= HOSTS * POSTS)
    const cpu = server.cpuSeconds() - before
    return { perCore: sink.arrived / cpu, perSecond: (sink.arrived * 1000) / (sink.last - began) }
  } finally {
    await server.stop()
    sink.close()
  }
}

/** Gives the poster followers, each on the host that `hostOf` names. */
export function addFollowers(folder: string, count: number, hostOf: (n: number) => string): void {
  const db = new DatabaseSync(join(folder, 'hyrax.db'))
  const poster = db.prepare("select id from account where username = 'poster'").get() as { id: number }
  const account =
    db.prepare(`insert into account (id, username, username_lower, host, uri, inbox_url, shared_inbox_url,
    followers_url, created_at, updated_at, fetched_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const follow = db.prepare(
    'insert into follow (id, account_id, target_id, uri, created_at) values (?, ?, ?, ?, ?)',
  )
  const now = Date.now()
  db.exec('begin')
  for (let n = 0; n < count; n++) {
    const host = hostOf(n)
    const uri = `http://${host}/users/fan${n}`
    account.run(
      900_000 + n,
      `fan${n}`,
      `fan${n}`,
      host,
      uri,
      `${uri}/inbox`,
      `http://${host}/inbox`,
      `${uri}/followers`,
      now,
      now,
      now,
    )
    follow.run(900_000_000 + n, 900_000 + n, poster.id, `${uri}#follow`, now)
  }
  db.exec('commit')
  db.close()
}

/** Publishes as the poster. */
export async function post(server: BenchServer, status: string): Promise<void> {
  const { request } = await import('node:http')
  const body = JSON.stringify({ status })
  const headers = {
    host: 'localhost:9999',
    authorization: `Bearer ${tokens.poster}`,
    'content-type': 'application/json',
    'content-length': String(body.length),
  }
  await new Promise<void>((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port: server.port, method: 'POST', path: '/api/v1/statuses', headers },
      (answer) => {
        answer.resume()
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`posting answered ${answer.statusCode}`)),
        )
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}

/** Resolves once it is so; throws when that takes too long. */
export async function until(isDone: () => boolean): Promise<void> {
  const end = performance.now() + WITHIN
  while (!isDone()) {
    if (performance.now() > end) throw new Error('the deliveries did not arrive')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
