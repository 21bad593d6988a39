import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { appStyle, style } from '../src/web/assets.ts'

const KIB = 1024
const manifest: {
  entry: string
  imports: string[]
  words: Record<string, string>
  sizes: Record<string, number>
} = JSON.parse(readFileSync(join(import.meta.dirname, '../dist/client/manifest.json'), 'utf8'))

/** What a browser loads may weigh this much, in KiB of brotli. */
const budgets: [what: string, most: number, bytes: number][] = [
  [
    'script before the first post',
    60,
    [manifest.entry, ...manifest.imports].reduce((sum, name) => sum + (manifest.sizes[name] ?? 0), 0),
  ],
  ['style of the app', 16, style.brotli().length + appStyle.brotli().length],
  ['style of a visitor’s page', 12, style.brotli().length],
  ...Object.entries(manifest.words).map(
    ([code, name]) => [`words in ${code}`, 12, manifest.sizes[name] ?? 0] as [string, number, number],
  ),
]

describe('what the member app weighs', () => {
  for (const [what, most, bytes] of budgets) {
    test(`${what}: ${(bytes / KIB).toFixed(1)} of ${most} KiB`, () => {
      assert.ok(bytes > 0)
      assert.ok(bytes <= most * KIB)
    })
  }
})
