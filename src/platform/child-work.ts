import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { unavailable } from './errors.ts'

/** Children at work at once, and requests that may wait for one. */
const AT_ONCE = 2
const MOST_WAITING = 40
const LOW_PRIORITY = 10
const MOST_ANSWER = 64 * 1024 * 1024
const MOST_COMPLAINT = 2000

/** A short life of its own for work on what strangers made: a task as argument, bytes on stdin, the answer on stdout. */
export type ChildWork = {
  child: 'images-child' | 'sounds-child'
  task: unknown
  input?: Uint8Array | undefined
  timeMs: number
  /** For the child's own heap; it also ends itself when the whole of it grows beyond 512 MiB. */
  heapMib: number
}

/** `code` is null for a child that was killed: out of time or memory, or crashed in a decoder. */
export type Ended = { output: Buffer; complaint: string; code: number | null }

/** Does a piece of work in a process that ends with it, two at a time; throws `unavailable` when too many wait. */
export async function workInChild(work: ChildWork): Promise<Ended> {
  await takePlace()
  try {
    return await run(work)
  } finally {
    leavePlace()
  }
}

let working = 0
const waiting: (() => void)[] = []

function takePlace(): Promise<void> | void {
  if (working < AT_ONCE) {
    working++
    return
  }
  if (waiting.length >= MOST_WAITING)
    throw unavailable('Too many pictures are being processed, please try again')
  return new Promise((resolve) => waiting.push(resolve))
}

function leavePlace(): void {
  const next = waiting.shift()
  if (next) next()
  else working--
}

// A release bundles this file with the rest, and each child as a file beside the bundle.
function pathOf(child: ChildWork['child']): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'mjs'
  return fileURLToPath(new URL(`./${child}.${ending}`, import.meta.url))
}

function run(work: ChildWork): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const line = [`--max-old-space-size=${work.heapMib}`, pathOf(work.child), JSON.stringify(work.task)]
    const child = spawn(process.execPath, line, {
      // Nothing of ours goes along: the child reads what strangers made. libvips keeps its risky loaders shut.
      env: { VIPS_BLOCK_UNTRUSTED: '1', MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: work.timeMs,
      killSignal: 'SIGKILL',
    })
    if (child.pid !== undefined) lowerPriority(child.pid)
    const chunks: Buffer[] = []
    let size = 0
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_ANSWER) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < MOST_COMPLAINT) complaint += chunk.toString('utf8')
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ output: Buffer.concat(chunks), complaint, code }))
    // A child that refuses early does not read to the end.
    child.stdin.on('error', () => {})
    child.stdin.end(work.input)
  })
}

/** Lets everything else on the machine go first. */
export function lowerPriority(pid: number): void {
  try {
    setPriority(pid, LOW_PRIORITY)
  } catch {
    // It may have ended already, or the system knows no priorities.
  }
}
