import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { asHttpFailure, HttpFailure } from '#platform/http-client-failure.ts'

/** How much of an answer is read, and where it goes. */
export type BodyLimits = {
  /** Bound on the bytes received and, separately, on the bytes after decompression. */
  maxBytes: number
  /** A longer answer is cut at `maxBytes` instead of refused. */
  cut: boolean
  /** Takes each piece as it arrives instead of having them gathered; a promise holds the sender back. */
  sink: ((chunk: Buffer) => void | Promise<void>) | undefined
}

const EMPTY = Buffer.alloc(0)

/**
 * Reads an answer to its end, decompressed, never more than the limits allow; throws HttpFailure,
 * or what the sink threw.
 */
export function readBody(answer: IncomingMessage, host: string, limits: BodyLimits): Promise<Buffer> {
  const decoder = decoderOf(answer)
  if (decoder === 'unknown') {
    answer.destroy()
    return Promise.reject(new HttpFailure('encoding', host))
  }
  const length = decoder ? 0 : Number(answer.headers['content-length'] ?? 0)
  if (length > limits.maxBytes && !limits.cut) {
    answer.destroy()
    return Promise.reject(new HttpFailure('too-large', host))
  }
  return gather(answer, decoder, host, limits)
}

function gather(answer: IncomingMessage, decoder: Decoder | null, host: string, limits: BodyLimits) {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const body: Readable = decoder ?? answer
  const chunks: Buffer[] = []
  let room = limits.maxBytes
  let received = 0
  let holding: Promise<void> | undefined

  const stop = () => {
    answer.destroy()
    decoder?.destroy()
  }
  const giveUp = (error: unknown) => {
    stop()
    reject(error)
  }
  const fail = (error: unknown) => giveUp(asHttpFailure(error, host))
  // The end may be reported while the last piece is still being taken.
  const finish = () => {
    const whole = () => resolve(chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks))
    if (holding) holding.then(whole, giveUp)
    else whole()
  }
  const overflow = () => {
    if (!limits.cut) return fail(new HttpFailure('too-large', host))
    stop()
    finish()
  }
  const keep = (piece: Buffer) => {
    if (!limits.sink) {
      chunks.push(piece)
      return
    }
    const held = taken(limits.sink, piece)
    if (!held) return
    body.pause()
    holding = held
    held.then(() => body.resume(), giveUp)
  }
  const take = (chunk: Buffer) => {
    const isTooLong = chunk.length > room
    if (!isTooLong) keep(chunk)
    else if (limits.cut && room > 0) keep(chunk.subarray(0, room))
    room -= Math.min(chunk.length, room)
    if (isTooLong) overflow()
  }

  body.on('data', take).on('end', finish)
  answer.on('error', fail)
  answer.on('close', () => {
    if (!answer.complete) fail(new HttpFailure('reset', host))
  })
  if (decoder) {
    answer.on('data', (chunk: Buffer) => {
      received += chunk.length
      // A compressed stream may go on for ever and decode to nothing.
      if (received > limits.maxBytes) overflow()
    })
    // An encoding may be named on an answer that carries nothing, which the decoders take for a cut one.
    decoder.on('error', (error) => (received === 0 && answer.complete ? finish() : fail(error)))
    answer.pipe(decoder)
  }
  return promise
}

// A sink that throws at once must not do so inside the stream's event.
function taken(sink: NonNullable<BodyLimits['sink']>, piece: Buffer): Promise<void> | void {
  try {
    return sink(piece)
  } catch (error) {
    return Promise.reject(error)
  }
}

type Decoder = ReturnType<typeof createGunzip>

function decoderOf(answer: IncomingMessage): Decoder | null | 'unknown' {
  switch ((answer.headers['content-encoding'] ?? '').trim().toLowerCase()) {
    case '':
    case 'identity':
      return null
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'br':
      return createBrotliDecompress()
    case 'deflate':
      return createInflate()
    default:
      return 'unknown'
  }
}
