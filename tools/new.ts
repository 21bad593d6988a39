import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrationFile, readmeWithVerb, registered, roomFiles, verbFiles } from './house/templates.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const usage = `npm run new verb ROOM/VERB-NOUN      for example: statuses/pin-status
npm run new room NAME                for example: lists
npm run new migration WORDS          for example: add-lists`

const [kind, name = ''] = process.argv.slice(2)
const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const [room = '', verb = ''] = name.split('/')

if (kind === 'verb' && kebab.test(room) && kebab.test(verb)) newVerb()
else if (kind === 'room' && kebab.test(name)) newRoom()
else if (kind === 'migration' && kebab.test(name)) newMigration()
else stop(usage)

function newVerb() {
  if (!existsSync(join(root, 'src', room)))
    stop(`There is no room src/${room}; npm run new room ${room} makes it.`)
  for (const [path, text] of Object.entries(verbFiles(room, verb))) write(path, text)
  const readme = `src/${room}/README.md`
  if (!existsSync(join(root, readme))) return
  writeFileSync(join(root, readme), readmeWithVerb(readFileSync(join(root, readme), 'utf8'), verb))
  console.log(`changed ${readme}`)
}

function newRoom() {
  for (const [path, text] of Object.entries(roomFiles(name))) write(path, text)
  console.log('Give it a floor in tools/house/floors.ts and a line in docs/ARCHITECTURE.md.')
}

function newMigration() {
  const taken = readdirSync(join(root, 'migrations')).filter((file) => /^\d{4}-.*\.ts$/.test(file))
  const number = String(taken.length + 1).padStart(4, '0')
  write(`migrations/${number}-${name}.ts`, migrationFile(name))
  const list = 'src/platform/database/migrate.ts'
  writeFileSync(join(root, list), registered(readFileSync(join(root, list), 'utf8'), number, name))
  console.log(`changed ${list}`)
}

function write(path: string, text: string) {
  if (existsSync(join(root, path))) stop(`${path} is there already.`)
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  console.log(`wrote   ${path}`)
}

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}
