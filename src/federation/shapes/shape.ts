import { createHash } from 'node:crypto'
import { latelyUsed } from '#platform/cache.ts'
import { bundledContexts } from './contexts.ts'

/** A document in our canonical shape: plain JSON with the names of context-out.ts. */
export type Shaped = { [name: string]: unknown }

/** The one name of the public collection, however it was written. */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public'
const PUBLIC_NAMES = new Set([PUBLIC, 'as:Public', 'Public'])
/** How deep a document may nest (PAR-04). */
const MOST_DEPTH = 32
const MOST_CONTEXTS = 32

/** A document that cannot be read: 400 at the door, a quiet refusal later. */
export class Unreadable extends Error {}

/** Parses an arrived body: an object, not too deep, without names that could reach a prototype (PAR-04, PAR-06). */
export function parseDocument(text: string): Shaped {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Unreadable('not JSON')
  }
  if (!isObject(value)) throw new Unreadable('not an object')
  check(value, 0)
  return value
}

function check(value: unknown, depth: number): void {
  if (depth > MOST_DEPTH) throw new Unreadable('nested too deep')
  if (Array.isArray(value)) for (const item of value) check(item, depth + 1)
  else if (isObject(value)) {
    for (const [name, inside] of Object.entries(value)) {
      if (name === '__proto__' || name === 'constructor' || name === 'prototype')
        throw new Unreadable('odd names')
      check(inside, depth + 1)
    }
  }
}

/** Whether a value is a plain object. */
export function isObject(value: unknown): value is Shaped {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const verdicts = latelyUsed<string, boolean>(2000)

/**
 * Brings a document to the canonical shape: as it is when every context is one we know and maps as ours does,
 * else by JSON-LD expansion with the bundled contexts alone. Throws Unreadable where neither can be done.
 */
export async function shapeOf(document: Shaped): Promise<Shaped> {
  const context = document['@context']
  if (context === undefined) throw new Unreadable('no context')
  const key = createHash('sha256').update(JSON.stringify(context)).digest('base64')
  let isPlain = verdicts.get(key)
  if (isPlain === undefined) {
    isPlain = isKnownContext(context)
    verdicts.set(key, isPlain)
  }
  return normalised(isPlain ? document : await compacted(document)) as unknown as Shaped
}

function isKnownContext(context: unknown): boolean {
  const entries = Array.isArray(context) ? context : [context]
  if (entries.length > MOST_CONTEXTS) return false
  if (
    !entries.some(
      (entry) => typeof entry === 'string' && /^https?:\/\/www\.w3\.org\/ns\/activitystreams$/.test(entry),
    )
  )
    return false
  return entries.every((entry) => (typeof entry === 'string' ? isKnownUrl(entry) : isHarmless(entry)))
}

const KNOWN_URL =
  /^https?:\/\/(?:www\.w3\.org\/ns\/(?:activitystreams|did\/v1|cid\/v1)|w3id\.org\/(?:security\/(?:v1|v2|data-integrity\/v[12]|multikey\/v1)|identity\/v1)|purl\.archive\.org\/(?:socialweb\/webfinger|miscellany)|gotosocial\.org\/ns|join-lemmy\.org\/context\.json|litepub\.social\/litepub\/context\.jsonld|schema\.org\/?)$|\/schemas\/litepub-[\d.]+\.jsonld$/

function isKnownUrl(url: string): boolean {
  return KNOWN_URL.test(url)
}

/** Names of ActivityStreams that an inline context must not give another meaning (LDS-01, LDS-03). */
const CORE =
  /^(?:@(?!language$).*|id|type|actor|object|target|to|cc|bto|bcc|attributedTo|content|summary|name|inReplyTo|url|tag|attachment|inbox|outbox|followers|following|endpoints|sharedInbox|publicKey|publicKeyPem|owner|preferredUsername|published|updated|icon|image|href|mediaType|items|orderedItems|first|next|partOf)$/

function isHarmless(entry: unknown): boolean {
  if (!isObject(entry)) return false
  return Object.entries(entry).every(([term, meaning]) => {
    if (term === '@language') return typeof meaning === 'string'
    if (term === 'type' && meaning === '@type') return true
    if (term === 'id' && meaning === '@id') return true
    if (CORE.test(term)) return false
    if (typeof meaning === 'string') return !meaning.startsWith('@')
    return (
      isObject(meaning) && Object.keys(meaning).every((word) => ['@id', '@type', '@container'].includes(word))
    )
  })
}

const loadBundled = async (url: string) => {
  const context = bundledContexts[url.replace(/^http:/, 'https:')]
  // Never from the network: whoever chooses the context chooses the meaning.
  if (!context) throw new Unreadable(`unknown context ${url.slice(0, 200)}`)
  return { contextUrl: undefined, documentUrl: url, document: context }
}

async function compacted(document: Shaped): Promise<Shaped> {
  // Few documents need it, and it is large: loaded when the first one comes.
  const { default: jsonld } = await import('jsonld')
  try {
    const options = { documentLoader: loadBundled, safe: false }
    const ours = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1']
    const result = (await jsonld.compact(
      document as never,
      ours as never,
      options as never,
    )) as unknown as Shaped
    if ('@graph' in result || '@included' in result) throw new Unreadable('several things in one document')
    return result
  } catch (error) {
    if (error instanceof Unreadable) throw error
    throw new Unreadable(`not readable as JSON-LD: ${(error as Error).message.slice(0, 200)}`)
  }
}

/** Makes the public collection one name and `@id`/`@type` plain, all through. */
function normalised(value: unknown): unknown {
  if (typeof value === 'string') return PUBLIC_NAMES.has(value) ? PUBLIC : value
  if (Array.isArray(value)) return value.map(normalised)
  if (!isObject(value)) return value
  const made: Shaped = {}
  for (const [name, inside] of Object.entries(value)) {
    if (name === '@context') continue
    const plain = name === '@id' ? 'id' : name === '@type' ? 'type' : name
    // Texts are left alone: somebody may well post the word «Public».
    made[plain] = isText(plain) ? inside : normalised(inside)
  }
  return made
}

function isText(name: string): boolean {
  return (
    name === 'content' ||
    name === 'summary' ||
    name === 'name' ||
    name.endsWith('Map') ||
    name === 'preferredUsername'
  )
}

/** The id of a thing that is given as text or as an object; null when it has none. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (isObject(value) && typeof value.id === 'string') return value.id
  return null
}

/** One or many values as a list of at most `most` (PAR-05). */
export function listOf(value: unknown, most: number): unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.slice(0, most) : [value]
}

/** A text of at most `most` characters; empty when it is none. */
export function textOf(value: unknown, most: number): string {
  return typeof value === 'string' ? value.slice(0, most).toWellFormed().replaceAll('\0', '') : ''
}

/** Whether a thing is of one of these types. */
export function isA(value: Shaped, ...types: string[]): boolean {
  return listOf(value.type, 8).some((type) => typeof type === 'string' && types.includes(type))
}

/** An https (or allowed http) address, normalised; null for anything else (ORG-21, ORG-31). */
export function webUrl(value: unknown, most = 2048): string | null {
  if (typeof value !== 'string' || value.length > most || !/^https?:\/\//i.test(value)) return null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an address holds none
  if (/[\u0000-\u0020\u007f]/.test(value) || !URL.canParse(value)) return null
  const url = new URL(value)
  return url.username || url.password ? null : value
}

/** The host (with port, if unusual) of an address, in its normal form; null when it is none. */
export function hostOf(value: unknown): string | null {
  const url = webUrl(value)
  return url === null ? null : new URL(url).host.replace(/\.$/, '')
}

/** Whether two addresses are of one origin. */
export function sameOrigin(one: unknown, other: unknown): boolean {
  const [left, right] = [webUrl(one), webUrl(other)]
  return left !== null && right !== null && new URL(left).origin === new URL(right).origin
}
