import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import type { BuildOptions, Metafile } from 'esbuild'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'dist/client')

/** What the server needs to know of the built app: names of files in the folder, and their weight in bytes (br). */
export type ClientManifest = {
  entry: string
  /** Pieces the entry needs at once. */
  imports: string[]
  /** The piece with the words of each language. */
  words: Record<string, string>
  sizes: Record<string, number>
  /** The service worker, the one piece whose name never changes. */
  worker: string
}

const USUAL = {
  bundle: true,
  target: ['chrome120', 'firefox121', 'safari17.4'],
  minify: true,
  write: false as const,
  legalComments: 'none' as const,
  logLevel: 'warning' as const,
} satisfies BuildOptions

/** Builds the member app from client/ into dist/client: pieces named by their hash, each with a brotli copy. */
export async function buildClient(): Promise<ClientManifest> {
  await rm(folder, { recursive: true, force: true })
  const { metafile, outputFiles } = await build({
    entryPoints: { app: join(root, 'client/main.tsx') },
    outdir: folder,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ftl': 'text' },
    ...USUAL,
  })
  const worker = await build({
    entryPoints: { worker: join(root, 'client/worker/worker.ts') },
    outdir: folder,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    ...USUAL,
  })
  const manifest = describe(metafile)
  await mkdir(folder, { recursive: true })
  for (const { path, contents } of [...outputFiles, ...worker.outputFiles]) {
    const small = brotliCompressSync(contents)
    manifest.sizes[relative(folder, path)] = small.length
    await writeFile(path, contents)
    await writeFile(`${path}.br`, small)
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

function describe(metafile: Metafile): ClientManifest {
  const manifest: ClientManifest = { entry: '', imports: [], words: {}, sizes: {}, worker: 'worker.js' }
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const name = path.split('/').at(-1) as string
    const from = output.entryPoint ?? ''
    if (from.endsWith('client/main.tsx')) {
      manifest.entry = name
      manifest.imports = staticImports(metafile, path).map((each) => each.split('/').at(-1) as string)
    }
    const language = /wording\/([\w-]+)\.ftl$/.exec(from)?.[1]
    if (language) manifest.words[language] = name
  }
  return manifest
}

function staticImports(metafile: Metafile, path: string, seen = new Set<string>()): string[] {
  for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) {
    if (kind !== 'import-statement' || seen.has(next)) continue
    seen.add(next)
    staticImports(metafile, next, seen)
  }
  return [...seen]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { entry, imports, sizes } = await buildClient()
  const first = [entry, ...imports].reduce((sum, name) => sum + (sizes[name] ?? 0), 0)
  console.log(
    `dist/client: ${Object.keys(sizes).length} pieces, first load ${(first / 1024).toFixed(1)} KiB br`,
  )
}
