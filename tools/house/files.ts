import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from './source.ts'

/** A file of the repository: its path from the root with `/`, its text, and the text with comments blanked. */
export type HouseFile = { path: string; text: string; code: string }

/** What breaks a rule of the house, and where. */
export type Fault = { path: string; line: number; rule: string; message: string }

const skipped = new Set(['node_modules', '.git', 'data', 'dist', '.cache', 'fixtures'])
const read = /\.(tsx?|mjs|ftl|md|json|sh|css|html|toml|yml|yaml|svg)$|^(run|LICENSE|\.npmrc|\.gitignore)$/

/** Every text file of the repository that people write; generated and foreign ones are left out. */
export function houseFiles(root: string): HouseFile[] {
  const files: HouseFile[] = []
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name
      if (entry.isDirectory() && !skipped.has(entry.name)) walk(path)
      else if (entry.isFile() && read.test(entry.name))
        files.push(houseFile(path, readFileSync(join(root, path), 'utf8')))
    }
  }
  walk('')
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** A file made of a path and a text, as the rules see it. */
export function houseFile(path: string, text: string): HouseFile {
  return { path, text, code: isCode(path) ? codeOf(text) : text }
}

/** Whether a path is TypeScript or JavaScript. */
export function isCode(path: string): boolean {
  return /\.(tsx?|mjs)$/.test(path)
}

/** Whether a path is a test or belongs to the tests. */
export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/')
}

/** The line (from 1) of a place in a text. */
export function lineAt(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
