import { cp, readdir, readFile, rm, stat } from 'node:fs/promises'
import http from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { build } from 'esbuild'
import { buildClient } from './build-client.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** In the bundle the work thread runs the bundle's entry, which lies beside every piece. */
const oneEntry: Plugin = {
  name: 'one entry',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/serve\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const entry = "import.meta.resolve('./main.ts')"
      if (!text.includes(entry)) throw new Error(`src/serve.ts no longer names its worker as ${entry}`)
      return { contents: text.replace(entry, "new URL('./hyrax.mjs', import.meta.url).href"), loader: 'ts' }
    })
  },
}

/**
 * Both threads hold the text of what they load. A single letter beyond Latin-1 would make V8 keep a piece at two bytes
 * a letter, so such letters are written as escapes (in our pages, texts and patterns they mean the same).
 */
const narrowLetters: Plugin = {
  name: 'narrow letters',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!/[^\0-\xff]/.test(text)) return undefined
      const narrow = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
      return { contents: text.replace(/[^\0-\xff]/g, narrow), loader: path.endsWith('.ts') ? 'ts' : 'js' }
    })
  },
}

/** Parts of libraries that never run here: messages of zod in fifty languages, and a parser of styles, which we never allow. */
const withoutUnused: Plugin = {
  name: 'without unused',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
    onLoad({ filter: /\/postcss\/lib\/postcss\.js$/ }, () => ({
      contents: "module.exports = { parse() { throw new Error('styles are not parsed here') } }",
    }))
  },
}

/**
 * An `import` of node:http asks for everything it has, its browser-like WebSocket too, and with that for Node's whole
 * fetch: 15 MB and 30 ms a thread. Here it is taken without.
 */
const withoutSockets: Plugin = {
  name: 'without sockets',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'http', namespace: 'builtin' } : undefined,
    )
    onLoad({ filter: /^http$/, namespace: 'builtin' }, () => {
      const names = Object.keys(http).filter((name) => !/^(?:WebSocket|CloseEvent|MessageEvent)$/.test(name))
      return {
        contents: `const http = process.getBuiltinModule('node:http'); export default http
          export const { ${names.join(', ')} } = http`,
      }
    })
  },
}

await rm(dist, { recursive: true, force: true })
// In pieces, so that each thread loads only what it runs: less memory, and a quicker start.
await build({
  entryPoints: {
    hyrax: join(root, 'src/main.ts'),
    'images-child': join(root, 'src/platform/images-child.ts'),
    'sounds-child': join(root, 'src/platform/sounds-child.ts'),
  },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  // sharp brings a library of its own that cannot be bundled; only the child process loads it.
  external: ['sharp', 'pg-native', 'bufferutil', 'utf-8-validate'],
  // Bundled CommonJS packages still ask for node's own modules by `require`.
  banner: {
    js: "import { createRequire as _createRequire } from 'node:module';const require = _createRequire(import.meta.url);",
  },
  // The decoder of HEIC asks where it lies, though all of it is in the bundle.
  define: { __dirname: 'import.meta.dirname' },
  plugins: [oneEntry, withoutUnused, withoutSockets, narrowLetters],
  logLevel: 'warning',
})
// Pages read these beside the file that runs.
for (const folder of ['assets', 'style']) {
  await cp(join(root, 'src/web', folder), join(dist, folder), { recursive: true })
}
await buildClient()
let bytes = 0
for (const name of (await readdir(dist)).filter((each) => each.endsWith('.mjs'))) {
  bytes += (await stat(join(dist, name))).size
}
console.log(`dist/hyrax.mjs and its pieces: ${Math.round(bytes / 1024)} KiB`)
