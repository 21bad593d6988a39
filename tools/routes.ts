import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '../src/app.ts'
import { endpoints } from '../src/endpoints.ts'
import { openSite } from '../src/open-site.ts'
import { readConfig } from '../src/platform/config.ts'

// npm run routes [-- WORD…]: the routes that have all the words in them, and where each is declared. Behind the
// declared endpoints come those that the other doors answer (pages, documents, files).
const scratch = mkdtempSync(join(tmpdir(), 'hyrax-routes-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const words = process.argv.slice(2)
const declared = endpoints.map(({ route, source }) => ({ route: rest(route), source }))
const known = new Set(declared.map(({ route }) => route))
const others = [...new Set(openSite(nobody(), { setupCode: '' }).routes.map(nameOf))]
  .filter((route) => !known.has(route) && !/^ALL .*\*$/.test(route))
  .map((route) => ({ route, source: 'another door' }))
const all = [...declared, ...others]
const shown = all.filter(({ route }) => words.every((word) => route.includes(word)))
const width = Math.max(0, ...shown.map(({ route }) => route.length))
for (const { route, source } of shown) console.log(`${route.padEnd(width)} → ${source}`)
console.log(`${shown.length} of ${all.length} routes`)

/** `/:handle{@[a-z]+\.rss}` is told as `/@:handle.rss`: what must stand there stands there. */
function nameOf({ method, path }: { method: string; path: string }): string {
  const plain = path.replace(
    /:(\w+)\{(@?)\[[^\]]*\]\+(?:\\(\.\w+))?\}/g,
    (_, name, before, after = '') => `${before}:${name}${after}`,
  )
  return rest(`${method} ${plain}`)
}

/** What stands for all that may follow is told as `(*any)`. */
function rest(route: string): string {
  return route.replace(/:any\{\.\+\}$|\*$/, '(*any)')
}

/** Routes are only listed here, never answered, so nobody needs to be at home. */
function nobody(): App {
  const config = readConfig({ env: { LOCAL_DOMAIN: 'localhost', HYRAX_DATA: scratch }, cwd: scratch })
  const anything: unknown = new Proxy(() => {}, {
    get: (_, name) => (name === Symbol.toPrimitive ? () => '' : name === 'config' ? config : anything),
    apply: () => anything,
  })
  return anything as App
}
