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
