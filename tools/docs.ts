import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commands } from '../src/cli/hyrax.ts'
import { consequences } from '../src/effects.ts'
import { endpoints } from '../src/endpoints.ts'
import * as happenings from '../src/happenings.ts'
import { settings } from '../src/platform/config-schema.ts'
import type { Happening } from '../src/platform/jobs/declare.ts'
import { schedule } from '../src/schedule.ts'
import { ownJobs } from '../src/start-worker.ts'
import { apiPage, commandsPage, happeningsPage, jobsPage, settingsPage } from './house/reference.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const check = process.argv.includes('--check')

const events = Object.values(happenings).filter(
  (each): each is Happening<unknown> & typeof each => 'name' in each && 'payload' in each,
)
const pages: Record<string, string> = {
  'docs/reference/api.md': apiPage(endpoints),
  'docs/reference/settings.md': settingsPage(settings),
  'docs/reference/happenings.md': happeningsPage(events as Happening<unknown>[], consequences),
  'docs/reference/jobs.md': jobsPage(ownJobs, consequences, schedule),
  'docs/reference/commands.md': commandsPage(commands),
}

const stale = Object.entries(pages).filter(([path, text]) => {
  const file = join(root, path)
  return !existsSync(file) || readFileSync(file, 'utf8') !== text
})
for (const [path, text] of stale) {
  console.log(`${path} ${check ? 'is out of date' : 'written'}`)
  if (check) continue
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
if (check && stale.length > 0) console.log('Run npm run docs and commit what it prints.')
console.log(
  `${Object.keys(pages).length} pages, ${stale.length === 0 ? 'all up to date' : `${stale.length} differed`}`,
)
process.exitCode = check && stale.length > 0 ? 1 : 0
