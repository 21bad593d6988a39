import type { Context } from 'hono'
import type { z } from 'zod'
import { validationRefusal } from './answers.ts'
import { bodyStream, headerOf, readBody, USUAL_BODY } from './body.ts'
import type { Endpoint } from './endpoint.ts'
import type { Site } from './facts.ts'
import { decodeUtf8, type Form, readFields, readJson } from './forms.ts'
import { unsupported, wrongMethod } from './refuse.ts'
import { readMultipart, type UploadedFile, USUAL_FILES } from './uploads.ts'

/** What a body was read into, with the files to throw away once the request is answered. */
export type ReadForm = { form: Form; files: readonly UploadedFile[] }

const NO_FILES: readonly UploadedFile[] = []

/** How much a form may weigh and how many files it may bring; without `files` 1 MiB and none. */
export type FormRoom = {
  files?: { bytes?: number; count?: number } | undefined
  uploadsDir?: string | undefined
}

/**
 * Reads a form from JSON, urlencoded or multipart; an absent body is an empty form. Throws 413, 415, 400 (and
 * 422 for files where none are taken). The caller discards the files.
 */
export async function readForm(c: Context<Site>, room: FormRoom = {}): Promise<ReadForm> {
  const header = headerOf(c, 'content-type') ?? ''
  const mime = (header.split(';', 1)[0] as string).trim().toLowerCase()
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header)?.[1]?.toLowerCase()
  if (mime === 'multipart/form-data') return readParts(c, header, room)
  const bytes = await readBody(c, USUAL_BODY)
  if (bytes.length === 0) return { form: readFields(''), files: NO_FILES }
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw unsupported('Only UTF-8 is read')
  if (mime === 'application/json' || mime.endsWith('+json')) {
    return { form: readJson(decodeUtf8(bytes)), files: NO_FILES }
  }
  if (mime === 'application/x-www-form-urlencoded') {
    return { form: readFields(decodeUtf8(bytes)), files: NO_FILES }
  }
  throw unsupported()
}

async function readParts(c: Context<Site>, header: string, room: FormRoom): Promise<ReadForm> {
  const { bytes, count } = room.files ? { ...USUAL_FILES, ...room.files } : { bytes: USUAL_BODY, count: 0 }
  const stream = bodyStream(c, bytes)
  if (!stream) return { form: readFields(''), files: NO_FILES }
  if (room.files && c.env) c.env.uploading = true
  return readMultipart(stream, header, { bytes, count, dir: room.uploadsDir })
}

/** Parses fields against their schema; throws 422 with the fields named. */
export function parseFields(schema: z.ZodType, form: Form): unknown {
  const result = schema.safeParse(form)
  if (result.success) return result.data
  throw validationRefusal(result.error)
}

/** The body of a request to an endpoint: its form, with the query's fields where the form lacks them (as Rails does). */
export async function readInput(
  endpoint: Endpoint,
  c: Context<Site>,
  fields: Form,
  uploadsDir: string | undefined,
): Promise<ReadForm> {
  const read = await readForm(c, { files: endpoint.files, uploadsDir })
  // A second method inside the form would go around whatever judged the first.
  if ('_method' in read.form) {
    await discardAll(read.files)
    throw wrongMethod()
  }
  for (const name in fields) if (!(name in read.form)) read.form[name] = fields[name]
  return read
}

/** Removes what was kept of a form's files. */
export async function discardAll(files: readonly UploadedFile[]): Promise<void> {
  for (const file of files) await file.discard()
}
