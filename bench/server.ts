import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = new URL('../', import.meta.url).pathname
const bundle = join(root, 'dist/hyrax.mjs')
/** The flags and environment that `npm start` runs the server with. */
const flags = ['--max-semi-space-size=4', '--v8-pool-size=1', ...(process.env.BENCH_FLAGS?.split(' ') ?? [])]
const sober = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '65536' }
const TICKS_PER_SECOND = 100

function environment(data: string, more: Record<string, string> = {}) {
  return {
    PATH: '/usr/bin:/bin',
    HYRAX_DATA: data,
    LOCAL_DOMAIN: 'localhost:9999',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8',
    FEDERATION_ALLOW_HTTP: 'true',
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
    ...sober,
    ...more,
  }
}

/** Runs a `hyrax …` command on a data directory. */
export async function runCommand(data: string, line: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, ...line], {
    env: environment(data),
    cwd: data,
  })
  return stdout
}

/** Builds what `npm start` would run. */
export async function buildBundle(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'tools/build.ts')], { cwd: root })
  if (!existsSync(bundle)) throw new Error('the bundle was not built')
}

export type BenchServer = {
  port: number
  /** From the start of the process to the first good answer, in ms. */
  startMs: number
  /** Processor seconds used so far, all threads. */
  cpuSeconds(): number
  residentMb(): number
  stop(): Promise<void>
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** Starts the server as `npm start` does, on a data directory. */
export async function startServer(data: string): Promise<BenchServer> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [...flags, bundle, 'serve'], {
    env: environment(data, { PORT: String(port) }),
    cwd: data,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await firstAnswer(port, child)
  const startMs = performance.now() - began
  return {
    port,
    startMs,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    },
    residentMb() {
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      return Number(kilobytes) / 1024
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

async function firstAnswer(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 4000; tries++) {
    if (child.exitCode !== null) throw new Error('the server ended while starting')
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('the server did not start')
}
