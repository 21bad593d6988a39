import type { HouseFile } from './files.ts'
import { isTest } from './files.ts'

/** The threats this server answers, by family: each id (SIG-01 … SIG-35) is the name of a test. */
const families: Readonly<Record<string, number>> = {
  SIG: 35, // HTTP signatures
  ORG: 32, // origin and identity
  ACT: 40, // who may do what to what
  LDS: 11, // signatures inside documents
  PAR: 29, // parsers and resources
  LOOP: 16, // loops and amplification
  SSRF: 20, // requests into private networks
  MED: 22, // media
  XSS: 22, // HTML, text, display
  WEB: 22, // cookies, frames, hosts
  OAU: 22, // OAuth
  OIDC: 11, // single sign-on
  ACC: 27, // accounts, sessions, second factors
  PRIV: 30, // posts that are not public
  BLK: 12, // blocks, mutes
  AZ: 20, // ownership and roles
  SPAM: 7, // spam
  UNI: 7, // names and Unicode
  OPS: 14, // secrets and operation
}

/** Which threats a test names, and which still have none; told, not failed on. */
export function securityReport(files: readonly HouseFile[]): { named: string[]; without: string[] } {
  const tests = files.filter(({ path }) => isTest(path) && path.endsWith('.ts')).map(({ text }) => text)
  const seen = new Set(tests.flatMap((text) => text.match(/\b[A-Z]{2,4}-\d{2}\b/g) ?? []))
  const all = Object.entries(families).flatMap(([family, count]) =>
    Array.from({ length: count }, (_, index) => `${family}-${String(index + 1).padStart(2, '0')}`),
  )
  return { named: all.filter((id) => seen.has(id)), without: all.filter((id) => !seen.has(id)) }
}

/** `SIG-03, 05–09` instead of every id by itself. */
export function inRuns(ids: readonly string[]): string[] {
  const byFamily = Map.groupBy(ids, (id) => id.split('-')[0] ?? '')
  return [...byFamily].map(([family, members]) => {
    const numbers = members.map((id) => Number(id.split('-')[1]))
    const starts = numbers.filter((number) => !numbers.includes(number - 1))
    const runs = starts.map((start) => {
      let end = start
      while (numbers.includes(end + 1)) end += 1
      return start === end ? two(start) : `${two(start)}–${two(end)}`
    })
    return `${family}-${runs.join(', ')}`
  })
}

const two = (number: number) => String(number).padStart(2, '0')
