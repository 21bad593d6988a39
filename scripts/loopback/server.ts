import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = new URL('../../', import.meta.url).pathname
const main = join(root, 'src/main.ts')
const READY_WITHIN = 60_000

export type LoopbackServer = {
  data: string
  /** The settings it runs with. */
  env: Record<string, string>
  port: number
  domain: string
  /** Runs a `hyrax …` command on its data and gives what it printed. */
  command(...line: string[]): Promise<string>
  /** Starts it and resolves with the ms until the first good answer. */
  start(): Promise<number>
  kill(signal: NodeJS.Signals): Promise<void>
  /** How it ended, when it did so without being told. */
  ending(): string | null
  /** What it logged since its last start. */
  log(): string
  remove(): void
}

/** A port of this machine that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** A Hyrax server of its own on loopback, with a data directory that `remove` deletes. */
export async function openLoopbackServer(settings: {
  domain?: string
  environment?: Record<string, string>
}): Promise<LoopbackServer> {
  const data = mkdtempSync(join(tmpdir(), 'hyrax-loopback-'))
  const port = await freePort()
  const domain = settings.domain ?? `localhost:${port}`
  const env = {
    PATH: '/usr/bin:/bin',
    HYRAX_DATA: data,
    PORT: String(port),
    BIND: '127.0.0.1',
    LOCAL_DOMAIN: domain,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'warn',
    ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8',
    ...settings.environment,
  }
  let child: ChildProcess | undefined
  let log = ''
  let isTold = true
  return {
    data,
    env,
    port,
    domain,
    log: () => log,
    ending: () => {
      const how = child?.signalCode ?? child?.exitCode
      return isTold || how === undefined || how === null ? null : String(how)
    },
    async command(...line) {
      const { stdout } = await promisify(execFile)(process.execPath, [main, ...line], { env, cwd: data })
      return stdout
    },
    async start() {
      const began = performance.now()
      log = ''
      isTold = false
      child = spawn(process.execPath, [main, 'serve'], { env, cwd: data, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          log = (log + chunk.toString()).slice(-100_000)
        })
      }
      await untilHealthy(port, child, () => log)
      return performance.now() - began
    },
    kill(signal) {
      const dying = child
      isTold = true
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return Promise.resolve()
      return new Promise((resolve) => {
        dying.once('exit', () => resolve())
        dying.kill(signal)
      })
    },
    remove: () => rmSync(data, { recursive: true, force: true }),
  }
}

async function untilHealthy(port: number, child: ChildProcess, log: () => string): Promise<void> {
  const until = performance.now() + READY_WITHIN
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended while starting:\n${log()}`)
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`the server did not answer within ${READY_WITHIN / 1000} s:\n${log()}`)
}

/** Sets a server up with an owner whose password is given. */
export async function setUpOwner(server: LoopbackServer, owner: string, password: string): Promise<void> {
  const file = join(server.data, 'password')
  writeFileSync(file, password, { mode: 0o600 })
  await server.command('setup', '--domain', server.domain, '--owner', owner, '--password-file', file, '--yes')
  rmSync(file)
}
