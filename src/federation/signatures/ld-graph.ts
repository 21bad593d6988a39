import { hash } from 'node:crypto'
import { CONTEXT } from '../shapes/context-out.ts'
import { exactContexts } from '../shapes/contexts.ts'
import type { Shaped } from '../shapes/shape.ts'
import { isObject, shapeOf, Unreadable } from '../shapes/shape.ts'
import { canonicalJson } from './jcs.ts'
import { isKnownWordForWord } from './known-terms.ts'

/** Bounds on what is brought into canonical form, a work that a hostile graph can make long (LDS-07). */
const MOST_QUADS = 10_000
const MOST_NAMELESS = 500
const MOST_MS = 2000
const MOST_NODES = 5000
const RESTRUCTURING = ['@graph', '@included', '@reverse', '@nest', '@index', '@set', '@list', '@value']

const nquads = 'application/n-quads'
const library = async () => (await import('jsonld')).default

const loadExact = async (url: string) => {
  const context = exactContexts[url]
  // Never from the network: who answers for a context chooses the meaning of what was signed (LDS-04).
  if (!context) throw new Unreadable(`unknown context ${url.slice(0, 200)}`)
  return { contextUrl: undefined, documentUrl: url, document: context }
}

/** The hash that LD signatures are made over: SHA-256, in hexadecimal, of the canonical quads of the graph. */
export async function graphHash(document: Shaped): Promise<string> {
  return hash('sha256', await canonicalQuads(await quadsOf(document)), 'hex')
}

/**
 * The hash of a document and the document that the hashed graph says, in our own context: whoever trusts the one
 * reads the other and never what arrived. Throws Unreadable for what could be read in two ways (LDS-01 to LDS-03).
 */
export async function provableGraph(document: Shaped): Promise<{ hash: string; read(): Promise<Shaped> }> {
  if (!isKnownWordForWord(document['@context'])) throw new Unreadable('a context we do not know by heart')
  refuseRestructuring(document, document['@context'])
  const quads = await quadsOf(document)
  return {
    hash: hash('sha256', await canonicalQuads(quads), 'hex'),
    read: () => readGraph(quads, document.id),
  }
}

function refuseRestructuring(value: unknown, context: unknown, at = ''): void {
  if (Array.isArray(value)) for (const item of value) refuseRestructuring(item, context, at)
  if (!isObject(value)) return
  for (const [name, inside] of Object.entries(value)) {
    if (RESTRUCTURING.includes(name)) throw new Unreadable(`${name} in a signed document`)
    if (name === '@context') {
      const isOutermost = at === ''
      // A proof repeats the context; anything else inside would be another reading of a part.
      const isRepeated = at === '/proof' && canonicalJson(inside) === canonicalJson(context)
      if (!isOutermost && !isRepeated) throw new Unreadable('a context inside a signed document')
    } else refuseRestructuring(inside, context, `${at}/${name}`)
  }
}

async function quadsOf(document: Shaped): Promise<string> {
  const jsonld = await library()
  try {
    const options = { documentLoader: loadExact, format: nquads, safe: false }
    return (await jsonld.toRDF(document as never, options as never)) as unknown as string
  } catch (error) {
    if (error instanceof Unreadable) throw error
    throw new Unreadable(`not readable as JSON-LD: ${(error as Error).message.slice(0, 200)}`)
  }
}

async function canonicalQuads(quads: string): Promise<string> {
  const lines = quads.split('\n')
  const nameless = new Set(quads.match(/(?<=^|\s)_:\S+/gm))
  if (lines.length > MOST_QUADS || nameless.size > MOST_NAMELESS) throw new Unreadable('too large a graph')
  const jsonld = await library()
  try {
    const options = {
      algorithm: 'RDFC-1.0',
      inputFormat: nquads,
      format: nquads,
      maxWorkFactor: 1,
      signal: AbortSignal.timeout(MOST_MS),
    }
    return (await jsonld.canonize(quads as never, options as never)) as unknown as string
  } catch (error) {
    throw new Unreadable(`no canonical form: ${(error as Error).message.slice(0, 200)}`)
  }
}

async function readGraph(quads: string, root: unknown): Promise<Shaped> {
  const jsonld = await library()
  const nodes = (await jsonld.fromRDF(quads as never, { format: nquads } as never)) as unknown as Shaped[]
  const byId = new Map(nodes.map((node) => [node['@id'], node]))
  const start = byId.get(root)
  if (!start) throw new Unreadable('a signed document without its own id')
  const options = { documentLoader: loadExact, safe: false }
  const tree = nest(start, byId, [])
  const compact = await jsonld.compact(tree as never, CONTEXT as never, options as never)
  return shapeOf(withNumbers(compact) as Shaped)
}

/** What the published context calls a count comes out of the graph as text. */
const COUNTS = ['height', 'startIndex', 'totalItems', 'width']

function withNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNumbers)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => {
      const isCount = COUNTS.includes(name) && typeof inside === 'string' && /^\d{1,15}$/.test(inside)
      return [name, isCount ? Number(inside) : withNumbers(inside)]
    }),
  )
}

const XSD = 'http://www.w3.org/2001/XMLSchema#'

/** A literal that JSON has a word for, as that word. */
function plainValue(literal: Shaped): Shaped {
  const { '@value': text, '@type': type } = literal
  if (type === `${XSD}boolean`) return { '@value': text === 'true' || text === '1' }
  if (type !== `${XSD}integer` && type !== `${XSD}double`) return literal
  return Number.isFinite(Number(text)) ? { '@value': Number(text) } : literal
}

/**
 * Puts the nodes of a graph into one another again, where they are named; a circle ends at its name, and so does a
 * graph that would grow beyond measure.
 */
function nest(
  value: unknown,
  byId: Map<unknown, Shaped>,
  above: readonly unknown[],
  room = { left: MOST_NODES },
): unknown {
  if (Array.isArray(value)) return value.map((item) => nest(item, byId, above, room))
  if (!isObject(value)) return value
  if (value['@value'] !== undefined) return plainValue(value)
  if (--room.left < 0) throw new Unreadable('too large a tree')
  const id = value['@id']
  const isReference = id !== undefined && Object.keys(value).length === 1
  if (isReference && above.includes(id)) return value
  const node = isReference ? (byId.get(id) ?? value) : value
  const inside = id === undefined ? above : [...above, id]
  return Object.fromEntries(
    Object.entries(node).map(([name, each]) => {
      // An id is a name, not a thing to look inside of.
      const isWord = name.startsWith('@') && name !== '@list'
      return [name, isWord ? each : nest(each, byId, inside, room)]
    }),
  )
}
