import { malformed } from './refuse.ts'

/** Fields as every body and query string is read into: no prototype, values are text, lists, forms or (from JSON) anything plain. */
export type Form = { [name: string]: unknown }

/** How deep bracketed keys may nest: `a[b][c][d][e]` is the deepest. */
export const MOST_DEPTH = 5
/** How many fields one request may carry. */
export const MOST_FIELDS = 1000
const MOST_JSON_DEPTH = 32
const MOST_KEY = 500

// Names that reach the prototype of an ordinary object somewhere down the line.
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

const newForm = (): Form => Object.create(null) as Form

/**
 * Reads `a=1&b[]=2&c[][d]=3&e[0][f]=4` (a query string or an urlencoded body) into one plain shape.
 * Throws 400 for too many fields, too deep keys, contradicting keys, invalid UTF-8 and NUL.
 */
export function readFields(text: string): Form {
  const form = newForm()
  if (text === '') return form
  const builder = formBuilder(form)
  let start = 0
  while (start <= text.length) {
    const found = text.indexOf('&', start)
    const end = found === -1 ? text.length : found
    if (end > start) {
      const equals = text.indexOf('=', start)
      const middle = equals === -1 || equals > end ? end : equals
      builder.add(decode(text.slice(start, middle)), decode(text.slice(middle + 1, end)))
    }
    start = end + 1
  }
  return builder.finish()
}

/** Reads a JSON body, which must be an object (or nothing); throws 400 with the same bounds as other bodies. */
export function readJson(text: string): Form {
  if (text.trim() === '') return newForm()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('The JSON could not be read')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('The JSON must be an object')
  }
  checkJson(value, 1)
  return Object.assign(newForm(), value)
}

export type FormBuilder = { add(key: string, value: unknown): void; finish(): Form }

/** Collects fields with Rails-style keys one by one (multipart brings them so). */
export function formBuilder(form: Form = newForm()): FormBuilder {
  let count = 0
  let numbered = false
  return {
    add(key, value) {
      if (++count > MOST_FIELDS) throw malformed('Too many fields')
      if (typeof value === 'string') checkText(value)
      const names = namesOf(key)
      if (names === null) return
      if (names.length > 1) numbered ||= names.some((name, at) => at > 0 && isIndex(name))
      place(form, names, value)
    },
    finish() {
      if (numbered) for (const name of Object.keys(form)) form[name] = listed(form[name])
      return form
    },
  }
}

/** Decodes bytes as strict UTF-8; throws 400 for anything else, a byte order mark included. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    const text = utf8.decode(bytes)
    if (text.charCodeAt(0) !== 0xfeff) return text
  } catch {}
  throw malformed('The body is not valid UTF-8')
}
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw malformed('The request holds invalid escapes')
  }
}

function checkText(text: string): void {
  // PostgreSQL cannot store NUL, and half a surrogate pair has no UTF-8.
  if (text.includes('\0') || !text.isWellFormed()) throw malformed('The request holds invalid text')
}

// `a[b][]` is ['a', 'b', '']; brackets that do not close are part of a plain name, as in Rack.
function namesOf(key: string): string[] | null {
  if (key.length > MOST_KEY) throw malformed('A field name is too long')
  checkText(key)
  const open = key.indexOf('[')
  const names = [open > 0 ? key.slice(0, open) : key]
  if (open > 0) {
    const rest = key.slice(open)
    if (!/^(?:\[[^[\]]*\])+$/.test(rest)) names[0] = key
    else names.push(...rest.slice(1, -1).split(']['))
  }
  if (names.length > MOST_DEPTH) throw malformed('A field name is too deep')
  if (names.some((name) => FORBIDDEN.has(name))) throw malformed('A field name is not allowed')
  return names[0] === '' || names[0]?.startsWith('[') ? null : names
}

function place(form: Form, names: string[], value: unknown): void {
  let holder = form
  for (let at = 0; at < names.length - 1; at++) {
    const name = names[at] as string
    if (names[at + 1] !== '') {
      holder = formAt(holder, name)
      continue
    }
    const list = listAt(holder, name)
    const rest = names.slice(at + 2)
    if (rest.length === 0) {
      list.push(value)
      return
    }
    if (rest[0] === '') throw malformed('A list of lists cannot be read')
    holder = elementFor(list, rest)
    at++
  }
  holder[names.at(-1) as string] = value
}

function formAt(holder: Form, name: string): Form {
  holder[name] ??= newForm()
  const found = holder[name]
  if (!isForm(found)) throw malformed(`The field ${name} is used in two ways`)
  return found
}

function listAt(holder: Form, name: string): unknown[] {
  holder[name] ??= []
  const found = holder[name]
  if (!Array.isArray(found)) throw malformed(`The field ${name} is used in two ways`)
  return found
}

// `a[][x]=1&a[][y]=2&a[][x]=3`: a name that the last element already has begins the next one.
function elementFor(list: unknown[], rest: string[]): Form {
  const last = list.at(-1)
  if (isForm(last) && !has(last, rest)) return last
  const element = newForm()
  list.push(element)
  return element
}

function has(form: Form, names: string[]): boolean {
  if (names.includes('')) return false
  let holder: unknown = form
  for (const name of names) {
    if (!isForm(holder) || holder[name] === undefined) return false
    holder = holder[name]
  }
  return true
}

// Forms are told from files and lists by having no prototype.
function isForm(value: unknown): value is Form {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
}

const isIndex = (name: string) => /^\d{1,9}$/.test(name)

/** `{ '0': x, '7': y }` becomes `[x, y]`: the order of the numbers counts, their size allocates nothing. */
function listed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(listed)
  if (!isForm(value)) return value
  const names = Object.keys(value)
  for (const name of names) value[name] = listed(value[name])
  if (!names.every(isIndex)) return value
  return names.sort((a, b) => Number(a) - Number(b)).map((name) => value[name])
}

function checkJson(value: unknown, depth: number): void {
  if (typeof value === 'string') checkText(value)
  // 1e999 reads as infinity, which neither database nor JSON can hold.
  if (typeof value === 'number' && !Number.isFinite(value)) throw malformed('A number is too large')
  if (typeof value !== 'object' || value === null) return
  if (depth > MOST_JSON_DEPTH) throw malformed('The JSON is nested too deeply')
  if (Array.isArray(value)) {
    for (const each of value) checkJson(each, depth + 1)
    return
  }
  for (const name of Object.keys(value)) {
    if (FORBIDDEN.has(name)) throw malformed('A field name is not allowed')
    checkText(name)
    checkJson((value as Form)[name], depth + 1)
  }
}
