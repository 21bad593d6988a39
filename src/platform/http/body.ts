import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { malformed, tooLarge, unsupported } from './refuse.ts'

/** 1 MiB: how large a body may be where nothing else is declared. */
export const USUAL_BODY = 1024 * 1024

/** What is needed to read a body: the socket's request where there is one, else the fetch-style one. */
export type BodySource = { env?: { incoming?: IncomingMessage } | undefined; req: { raw: Request } }

/** A header of the request, read without building a Headers object where that can be avoided. */
export function headerOf(source: BodySource, name: string): string | undefined {
  const incoming = source.env?.incoming
  if (!incoming) return source.req.raw.headers.get(name) ?? undefined
  const value = (incoming.headers as IncomingHttpHeaders)[name]
  return typeof value === 'string' ? value : value?.[0]
}

/**
 * The body as a stream, refused early where its own words make it too large (413) or packed (415). The caller
 * counts what really arrives.
 */
export function bodyStream(source: BodySource, most: number): Readable | null {
  const encoding = headerOf(source, 'content-encoding')
  if (encoding && encoding.toLowerCase() !== 'identity') throw unsupported('Compressed bodies are not read')
  const length = headerOf(source, 'content-length')
  if (length === '0') return null
  if (length !== undefined && Number(length) > most) throw tooLarge()
  const incoming = source.env?.incoming
  if (incoming) return length === undefined && !incoming.headers['transfer-encoding'] ? null : incoming
  const body = source.req.raw.body
  return body ? Readable.fromWeb(body as import('node:stream/web').ReadableStream) : null
}

/** Reads the whole body, at most `most` bytes of it; throws 413 beyond, 400 when the client goes away. */
export async function readBody(source: BodySource, most = USUAL_BODY): Promise<Buffer> {
  const stream = bodyStream(source, most)
  return stream ? readAll(stream, most) : Buffer.alloc(0)
}

function readAll(stream: Readable, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let isOver = false
    const stop = (error: Error) => {
      stream.off('data', take)
      // What is left stays unread: the answer closes the connection.
      stream.pause()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > most) stop(tooLarge())
      else chunks.push(chunk)
    }
    stream.on('data', take)
    // Every request closes; only for those that close too early is a refusal made.
    const early = () => {
      if (!isOver) stop(malformed('The request ended early'))
    }
    stream.once('end', () => {
      isOver = true
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    stream.on('error', early)
    stream.once('close', early)
  })
}
