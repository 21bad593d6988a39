import type { App } from '#app.ts'
import type { Severity } from '#instance/domain-policies.ts'
import { severities } from '#instance/domain-policies.ts'
import { invalid, Refusal } from '#platform/errors.ts'
import { LONGEST_COMMENT, readHost, strengthOf } from './domain-policies.ts'

/** The most that is read of a list of blocks, in bytes and in rows. */
export const MOST_BYTES = 1024 ** 2
export const MOST_ROWS = 100_000

/** What a list says about one server. */
export type BlockRow = {
  line: number
  domain: string
  severity: Severity
  rejectMedia: boolean
  rejectReports: boolean
  obfuscate: boolean
  publicComment: string
}
/** A row that is not taken, safe to print. */
export type BlockFault = { line: number; text: string; why: string }

type Line = { line: number; cells: string[]; isBroken: boolean }
type Columns = Partial<Record<string, number>>

const HEAD = ['#domain', '#severity', '#reject_media', '#reject_reports', '#public_comment', '#obfuscate']
const YES = new Set(['true', 't', 'yes', '1'])
const NO = new Set(['', 'false', 'f', 'no', '0'])
/** What stands before a country where many register: `co.uk` is nobody's server. */
const SHARED = new Set(['ac', 'co', 'com', 'edu', 'go', 'gob', 'gov', 'mil', 'ne', 'net', 'nom', 'or', 'org'])

/**
 * Reads a list of blocks in Mastodon's form, or one name a line for which `bare` says what is decided. A server named
 * twice is what its strictest row says; rows that cannot be taken are told by line. Throws `invalid` for what is no list.
 */
export async function readBlocks(
  app: App,
  bytes: Uint8Array,
  bare?: Severity,
): Promise<{ rows: BlockRow[]; faults: BlockFault[] }> {
  const lines = await linesOf(textOf(bytes))
  const head = columnsOf(lines[0]?.cells ?? [])
  const told = head ? lines.slice(1) : lines.filter(({ cells }) => !cells[0]?.startsWith('#'))
  if (told.length > MOST_ROWS) throw invalid(`The list has more than ${MOST_ROWS} rows`)
  if (!head && !bare) throw invalid('The list only names servers: say what is decided about them')
  const rows = new Map<string, BlockRow>()
  const faults: BlockFault[] = []
  for (const line of told) {
    try {
      const row = rowOf(app, line, head ?? { domain: 0 }, bare ?? 'suspend')
      rows.set(row.domain, strictest(rows.get(row.domain), row))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const why = error.message.replace('Validation failed: ', '')
      faults.push({ line: line.line, text: printable(line.cells.join(',')), why })
    }
  }
  return { rows: [...rows.values()], faults }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MOST_BYTES) throw invalid('The list is larger than 1 MB')
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text.replace(/\r\n?/g, '\n')
  } catch {
    // Told below.
  }
  throw invalid('The list is no text in UTF-8')
}

async function linesOf(text: string): Promise<Line[]> {
  const { default: papa } = await import('papaparse')
  const found: Line[] = []
  let line = 1
  let read = 0
  papa.parse<string[]>(text, {
    delimiter: ',',
    newline: '\n',
    step: ({ data, errors, meta }, parser) => {
      const cells = data.map((cell) => cell.trim())
      if (cells.some((cell) => cell !== '')) found.push({ line, cells, isBroken: errors.length > 0 })
      line += text.slice(read, meta.cursor).split('\n').length - 1
      read = meta.cursor
      if (found.length > MOST_ROWS + 1) parser.abort()
    },
  })
  return found
}

function columnsOf(cells: string[]): Columns | null {
  const names = cells.map((cell) => cell.toLowerCase().replace(/^#\s*/, ''))
  return names.includes('domain') ? Object.fromEntries(names.map((name, at) => [name, at])) : null
}

function rowOf(app: App, { line, cells, isBroken }: Line, head: Columns, usual: Severity): BlockRow {
  if (isBroken) throw invalid('Quotes are not closed')
  const cell = (name: string) => cells[head[name] ?? -1] ?? ''
  const domain = readHost(app, cell('domain'))
  if (!/^[a-z0-9._:[\]-]+$/.test(domain)) throw invalid('Domain has stars or signs in its name')
  const [first = '', country = '', ...more] = domain.split('.')
  if (more.length === 0 && country.length === 2 && SHARED.has(first))
    throw invalid('Domain is one below which many have their own')
  const severity = cell('severity').toLowerCase() || usual
  if (!isSeverity(severity)) throw invalid(`Severity is none of ${severities.join(', ')}`)
  const publicComment = cell('public_comment').replace(/^'(?=[=+\-@])/, '')
  if (publicComment.length > LONGEST_COMMENT) throw invalid('Comment is too long')
  return {
    line,
    domain,
    severity,
    rejectMedia: readFlag(cell('reject_media')),
    rejectReports: readFlag(cell('reject_reports')),
    obfuscate: readFlag(cell('obfuscate')),
    publicComment,
  }
}

const isSeverity = (word: string): word is Severity => severities.includes(word as Severity)

function readFlag(cell: string): boolean {
  const word = cell.toLowerCase()
  if (!YES.has(word) && !NO.has(word)) throw invalid('A switch is neither true nor false')
  return YES.has(word)
}

function strictest(known: BlockRow | undefined, row: BlockRow): BlockRow {
  if (!known) return row
  return {
    ...known,
    severity: strengthOf(row.severity) > strengthOf(known.severity) ? row.severity : known.severity,
    rejectMedia: known.rejectMedia || row.rejectMedia,
    rejectReports: known.rejectReports || row.rejectReports,
    obfuscate: known.obfuscate || row.obfuscate,
    publicComment: known.publicComment || row.publicComment,
  }
}

/** What a terminal may be shown of what a stranger wrote. */
const printable = (text: string) => text.slice(0, 60).replace(/[^\x20-\x7e\p{L}\p{N}]/gu, '?')

/** Every decision that limits a server, in Mastodon's form; what only the staff noted stays here. */
export async function writeBlocks(app: App): Promise<string> {
  const { default: papa } = await import('papaparse')
  const rows = await app.db.selectFrom('domain_policy').selectAll().orderBy('domain').execute()
  const told = rows.filter((row) => row.severity !== 'noop' || row.reject_media || row.reject_reports)
  const cells = told.map((row) => [
    row.domain,
    row.severity,
    row.reject_media === 1,
    row.reject_reports === 1,
    row.public_comment,
    row.obfuscate === 1,
  ])
  // A cell that begins like a formula is run by some spreadsheets.
  return papa.unparse([HEAD, ...cells], { escapeFormulae: true, newline: '\n' })
}
