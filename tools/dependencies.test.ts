import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
const IMPORT =
  /^(?:import|export) (?!type\b)[^'"]*?from '([^'.#][^']*)'|^import '([^'.#][^']*)'|\bimport\('([^'.#][^']*)'\)/gm

test('whatever the program and the app are built of is there after an install without development tools', () => {
  const missing = new Set<string>()
  for (const home of ['src', 'client', 'migrations']) {
    for (const name of readdirSync(join(root, home), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name) || name.endsWith('.test.ts') || name.startsWith('browser/')) continue
      for (const found of readFileSync(join(root, home, name), 'utf8').matchAll(IMPORT)) {
        const path = found[1] ?? found[2] ?? found[3] ?? ''
        const wanted = path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/')
        if (!isBuiltin(path) && !(wanted in dependencies)) missing.add(`${wanted} (${home}/${name})`)
      }
    }
  }
  assert.deepEqual([...missing], [])
})
