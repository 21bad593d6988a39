import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { BenchServer } from './server.ts'
import type { StreamsLoad } from './streams-load.ts'
import { DOMAIN, tokens } from './world.ts'

/** How long the server is left alone before its memory is read. */
const REST = 4000
const POSTS = 5

export type StreamsMeasured = {
  streams: number
  /** From the sending of a public post until the last stream had it, in ms: the median and the worst of five. */
  ms: number
  worst: number
  /** What one more open stream keeps of the server's memory, in KB. */
  kbEach: number
}

const rest = () => new Promise((resolve) => setTimeout(resolve, REST))

/** Opens streams from another process and measures how long a public post takes to reach the last of them. */
export async function measureStreams(server: BenchServer, streams: number): Promise<StreamsMeasured> {
  await post(server, 0)
  await rest()
  const before = server.residentMb()
  const child = fork(new URL('./streams-load.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const load: StreamsLoad = {
    port: server.port,
    host: DOMAIN,
    token: tokens.reader,
    path: '/api/v1/streaming?stream=public',
    streams,
  }
  child.send(load)
  await once(child, 'message')
  await rest()
  const kbEach = ((server.residentMb() - before) * 1024) / streams
  const times: number[] = []
  for (let n = 1; n <= POSTS; n++) {
    child.send('again')
    const began = Date.now()
    const heard = once(child, 'message') as Promise<[{ heard: number }]>
    await post(server, n)
    times.push((await heard)[0].heard - began)
  }
  child.kill()
  const sorted = times.sort((a, b) => a - b)
  return { streams, ms: sorted[Math.floor(POSTS / 2)] ?? 0, worst: sorted.at(-1) ?? 0, kbEach }
}

async function post(server: BenchServer, n: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/statuses`, {
    method: 'POST',
    headers: {
      'x-forwarded-host': DOMAIN,
      authorization: `Bearer ${tokens.poster}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ status: `bench post ${n} to all who listen`, visibility: 'public' }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}
