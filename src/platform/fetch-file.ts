import { open } from 'node:fs/promises'
import type { App } from '#app.ts'
import { HttpFailure } from './http-client-failure.ts'

/** A file from elsewhere cannot be had; `lasting` when asking again soon is no use. */
export class FetchFailure extends Error {
  readonly lasting: boolean
  constructor(message: string, lasting: boolean) {
    super(message)
    this.lasting = lasting
  }
}

export type FileWish = { url: string; accept: string; mostBytes: number; timeoutMs: number }

/** Fetches a small file whole; null where it still is what its ETag says. Throws FetchFailure. */
export async function fetchWhole(
  app: Pick<App, 'http'>,
  { url, accept, etag, mostBytes, timeoutMs }: FileWish & { etag: string },
): Promise<{ bytes: Buffer; etag: string } | null> {
  try {
    const headers = { accept, ...(etag ? { 'if-none-match': etag } : {}) }
    const answer = await app.http.request({ method: 'GET', url, headers, maxBytes: mostBytes, timeoutMs })
    if (answer.status === 304 && etag) return null
    if (answer.status !== 200) throw new FetchFailure(`the answer was ${answer.status}`, false)
    const told = answer.headers.etag ?? ''
    return { bytes: answer.body, etag: /^[\x21-\x7e]{1,200}$/.test(told) ? told : '' }
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    throw new FetchFailure(error.reason, !error.isHostTrouble)
  }
}

/** Fetches a file to a path that is not there yet, never holding it in memory. Throws FetchFailure. */
export async function fetchFile(app: Pick<App, 'http'>, wish: FileWish, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    const answer = await app.http.request({
      method: 'GET',
      url: wish.url,
      headers: { accept: wish.accept },
      maxBytes: wish.mostBytes,
      timeoutMs: wish.timeoutMs,
      sink: async (chunk) => void (await file.write(chunk)),
    })
    if (answer.status !== 200) {
      const lasting = answer.status >= 400 && answer.status < 500 && answer.status !== 429
      throw new FetchFailure(`the answer was ${answer.status}`, lasting)
    }
    // A client that gathers instead hands over the whole.
    if (answer.body.length > 0) await file.write(answer.body)
    if ((await file.stat()).size > wish.mostBytes) throw new FetchFailure('too-large', true)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    throw new FetchFailure(error.reason, !error.isHostTrouble)
  } finally {
    await file.close()
  }
}
