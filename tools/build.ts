import { cp, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** In the bundle the work thread runs the bundle itself: there is no other file. */
const oneFile: Plugin = {
  name: 'one file',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/serve\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const entry = "import.meta.resolve('./main.ts')"
      if (!text.includes(entry)) throw new Error(`src/serve.ts no longer names its worker as ${entry}`)
      return { contents: text.replace(entry, 'import.meta.url'), loader: 'ts' }
    })
  },
}

await rm(dist, { recursive: true, force: true })
// sharp brings a library of its own that cannot be bundled; only the child process loads it.
await build({
  entryPoints: [join(root, 'src/platform/images-child.ts')],
  outfile: join(dist, 'images-child.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  external: ['sharp'],
  logLevel: 'warning',
})
await build({
  entryPoints: [join(root, 'src/main.ts')],
  outfile: join(dist, 'hyrax.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  external: ['pg-native', 'bufferutil', 'utf-8-validate'],
  // Bundled CommonJS packages still ask for node's own modules by `require`.
  banner: {
    js: "import { createRequire as _createRequire } from 'node:module';const require = _createRequire(import.meta.url);",
  },
  plugins: [oneFile],
  logLevel: 'warning',
})
// Pages read these beside the file that runs.
for (const folder of ['assets', 'style']) {
  await cp(join(root, 'src/web', folder), join(dist, folder), { recursive: true })
}
const { size } = await stat(join(dist, 'hyrax.mjs'))
console.log(`dist/hyrax.mjs ${Math.round(size / 1024)} KiB`)
