import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Tables } from '#app.ts'
import type { Database } from '#platform/database/open.ts'
import { openDatabase } from '#platform/database/open.ts'
import { postgresOfThisRun } from './postgres.ts'

export type DatabaseName = 'sqlite' | 'postgres'

/** The databases every database test runs on: SQLite always, PostgreSQL where the test run started one. */
export const databases: DatabaseName[] = postgresOfThisRun() ? ['sqlite', 'postgres'] : ['sqlite']

export type Fresh = {
  database: Database<Tables>
  /** Opens it once more, as another process would; closed by whoever asked. */
  another(): Promise<Database<Tables>>
  drop(): Promise<void>
}
type Fill = (database: Database<Tables>) => Promise<void>

const templates = new Map<string, Promise<string>>()
let directory: string | undefined

/** A database of its own, copied from a template that `fill` made once per test process under that name. */
export async function freshDatabase(name: DatabaseName, template: string, fill: Fill): Promise<Fresh> {
  const key = `${name} ${template}`
  let made = templates.get(key)
  if (!made) {
    made = name === 'sqlite' ? sqliteTemplate(template, fill) : postgresTemplate(template, fill)
    templates.set(key, made)
  }
  return name === 'sqlite' ? copySqlite(await made) : copyPostgres(await made)
}

function home(): string {
  if (!directory) {
    const made = mkdtempSync(join(tmpdir(), 'hyrax-test-'))
    directory = made
    process.on('exit', () => rmSync(made, { recursive: true, force: true }))
  }
  return directory
}

const openFile = (file: string) => openDatabase<Tables>({ kind: 'sqlite', file, durability: 'off' })

async function sqliteTemplate(template: string, fill: Fill): Promise<string> {
  const file = join(home(), `template-${template}.db`)
  const database = await openFile(file)
  await fill(database)
  await database.close()
  return file
}

let copies = 0

async function copySqlite(template: string): Promise<Fresh> {
  const file = join(home(), `world-${++copies}.db`)
  copyFileSync(template, file)
  const database = await openFile(file)
  return {
    database,
    another: () => openFile(file),
    async drop() {
      await database.close()
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    },
  }
}

const nameFor = (word: string) => `t_${process.pid}_${word}_${++copies}`.replace(/\W/g, '_')

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresOfThisRun() ?? '' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function openNamed(name: string): Promise<Database<Tables>> {
  const url = new URL(postgresOfThisRun() ?? '')
  url.pathname = `/${name}`
  return openDatabase<Tables>({ kind: 'postgres', url: url.href, poolSize: 4 })
}

async function postgresTemplate(template: string, fill: Fill): Promise<string> {
  const name = nameFor(template)
  await administer(`create database ${name}`)
  const database = await openNamed(name)
  await fill(database)
  await database.close()
  return name
}

async function copyPostgres(template: string): Promise<Fresh> {
  const name = nameFor('world')
  await administer(`create database ${name} template ${template}`)
  const database = await openNamed(name)
  return {
    database,
    another: () => openNamed(name),
    async drop() {
      await database.close()
      await administer(`drop database ${name} with (force)`)
    },
  }
}
