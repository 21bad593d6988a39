import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { invalid, type Refusal, unavailable } from './errors.ts'
import type { ChildAnswer, ChildTask, PictureWish } from './images-child.ts'
import { sniffPicture } from './images-sniff.ts'

export type Picture = { bytes: Buffer; mime: string; width: number; height: number }

/** 7,680 × 4,320: a larger picture is refused before it is decoded (surface j). */
export const MOST_PIXELS = 33_177_600
const TIME_MS = 10_000
/** For the child's own heap; it also ends itself when the whole of it grows beyond 512 MiB. */
const HEAP_MIB = 128
const MOST_ANSWER = 64 * 1024 * 1024
/** Children at work at once, and requests that may wait for one. */
const AT_ONCE = 2
const MOST_WAITING = 40
const LOW_PRIORITY = 10

/**
 * Makes a picture of a wished size from what somebody sent: turned upright, without anything that was stored beside
 * the pixels, as JPEG, PNG or WebP. Of an animation the first frame stays. Nothing is enlarged. Throws `invalid`,
 * named after the form's `field`, for what is no picture, damaged, or too large; decoding happens in a process of its
 * own, which ends with it.
 */
export async function resizePicture(bytes: Uint8Array, wish: PictureWish, field = 'file'): Promise<Picture> {
  const format = sniffPicture(bytes)
  if (!format) throw refusal(field, 'is not a JPEG, PNG, GIF, WebP or AVIF picture')
  await takePlace()
  try {
    return await inChild(bytes, { ...wish, format, mostPixels: MOST_PIXELS }, field)
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

// A release bundles this file with the rest, and the child as a second file beside the bundle.
const CHILD = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './images-child.ts' : './images-child.mjs', import.meta.url),
)

type Ended = { output: Buffer; complaint: string; code: number | null }

async function inChild(bytes: Uint8Array, task: ChildTask, field: string): Promise<Picture> {
  const { output, complaint, code } = await runChild(bytes, task)
  // Killed, out of memory or crashed in a decoder: either way it is the picture's doing.
  if (code === null) throw refusal(field, 'takes too much work to read')
  const split = output.indexOf('\n')
  if (code !== 0 || split === -1) throw new Error(`The picture process failed (${code}): ${complaint}`)
  const answer = JSON.parse(output.toString('utf8', 0, split)) as ChildAnswer
  if ('fault' in answer) throw refusal(field, FAULTS[answer.fault])
  return { bytes: output.subarray(split + 1), ...answer }
}

const FAULTS: Record<Extract<ChildAnswer, { fault: string }>['fault'], string> = {
  pixels: `has too many pixels (maximum is ${MOST_PIXELS})`,
  damaged: 'is damaged or cut off',
  heavy: 'takes too much work to read',
  unsupported: 'is a HEIC picture, which cannot be read here; send it as JPEG',
}

function runChild(bytes: Uint8Array, task: ChildTask): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, CHILD, JSON.stringify(task)], {
      // Nothing of ours goes along: the child reads what strangers made. libvips keeps its risky loaders shut.
      env: { VIPS_BLOCK_UNTRUSTED: '1', MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: TIME_MS,
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
      if (complaint.length < 2000) complaint += chunk.toString('utf8')
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ output: Buffer.concat(chunks), complaint, code }))
    // A child that refuses early does not read to the end.
    child.stdin.on('error', () => {})
    child.stdin.end(bytes)
  })
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, LOW_PRIORITY)
  } catch {
    // It may have ended already, or the system knows no priorities.
  }
}

function refusal(field: string, description: string): Refusal {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1).replaceAll('_', ' ')}`
  return invalid(`Validation failed: ${name} ${description}`, {
    [field]: [{ error: 'ERR_INVALID', description }],
  })
}
