import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { coloursCss } from './tokens.ts'

/** A file that pages point at; its name holds its hash, so it may be kept for ever. */
export type Asset = { path: string; type: string; body: Buffer; brotli(): Buffer }

const APP_STYLE = 'app composer viewer'.split(' ')
const STYLE = 'tokens base layout parts tables status media profile landing forms print'.split(' ')
const here = (name: string) => readFileSync(new URL(name, import.meta.url))

/** The style sheet of every page: layers in order, comments left out. */
export const style: Asset = sheet('style', [
  '@layer reset,tokens,base,layout,parts,faces,theme;',
  `@layer tokens{${coloursCss()}}`,
  ...STYLE.map(written),
])
/** What the member app has besides. */
export const appStyle: Asset = sheet('app', APP_STYLE.map(written))
/** The seated hyrax in its own colour. */
export const logo: Asset = asset('logo', 'svg', 'image/svg+xml', here('./assets/logo.svg'))
/** The hyrax on a pebble, for tabs. */
export const favicon: Asset = asset('favicon', 'svg', 'image/svg+xml', here('./assets/favicon.svg'))

/** Everything under /assets/, by path. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  [style, appStyle, logo, favicon].map((each) => [each.path, each]),
)

function written(name: string): string {
  return here(`./style/${name}.css`).toString('utf8')
}

function sheet(name: string, texts: readonly string[]): Asset {
  const text = texts
    .join('\n')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\n\s*/g, '\n')
  return asset(name, 'css', 'text/css; charset=utf-8', Buffer.from(text))
}

function asset(name: string, ending: string, type: string, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  let small: Buffer | undefined
  return {
    path: `/assets/${name}-${hash}.${ending}`,
    type,
    body,
    brotli: () => {
      small ??= brotliCompressSync(body)
      return small
    },
  }
}
