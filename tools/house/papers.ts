import { posix } from 'node:path'
import type { Fault, HouseFile } from './files.ts'
import { isCode, lineAt } from './files.ts'

const mostLines = 400
const listedFrom = 300
const readmeLines = 20

/** Files that nobody reads whole. */
export function sizeFaults(files: readonly HouseFile[]): { faults: Fault[]; long: string[] } {
  const sized = files
    .filter(({ path }) => isCode(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines >= listedFrom)
  const faults = sized
    .filter(({ lines }) => lines > mostLines)
    .map(({ path, lines }) => ({
      path,
      line: mostLines,
      rule: 'size',
      message: `${lines} lines; ${mostLines} are the most`,
    }))
  return {
    faults,
    long: sized.filter(({ lines }) => lines <= mostLines).map(({ path, lines }) => `${path} ${lines}`),
  }
}

/** Barrels hide where a thing is. */
export function barrelFaults(files: readonly HouseFile[]): Fault[] {
  return files
    .filter(({ path }) => isCode(path) && /(^|\/)index\.\w+$/.test(path))
    .map(({ path }) => ({
      path,
      line: 1,
      rule: 'barrels',
      message: 'name the file by what it holds, not index',
    }))
}

/** Each room tells what it owns in at most twenty lines, and the map of the house shows exactly these rooms. */
export function roomFaults(files: readonly HouseFile[]): Fault[] {
  const rooms = new Set(files.flatMap(({ path }) => /^src\/([\w-]+)\/.+\.ts$/.exec(path)?.[1] ?? []))
  const faults: Fault[] = []
  for (const room of rooms) {
    const readme = files.find(({ path }) => path === `src/${room}/README.md`)
    const lines = readme?.text.trimEnd().split('\n').length ?? 0
    if (!readme) faults.push({ path: `src/${room}`, line: 1, rule: 'rooms', message: 'has no README.md' })
    else if (lines > readmeLines) {
      const message = `${lines} lines; a room says what it owns in ${readmeLines}`
      faults.push({ path: readme.path, line: readmeLines, rule: 'rooms', message })
    }
  }
  const map = files.find(({ path }) => path === 'docs/ARCHITECTURE.md')
  if (map) faults.push(...mapFaults(map, rooms))
  return faults
}

function mapFaults(map: HouseFile, rooms: ReadonlySet<string>): Fault[] {
  const drawn = new Map<string, number>()
  for (const match of map.text.matchAll(/^ {2}([a-z-]+)\/ /gm)) {
    drawn.set(match[1] ?? '', lineAt(map.text, match.index))
  }
  const missing = [...rooms].filter((room) => !drawn.has(room))
  const gone = [...drawn].filter(([room]) => !rooms.has(room))
  const fault = (line: number, message: string) => ({ path: map.path, line, rule: 'map', message })
  return [
    ...missing.map((room) => fault(1, `does not show the room src/${room}/`)),
    ...gone.map(([room, line]) => fault(line, `shows src/${room}/, which does not exist`)),
  ]
}

/** Links in Markdown that lead nowhere: files that do not exist, headings that are not there. */
export function linkFaults(files: readonly HouseFile[], exists: (path: string) => boolean): Fault[] {
  const papers = files.filter(({ path }) => path.endsWith('.md'))
  const headings = new Map(papers.map(({ path, text }) => [path, anchorsOf(text)]))
  return papers.flatMap((file) => {
    const text = file.text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '))
    return [...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].flatMap((match) => {
      const message = deadLink(file.path, match[1] ?? '', headings, exists)
      return message ? [{ path: file.path, line: lineAt(text, match.index), rule: 'links', message }] : []
    })
  })
}

function deadLink(
  path: string,
  link: string,
  headings: ReadonlyMap<string, ReadonlySet<string>>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined
  const [file = '', anchor] = decodeURI(link).split('#')
  const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file))
  if (!exists(target)) return `leads to ${target}, which does not exist`
  if (anchor && headings.has(target) && !headings.get(target)?.has(anchor))
    return `${target} has no heading #${anchor}`
  return undefined
}

function anchorsOf(text: string): Set<string> {
  const titles = [...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => match[1] ?? '')
  return new Set(
    titles.map((title) =>
      title
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  )
}
