import { z } from 'zod'
import { UploadedFile } from './uploads.ts'

// Mastodon's clients send booleans and numbers as text, one id where a list is meant, and null or '' for
// "leave it out". These pieces read all of that; each is optional unless `required` is asked of it.

const absent = (value: unknown) => (value === null || value === '' ? undefined : value)

const TRUE = new Set<unknown>([true, 1, '1', 't', 'T', 'true', 'TRUE', 'True', 'on', 'ON', 'yes'])
const FALSE = new Set<unknown>([false, 0, '0', 'f', 'F', 'false', 'FALSE', 'False', 'off', 'OFF', 'no'])
const readFlag = (value: unknown) => (TRUE.has(value) ? true : FALSE.has(value) ? false : absent(value))

const readNumber = (value: unknown) =>
  typeof value === 'string' && /^\s*[+-]?\d{1,15}(?:\.\d{1,15})?\s*$/.test(value)
    ? Number(value)
    : absent(value)

const readId = (value: unknown) => (typeof value === 'number' ? String(value) : absent(value))

const isNumbered = (value: object) => Object.keys(value).every((name) => /^\d{1,9}$/.test(name))

function readList(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return undefined
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value instanceof UploadedFile || !isNumbered(value)) return [value]
  const form = value as Record<string, unknown>
  return Object.keys(form)
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => form[name])
}

/** A yes or no as true, 1, "1", "t", "true", "on" and their opposites; '' and null count as absent. */
export const flag = z.preprocess(readFlag, z.boolean().optional()).meta({ type: 'boolean' })

/** A yes or no with the answer that counts when it is left out. */
export const flagOr = (usual: boolean) =>
  z.preprocess(readFlag, z.boolean().default(usual)).meta({ type: 'boolean', default: usual })

/** An id as text (a JSON number is made text); whether it means anything is for the reader to find out. */
export const idText = z.preprocess(readId, z.string().max(64).optional()).meta({ type: 'string' })

/** An id that must be there. */
export const requiredId = z.preprocess(readId, z.string().max(64)).meta({ type: 'string' })

/** Ids as `ids[]=1&ids[]=2`, `ids=1` or a JSON list; empty ones are dropped. */
export const idList = z
  .preprocess((value) => {
    const list = readList(value)
    return Array.isArray(list) ? list.filter((each) => each !== '' && each !== null).map(readId) : list
  }, z.array(z.string().max(64)).max(1000).optional())
  .meta({ type: 'array', items: { type: 'string' } })

/** A whole number, as text or number. */
export const intText = z.preprocess(readNumber, z.int().optional()).meta({ type: 'integer' })

/** A whole number within bounds, which must hold when it is sent. */
export const intBetween = (least: number, most: number) =>
  z
    .preprocess(readNumber, z.int().min(least).max(most).optional())
    .meta({ type: 'integer', minimum: least, maximum: most })

/** Any number, as text or number. */
export const numberText = z.preprocess(readNumber, z.number().optional()).meta({ type: 'number' })

/** Text of at most `most` characters; null counts as absent, '' is a value of its own. */
export const text = (most = 100_000) =>
  z
    .preprocess(
      (value) => (value === null ? undefined : typeof value === 'number' ? String(value) : value),
      z.string().max(most).optional(),
    )
    .meta({ type: 'string' })

/** Text that must be there and not be blank. */
export const requiredText = (most = 100_000) => z.string().trim().min(1, "can't be blank").max(most)

/** One of these words; '' and null count as absent. */
export const wordOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  z.preprocess(absent, z.enum(words).optional()).meta({ type: 'string', enum: [...words] })

/** Texts as `a[]=x&a[]=y`, `a=x` or a JSON list. */
export const textList = (most = 1000) =>
  z
    .preprocess(readList, z.array(z.string()).max(most).optional())
    .meta({ type: 'array', items: { type: 'string' } })

/** Rows as `a[][x]`, `a[0][x]`, a JSON list or a JSON object with numbered keys. */
export const rows = <T extends z.ZodType>(row: T, most = 1000) =>
  z.preprocess(readList, z.array(row).max(most).optional())

/** A moment in ISO 8601 as ms since 1970; '' and null count as absent. */
export const timeText = z
  .preprocess((value) => {
    if (typeof value !== 'string' || value === '') return absent(value)
    const ms = /^\d{4}-\d\d?-\d\d?/.test(value) ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms) ? value : ms
  }, z.int({ error: 'is not a valid date' }).optional())
  .meta({ type: 'string', format: 'date-time' })

/** A file of a multipart form; an empty text in its place counts as absent. The endpoint must declare `files`. */
export const file = z
  .preprocess(absent, z.instanceof(UploadedFile, { error: 'must be a file' }).optional())
  .meta({ type: 'string', format: 'binary' })

const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z0-9+/]+={0,2})$/

function fileInText(value: unknown): unknown {
  const [, mime = '', coded = ''] = (typeof value === 'string' && DATA_URI.exec(value)) || []
  if (coded === '') return absent(value)
  const kept = Buffer.from(coded, 'base64')
  return new UploadedFile({ filename: '', mime, size: kept.length, kept })
}

/** A file that may also come as text, `data:image/png;base64,…`: so do clients that speak no multipart. */
export const fileOrText = z
  .preprocess(fileInText, z.instanceof(UploadedFile, { error: 'must be a file' }).optional())
  .meta({ type: 'string', format: 'binary' })
