/** One import or re-export of a file; `typeOnly` ones vanish at run time. */
export type Import = { specifier: string; line: number; typeOnly: boolean; reexport: boolean }

const importing =
  /^[ \t]*(import|export)\s+(type\s+)?(?:(\*(?:\s+as\s+\w+)?|[\w$]+|(?:[\w$]+\s*,\s*)?\{[^}]*\}|[\w$]+\s*,\s*\*\s+as\s+\w+)\s+from\s+)?(['"])([^'"\n]+)\4/gm
const importingLazily = /\bimport\(\s*(['"])([^'"\n]+)\1\s*\)/g

/** The imports of a file whose comments are blanked. */
export function importsOf(code: string): Import[] {
  const found: Import[] = []
  for (const match of code.matchAll(importing)) {
    const [, word, type, names, , specifier] = match
    if (!specifier || (word === 'export' && !names)) continue
    found.push({ specifier, line: lineOf(code, match), typeOnly: Boolean(type), reexport: word === 'export' })
  }
  for (const match of code.matchAll(importingLazily)) {
    const typeOnly =
      /\btypeof\s+$/.test(code.slice(0, match.index)) || /[:|<&]\s*$/.test(code.slice(0, match.index))
    found.push({ specifier: match[2] ?? '', line: lineOf(code, match), typeOnly, reexport: false })
  }
  return found
}

function lineOf(code: string, match: RegExpExecArray): number {
  const start = match.index + (match[0].length - match[0].trimStart().length)
  return code.slice(0, start).split('\n').length
}

/** The text with comments turned into spaces, line breaks kept, so that rules do not read prose. */
export function codeOf(text: string): string {
  let code = ''
  let at = 0
  const braces: number[] = []
  let depth = 0
  while (at < text.length) {
    const end = endOfPiece(text, at, code)
    const piece = text.slice(at, end)
    if (piece.startsWith('//') || piece.startsWith('/*')) code += piece.replace(/[^\n]/g, ' ')
    else {
      if (piece === '{') depth += 1
      else if (piece.endsWith('${') && piece.length > 1) braces.push(depth)
      else if (piece === '}' && braces.at(-1) === depth) {
        braces.pop()
        const close = endOfTemplate(text, at + 1)
        const rest = text.slice(at, close)
        if (rest.endsWith('${')) braces.push(depth)
        code += rest
        at = close
        continue
      } else if (piece === '}') depth -= 1
      code += piece
    }
    at = end
  }
  return code
}

function endOfPiece(text: string, at: number, before: string): number {
  const two = text.slice(at, at + 2)
  if (two === '//') return endAt(text, '\n', at, 0)
  if (two === '/*') return endAt(text, '*/', at + 2, 2)
  const letter = text[at]
  if (letter === "'" || letter === '"') return endOfQuoted(text, at + 1, letter)
  if (letter === '`') return endOfTemplate(text, at + 1)
  if (letter === '/' && /(^|[=(,:[!&|?{};\n]|=>|\breturn)\s*$/.test(before.slice(-40)))
    return endOfRegex(text, at + 1)
  return at + 1
}

function endAt(text: string, mark: string, from: number, more: number): number {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found + more
}

function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** The end of a template literal, or of its part up to `${`. */
function endOfTemplate(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '$' && text[at + 1] === '{') return at + 2
    at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}

function endOfRegex(text: string, from: number): number {
  let at = from
  let inClass = false
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true
    if (text[at] === ']') inClass = false
    at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}
