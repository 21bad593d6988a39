import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from './house/files.ts'
import { houseFiles } from './house/files.ts'
import { circleFaults, floorFaults } from './house/floors.ts'
import { barrelFaults, linkFaults, roomFaults, sizeFaults } from './house/papers.ts'
import { inRuns, securityReport } from './house/security-ids.ts'
import { privateFaults, wordFaults } from './house/words.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const files = houseFiles(root)
const dependencies = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies)
const { faults: tooLong, long } = sizeFaults(files)

const faults: Fault[] = [
  ...floorFaults(files, dependencies),
  ...circleFaults(files),
  ...tooLong,
  ...barrelFaults(files),
  ...wordFaults(files),
  ...roomFaults(files),
  ...linkFaults(files, (path) => existsSync(join(root, path))),
  ...privateFaults(files, privateWords()),
]

if (long.length > 0) console.log(`long files (300 lines or more): ${long.join(', ')}`)
const { named, without } = securityReport(files)
if (process.argv.includes('--security'))
  for (const line of inRuns(without)) console.log(`without a test: ${line}`)
for (const { path, line, rule, message } of faults) console.log(`${path}:${line} [${rule}] ${message}`)
const security = `security: ${named.length} of ${named.length + without.length} threats named by a test`
console.log(
  `${files.length} files, ${faults.length === 0 ? 'no faults' : `${faults.length} faults`}; ${security}`,
)
process.exitCode = faults.length === 0 ? 0 : 1

/** Words that must not leave this clone, one a line, in a file that is never committed. */
function privateWords(): string[] {
  const list = join(root, '.git/info/private-words')
  if (!existsSync(list)) return []
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
