import type { Fault, HouseFile } from './files.ts'
import { isTest } from './files.ts'
import type { Import } from './source.ts'
import { importsOf } from './source.ts'

/** The floors from low to high; a file may import from its own and from those below. */
export const floors: readonly { name: string; rooms: readonly string[] }[] = [
  { name: 'GROUND', rooms: ['platform', 'happenings.ts'] },
  { name: 'PEOPLE', rooms: ['accounts', 'instance', 'auth', 'relationships'] },
  { name: 'THINGS', rooms: ['media', 'hashtags', 'filters', 'statuses', 'collections'] },
  { name: 'READING', rooms: ['timelines', 'notifications', 'search', 'moderation', 'transfer'] },
  { name: 'DOORS', rooms: ['federation', 'streaming', 'web', 'cli'] },
]

const doors = floors.length - 1
const roof = floors.length

type Place = { room: string; floor: number }

/** Where a path below src/ stands; files directly in src/ are the roof, unknown folders have no place. */
export function placeOf(path: string): Place | undefined {
  const [first = '', ...more] = path.replace(/^src\//, '').split('/')
  const floor = floors.findIndex(({ rooms }) => rooms.includes(first))
  if (floor !== -1) return { room: first, floor }
  return more.length === 0 ? { room: first, floor: roof } : undefined
}

/** Imports that go up, through another door, to the roof, or into an api file; and folders without a floor. */
export function floorFaults(files: readonly HouseFile[], dependencies: readonly string[]): Fault[] {
  return sources(files).flatMap((file) => {
    const place = placeOf(file.path)
    if (!place)
      return [{ path: file.path, line: 1, rule: 'floors', message: 'this folder stands on no floor' }]
    return importsOf(file.code).flatMap((one) => {
      const message = faultOf(file.path, place, one, dependencies)
      return message ? [{ path: file.path, line: one.line, rule: 'floors', message }] : []
    })
  })
}

function faultOf(
  path: string,
  from: Place,
  one: Import,
  dependencies: readonly string[],
): string | undefined {
  const target = targetOf(path, one.specifier)
  if (!target) return foreignFault(one, dependencies)
  if (target === 'src/app.ts' && one.typeOnly) return undefined
  if (target.startsWith('migrations/') && path.startsWith('src/platform/database/migrat')) return undefined
  if (target === 'package.json') return undefined
  if (!target.startsWith('src/')) return `imports ${target}, which is not part of src/`
  const to = placeOf(target)
  if (!to) return undefined
  if (one.reexport) return `hands on ${target}: an import names the file that holds the thing`
  if (from.floor === roof) return undefined
  if (to.floor === roof) return `imports ${target}: nobody imports the roof`
  if (isApi(target)) return `imports ${target}: an api file is imported by endpoints.ts only`
  if (to.floor > from.floor) return `imports ${target}: ${nameOf(from)} may not import ${nameOf(to)} above it`
  if (from.floor === doors && to.floor === doors && from.room !== to.room) {
    return `imports ${target}: a door never imports another door`
  }
  return undefined
}

function foreignFault(one: Import, dependencies: readonly string[]): string | undefined {
  if (one.specifier.startsWith('node:') || one.typeOnly) return undefined
  const name = one.specifier
    .split('/')
    .slice(0, one.specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return dependencies.includes(name)
    ? undefined
    : `imports ${name}, which is not in package.json "dependencies"`
}

const nameOf = ({ room, floor }: Place) => `${room} (${floors[floor]?.name})`
const isApi = (path: string) => /(^|\/|-)api\.ts$/.test(path)

function sources(files: readonly HouseFile[]): HouseFile[] {
  return files.filter(({ path }) => path.startsWith('src/') && path.endsWith('.ts') && !isTest(path))
}

/** The path from the root that an import means, or undefined for packages. */
export function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (!specifier.startsWith('.')) return undefined
  return new URL(specifier, `file:///${path}`).pathname.slice(1)
}

/** Files that import each other in a circle at run time; each circle is told once. */
export function circleFaults(files: readonly HouseFile[]): Fault[] {
  const edges = new Map<string, { target: string; line: number }[]>()
  for (const { path, code } of sources(files)) {
    const kept = importsOf(code).filter(({ typeOnly }) => !typeOnly)
    edges.set(
      path,
      kept.map(({ specifier, line }) => ({ target: targetOf(path, specifier) ?? '', line })),
    )
  }
  const faults: Fault[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: string[]) => {
    if (done.has(path)) return
    for (const { target, line } of edges.get(path) ?? []) {
      const start = target === path ? trail.length : trail.indexOf(target)
      if (start !== -1) {
        const circle = [...trail.slice(start), path, target].join(' → ')
        faults.push({ path, line, rule: 'circles', message: `imports in a circle: ${circle}` })
      } else if (edges.has(target)) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return faults
}
