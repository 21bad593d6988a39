import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
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
  await sql.raw(keepRows).execute(database.db)
  await database.close()
  return name
}

/** The rows of the template lie beside the tables, so that a copy can be made what it was. */
const keepRows = `do $$ declare name text; begin
  create schema kept;
  for name in select tablename from pg_tables where schemaname = 'public' loop
    execute format('create unlogged table kept.%1$I as select * from public.%1$I', name);
  end loop;
end $$`

/** Whoever still holds it open, as a process that a test killed may, is shut out first. */
const bringBack = `do $$ declare name text; columns text; begin
  perform pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid();
  set local session_replication_role = replica;
  for name in select tablename from pg_tables where schemaname = 'kept' loop
    execute format('delete from public.%I', name);
    select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
      where attrelid = format('public.%I', name)::regclass and attnum > 0
        and not attisdropped and attgenerated = '';
    execute format('insert into public.%1$I (%2$s) select %2$s from kept.%1$I', name, columns);
  end loop;
end $$`

/** Copies that a test is done with, by template: making them new again takes a tenth of making new ones. */
const idle = new Map<string, string[]>()
/** What was filled by the thousands is not used again, and neither is what a test changed the shape of. */
const MOST_BYTES = 24 * 1024 * 1024
const shapeOf = `select pg_database_size(current_database()) as bytes,
  (select string_agg(relname || ' ' || relnatts, ',' order by relname) from pg_class
    where relnamespace = 'public'::regnamespace) as shape`
const shapes = new Map<string, string>()

async function copyPostgres(template: string): Promise<Fresh> {
  const used = idle.get(template)?.pop()
  const name = used ?? nameFor('world')
  if (!used) await administer(`create database ${name} template ${template}`)
  const database = await openNamed(name)
  if (used) await sql.raw(bringBack).execute(database.db)
  else if (!shapes.has(template)) shapes.set(template, (await measure(database)).shape)
  return {
    database,
    another: () => openNamed(name),
    async drop() {
      const { bytes, shape } = await measure(database)
      await database.close()
      if (Number(bytes) <= MOST_BYTES && shape === shapes.get(template))
        idle.set(template, [...(idle.get(template) ?? []), name])
      else await administer(`drop database ${name} with (force)`)
    },
  }
}

async function measure(database: Database<Tables>): Promise<{ bytes: string; shape: string }> {
  const { rows } = await sql.raw<{ bytes: string; shape: string }>(shapeOf).execute(database.db)
  return rows[0] as { bytes: string; shape: string }
}
