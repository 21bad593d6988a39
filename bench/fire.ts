import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Load, LoadResult } from './load.ts'
import type { BenchServer } from './server.ts'

export type Measured = LoadResult & {
  /** Good answers per processor second of the server, all its threads. */
  perCore: number
  /** Good answers per second of the clock. */
  perSecond: number
}

/** Fires a load from another process and measures what it costs the server. */
export async function measure(server: BenchServer, load: Omit<Load, 'port' | 'host'>): Promise<Measured> {
  const child = fork(new URL('./load.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.send({ ...load, port: server.port, host: 'localhost:9999' })
  await once(child, 'message')
  const before = server.cpuSeconds()
  child.send('go')
  const [result] = (await once(child, 'message')) as [LoadResult]
  const cpu = server.cpuSeconds() - before
  if (result.good < result.requests * 0.99) {
    throw new Error(
      `${load.method} ${load.path}: ${result.requests - result.good} of ${result.requests} answers were not good`,
    )
  }
  return { ...result, perCore: result.good / Math.max(cpu, 0.01), perSecond: result.good / result.seconds }
}
