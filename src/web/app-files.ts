import { readFileSync } from 'node:fs'

/** What the build says of the member app. */
type Manifest = {
  entry: string
  imports: string[]
  words: Record<string, string>
  sizes: Record<string, number>
  /** The service worker, the one piece whose name never changes. */
  worker: string
}

/** One piece of the built app, as it is sent. */
export type AppFile = { type: string; body: Uint8Array<ArrayBuffer>; brotli: Uint8Array<ArrayBuffer> }

const folder = new URL(import.meta.url.endsWith('.ts') ? '../../dist/client/' : './client/', import.meta.url)
const TYPES: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

let manifest: Manifest | null | undefined
const read = new Map<string, AppFile>()

/** What was built of the member app; null where nothing was: then members get the visitors' pages. */
export function appManifest(): Manifest | null {
  if (manifest === undefined) {
    try {
      manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest
    } catch {
      manifest = null
    }
  }
  return manifest
}

/** The service worker as it was built, or null. */
export function workerScript(): string | null {
  const name = appManifest()?.worker
  const file = name === undefined ? undefined : appFile(name)
  return file ? new TextDecoder().decode(file.body) : null
}

/** The path a piece of the app is served under; its name holds its hash. */
export const appPath = (name: string): string => `/assets/app/${name}`

/** A piece of the app by its name, or undefined; only names of the build are looked for. */
export function appFile(name: string): AppFile | undefined {
  const known = read.get(name)
  if (known) return known
  if (!Object.hasOwn(appManifest()?.sizes ?? {}, name)) return undefined
  const file = {
    type: TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    body: new Uint8Array(readFileSync(new URL(name, folder))),
    brotli: new Uint8Array(readFileSync(new URL(`${name}.br`, folder))),
  }
  read.set(name, file)
  return file
}
