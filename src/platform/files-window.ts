import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'

const WINDOW = 64 * 1024
const ZEROS = Buffer.alloc(WINDOW)

/** A file read and overwritten piece by piece, so that its size never matters. */
export class FileWindow {
  readonly size: number
  readonly #file: FileHandle
  readonly #buffer = Buffer.alloc(WINDOW)
  #start = 0
  #length = 0

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.size = size
  }

  /** Gives `work` the file, opened for reading and writing, and closes it afterwards. */
  static async use<T>(path: string, work: (window: FileWindow) => Promise<T>): Promise<T> {
    const file = await open(path, 'r+')
    try {
      return await work(new FileWindow(file, (await file.stat()).size))
    } finally {
      await file.close()
    }
  }

  /** Bytes from a place; fewer at the end of the file. They change with the next call. */
  async bytes(at: number, count: number): Promise<Buffer> {
    if (at < this.#start || at + count > this.#start + this.#length) {
      this.#start = at
      this.#length = (await this.#file.read(this.#buffer, 0, WINDOW, at)).bytesRead
    }
    const from = at - this.#start
    return this.#buffer.subarray(from, Math.min(from + count, this.#length))
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes, 0, bytes.length, at)
    this.#length = 0
  }

  /** Overwrites a stretch with zeros. */
  async blank(at: number, count: number): Promise<void> {
    for (let done = 0; done < count; done += WINDOW) {
      await this.#file.write(ZEROS, 0, Math.min(WINDOW, count - done), at + done)
    }
    this.#length = 0
  }

  /** Cuts the file off. */
  async cut(at: number): Promise<void> {
    await this.#file.truncate(at)
    this.#length = 0
  }
}
