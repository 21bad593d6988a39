import { parse } from 'smol-toml'

/** What a configuration file says, and the lines that say nothing we understand. */
export type FileReading = { values: Record<string, string>; problems: { line: number; sentence: string }[] }

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)(?:[ \t]*=[ \t]*|:[ \t]+)/
const NO_VALUE = /^[ \t]*(?:#|$|export[ \t]+[A-Za-z_][\w \t]*$|set[ \t]+[-+])/

/**
 * Reads an env file as Ruby's dotenv, docker-compose or a shell would. Where they differ the value that
 * somebody is likely to have meant is taken: quotes around a whole value go, `$NAME` is replaced only when
 * NAME is known, `#` begins a comment only after a space, nothing is ever run.
 */
export function parseEnvFile(
  text: string,
  env: Readonly<Record<string, string | undefined>> = {},
): FileReading {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n')
  const reading: FileReading = { values: {}, problems: [] }
  const lookUp = (name: string) => reading.values[name] ?? env[name]
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const match = ASSIGNMENT.exec(line)
    if (match) {
      const { value, extraLines } = readValue(line.slice(match[0].length), lines.slice(at + 1), lookUp)
      reading.values[match[1] ?? ''] = value
      if (/\$\(|`/.test(value)) {
        reading.problems.push({
          line: at + 1,
          sentence: `${match[1]} keeps its $(…) as text: nothing is run.`,
        })
      }
      at += extraLines
    } else if (!NO_VALUE.test(line.trimEnd())) {
      reading.problems.push({ line: at + 1, sentence: 'This line is not NAME=value.' })
    }
  }
  return reading
}

type LookUp = (name: string) => string | undefined
type Value = { value: string; extraLines: number }

function readValue(rest: string, following: string[], lookUp: LookUp): Value {
  const quoted =
    rest.startsWith('"') || rest.startsWith("'") ? readQuoted(rest, following, lookUp) : undefined
  return quoted ?? { value: readBare(rest, lookUp), extraLines: 0 }
}

/** A value in quotes, over several lines if need be; undefined when the quotes do not enclose all of it. */
function readQuoted(rest: string, following: string[], lookUp: LookUp): Value | undefined {
  const text = [rest, ...following].join('\n')
  let value = ''
  let at = 0
  while (at < text.length && !/[ \t\n;]/.test(text[at] ?? '')) {
    const quote = text[at] ?? ''
    if (quote === '"' || quote === "'") {
      const end = closingQuote(text, at)
      if (end < 0) return undefined
      const inner = text.slice(at + 1, end)
      // Two lines with a lone quote each are two settings, not one of two lines.
      const asRead = /\S/.test(text[end + 1] ?? '') ? inner + quote : inner
      if (/\n[ \t]*(?:export )?[A-Z_][A-Z0-9_]*=[^=\n]/.test(asRead)) return undefined
      value += quote === "'" ? inner : unescapeDouble(inner, lookUp)
      at = end + 1
    } else {
      const word = /^[^\s"';]+/.exec(text.slice(at))?.[0] ?? ''
      value += unescapeBare(word, lookUp)
      at += word.length
    }
  }
  const after = /^[^\n]*/.exec(text.slice(at))?.[0] ?? ''
  if (!/^;?[ \t]*(?:[ \t]#.*)?$/.test(after)) return undefined
  return { value, extraLines: text.slice(0, at).split('\n').length - 1 }
}

function closingQuote(text: string, from: number): number {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1
    else if (text[at] === quote) return at
  }
  return -1
}

function readBare(rest: string, lookUp: LookUp): string {
  const withoutComment = rest.replace(/(?:^|[ \t]+)#(?:[ \t].*)?$|[ \t]+#.*$/, '')
  return unescapeBare(withoutComment.trim(), lookUp)
}

const REFERENCE = String.raw`\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^}]*))?\})`
const BARE = new RegExp(String.raw`\\([\s"'\\$#&<>()|;\x60!*?~])|${REFERENCE}`, 'g')
const DOUBLE = new RegExp(String.raw`\\(["\\$\x60nr])|${REFERENCE}`, 'g')

const unescapeBare = (text: string, lookUp: LookUp) =>
  text.replace(BARE, (...found) => replaced(found, lookUp))
const unescapeDouble = (text: string, lookUp: LookUp) =>
  text.replace(DOUBLE, (...found) => replaced(found, lookUp, { n: '\n', r: '\r' }))

function replaced(
  found: (string | undefined)[],
  lookUp: LookUp,
  controls: Record<string, string> = {},
): string {
  const [whole = '', escaped, plain, braced, otherwise] = found
  if (escaped !== undefined) return controls[escaped] ?? escaped
  // A password with a dollar sign in a file that was never meant for a shell must survive.
  return lookUp(plain ?? braced ?? '') ?? otherwise ?? whole
}

/** Reads hyrax.toml: nested tables are joined with `_`, lists with `,`. Throws the parser's error. */
export function parseToml(text: string): FileReading {
  const reading: FileReading = { values: {}, problems: [] }
  flatten(parse(text.replace(/^\uFEFF/, '')), '', reading)
  return reading
}

function flatten(table: object, prefix: string, reading: FileReading): void {
  for (const [key, value] of Object.entries(table) as [string, unknown][]) {
    const name = prefix + key
    if (Array.isArray(value)) {
      if (value.some((part) => typeof part === 'object')) {
        reading.problems.push({ line: 0, sentence: `${name} must be a list of plain values.` })
      } else {
        reading.values[name] = value.join(',')
      }
    } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
      flatten(value, `${name}_`, reading)
    } else {
      reading.values[name] = String(value)
    }
  }
}
