import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import busboy from 'busboy'
import { USUAL_BODY } from './body.ts'
import { type Form, formBuilder, MOST_FIELDS } from './forms.ts'
import { HttpRefusal, malformed, tooLarge } from './refuse.ts'

/** Files up to 1 MiB stay in memory, larger ones lie in a temporary file. */
const MOST_IN_MEMORY = 1024 * 1024

/** How much an endpoint that takes files accepts in one request, unless it says otherwise. */
export const USUAL_FILES = { bytes: 42 * 1024 * 1024, count: 4 }

/** A file that came with a form. It is gone when the request is answered: keep the bytes or copy the path. */
export class UploadedFile {
  /** As the client named it: never a path of ours. */
  readonly filename: string
  /** What the client claims; look at the bytes before believing it. */
  readonly mime: string
  readonly size: number
  /** Where it lies, or null while it is in memory. */
  readonly path: string | null
  readonly #bytes: Buffer | null

  constructor(facts: { filename: string; mime: string; size: number; kept: Buffer | string }) {
    this.filename = facts.filename
    this.mime = facts.mime
    this.size = facts.size
    this.path = typeof facts.kept === 'string' ? facts.kept : null
    this.#bytes = typeof facts.kept === 'string' ? null : facts.kept
  }

  /** The whole content. */
  async bytes(): Promise<Buffer> {
    return this.#bytes ?? readFile(this.path as string)
  }

  /** Where it lies; what is in memory is written into `directory` first. */
  async lieIn(directory: string): Promise<string> {
    if (this.path) return this.path
    const path = join(directory, `upload-${randomUUID()}`)
    await writeFile(path, this.#bytes as Buffer, { mode: 0o600, flag: 'wx' })
    return path
  }

  /** Removes the temporary file, if there is one and nobody moved it away. */
  async discard(): Promise<void> {
    if (this.path) await unlink(this.path).catch(() => {})
  }
}

export type MultipartLimits = { bytes: number; count: number; dir?: string | undefined }

/**
 * Reads a multipart form. `limits.count` is 0 where no files are taken: a file then throws 422. Throws 413
 * beyond `limits.bytes` in total or 1 MiB of text, 400 for what is malformed; files kept so far are removed.
 */
export async function readMultipart(
  stream: Readable,
  contentType: string,
  limits: MultipartLimits,
): Promise<{ form: Form; files: UploadedFile[] }> {
  const intake = new Intake(contentType, limits)
  try {
    await intake.run(stream)
    const files = await Promise.all(intake.files)
    const builder = formBuilder()
    for (const [name, value] of intake.entries) builder.add(name, await value)
    return { form: builder.finish(), files }
  } catch (error) {
    stream.unpipe()
    stream.pause()
    const kept = await Promise.allSettled(intake.files)
    await Promise.all(kept.map((each) => (each.status === 'fulfilled' ? each.value.discard() : undefined)))
    if (error instanceof HttpRefusal) throw error
    throw malformed('The form could not be read')
  }
}

class Intake {
  /** Fields and files in the order in which they came, which decides the order of rows. */
  readonly entries: [name: string, value: string | Promise<UploadedFile>][] = []
  readonly files: Promise<UploadedFile>[] = []
  readonly #parser: busboy.Busboy
  readonly #limits: MultipartLimits
  #textSize = 0
  #reject: (error: unknown) => void = () => {}

  constructor(contentType: string, limits: MultipartLimits) {
    this.#limits = limits
    try {
      this.#parser = busboy({
        headers: { 'content-type': contentType },
        defParamCharset: 'utf8',
        limits: {
          fieldNameSize: 500,
          fieldSize: USUAL_BODY,
          fields: MOST_FIELDS,
          files: limits.count + 1,
          parts: MOST_FIELDS + limits.count + 1,
          headerPairs: 32,
          fileSize: limits.bytes,
        },
      })
    } catch {
      throw malformed('The form has no boundary')
    }
  }

  run(stream: Readable): Promise<void> {
    return new Promise((resolve, reject) => {
      const parser = this.#parser
      this.#reject = (error) => {
        parser.destroy()
        reject(error)
      }
      let size = 0
      const count = (chunk: Buffer) => {
        size += chunk.length
        if (size <= this.#limits.bytes) return
        stream.off('data', count)
        this.#reject(tooLarge())
      }
      stream.on('data', count)
      // Streams may fail more than once on their way down, and an error nobody hears ends the process.
      stream.on('error', (error) => this.#reject(error))
      stream.once('close', () => {
        // Harmless after a complete form; a client that went away never lets the parser finish.
        if (!stream.readableEnded) this.#reject(malformed('The request ended early'))
      })
      parser.on('field', (name, value, info) => this.#guarded(() => this.#takeField(name, value, info)))
      parser.on('file', (name, content, info) => this.#guarded(() => this.#takeFile(name, content, info)))
      for (const limit of ['partsLimit', 'fieldsLimit', 'filesLimit'] as const) {
        parser.on(limit, () => this.#reject(malformed('Too many fields')))
      }
      parser.on('error', (error) => this.#reject(error))
      parser.once('close', resolve)
      stream.pipe(parser)
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#reject(error)
    }
  }

  #takeField(name: string, value: string, info: busboy.FieldInfo): void {
    this.#textSize += value.length
    if (info.valueTruncated || info.nameTruncated || this.#textSize > USUAL_BODY) throw tooLarge()
    // The parser replaces what is not UTF-8; the sign for that is never meant.
    if (value.includes('\ufffd')) throw malformed('The form is not valid UTF-8')
    this.entries.push([name, value])
  }

  #takeFile(name: string, content: Readable & { truncated?: boolean }, info: busboy.FileInfo): void {
    content.on('error', (error) => this.#reject(error))
    // A form field left empty arrives as a nameless file of no bytes.
    if (!info.filename) {
      content.resume()
      return
    }
    if (this.files.length >= this.#limits.count) {
      throw new HttpRefusal(422, 'Validation failed: files are not accepted here')
    }
    const kept = keepFile(content, info.filename, info.mimeType, this.#limits.dir ?? tmpdir())
    kept.catch(this.#reject)
    this.files.push(kept)
    this.entries.push([name, kept])
  }
}

async function keepFile(
  content: Readable & { truncated?: boolean },
  filename: string,
  mime: string,
  dir: string,
): Promise<UploadedFile> {
  const chunks: Buffer[] = []
  let size = 0
  let spill: { path: string; handle: FileHandle } | null = null
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      size += chunk.length
      chunks.push(chunk)
      if (size <= MOST_IN_MEMORY) continue
      spill ??= await openSpill(dir)
      for (const each of chunks.splice(0)) await spill.handle.write(each)
    }
    await spill?.handle.close()
    if (content.truncated) throw tooLarge()
    return new UploadedFile({ filename, mime, size, kept: spill?.path ?? Buffer.concat(chunks) })
  } catch (error) {
    if (spill) {
      await spill.handle.close().catch(() => {})
      await unlink(spill.path).catch(() => {})
    }
    throw error
  }
}

async function openSpill(dir: string): Promise<{ path: string; handle: FileHandle }> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, `hyrax-upload-${randomUUID()}`)
  return { path, handle: await open(path, 'wx', 0o600) }
}
