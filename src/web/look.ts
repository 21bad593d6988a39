import type { Look } from './layout.ts'

const ALLOWED = {
  scheme: ['auto', 'light', 'dark'],
  contrast: ['auto', 'more'],
  density: ['cosy', 'compact', 'airy'],
  motion: ['auto', 'less'],
  counts: ['show', 'hide'],
} as const satisfies Record<keyof Look, readonly string[]>
const names = Object.keys(ALLOWED) as (keyof Look)[]

/** The cookie that keeps how pages look in a browser; it says nothing about who reads. */
export const LOOK_COOKIE = 'hyrax_look'

/** What of these words is a look; the rest counts as nothing (WEB-22). */
export function lookOf(wanted: Record<string, string | undefined>): Look {
  const known = names.filter((name) => (ALLOWED[name] as readonly string[]).includes(wanted[name] ?? ''))
  return Object.fromEntries(known.map((name) => [name, wanted[name]]))
}

/** A look as the text of its cookie: `scheme:dark.counts:hide`. */
export const lookText = (look: Look): string =>
  names.flatMap((name) => (look[name] ? [`${name}:${look[name]}`] : [])).join('.')

/** The look a cookie's text means. */
export const readLook = (text: string | null): Look =>
  lookOf(Object.fromEntries((text ?? '').split('.').map((part) => part.split(':', 2) as [string, string])))
