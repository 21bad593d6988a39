import { z } from 'zod'
import type { App } from '#app.ts'
import { timeOfId } from '#platform/ids.ts'
import { job } from '#platform/jobs/declare.ts'
import { isoTime } from '#platform/times.ts'
import { BATCH, indexAccounts, indexStatuses } from './index-batch.ts'
import { ACCOUNTS, STATUSES } from './search-index.ts'

/** Batches of one run of a long job: then others have their turn. */
const BATCHES_A_RUN = 5
/** How the index is built; another number builds it anew. */
export const FORM = 1
export const BUILT = 'search index'

const Step = z.object({ kind: z.enum(['account', 'status', 'check']), below: z.number().int() })
const EVERYTHING = Number.MAX_SAFE_INTEGER

/** Goes through what an author wrote, newest first, after they agreed to be found or withdrew that. */
export const indexAuthor = job({
  name: 'index author',
  queue: 'bulk',
  tries: 8,
  payload: z.object({ accountId: z.number().int(), below: z.number().int() }),
  async run(app, { accountId, below }) {
    let last = below
    for (let n = 0; n < BATCHES_A_RUN; n++) {
      const ids = await statusIds(app, last, accountId)
      await indexStatuses(app, ids)
      if (ids.length < BATCH) return
      last = ids.at(-1) as number
    }
    await app.inTransaction((tx) => goThrough(tx, accountId, last))
  },
})

/** Owes going through what an author wrote. */
export async function goThrough(tx: App, accountId: number, below = EVERYTHING): Promise<void> {
  await tx.later(indexAuthor, { accountId, below }, { unique: `index author ${accountId} ${below}` })
}

/** Indexes what was there before the index was, in small steps, accounts first, newest first. */
export const buildIndex = job({
  name: 'build search index',
  queue: 'bulk',
  tries: 20,
  payload: Step,
  async run(app, { kind, below }) {
    let last = below
    for (let n = 0; n < BATCHES_A_RUN; n++) {
      const ids = await work[kind](app, last)
      if (ids.length < BATCH) return app.inTransaction((tx) => nextKind(tx, kind))
      last = ids.at(-1) as number
    }
    await app.inTransaction((tx) => step(tx, kind, last))
  },
})

type Kind = z.infer<typeof Step>['kind']

const work: Record<Kind, (app: App, below: number) => Promise<number[]>> = {
  async account(app, below) {
    const ids = await accountIds(app, below)
    // The statuses come afterwards in any case, so that consents need no walk of their own.
    await indexAccounts(app, ids)
    return ids
  },
  async status(app, below) {
    const ids = await statusIds(app, below)
    await indexStatuses(app, ids)
    return ids
  },
  /** What is in the index and no longer there, or no longer to be found, leaves it. */
  async check(app, below) {
    const above = EVERYTHING - below
    const found = await app.dialect.fullText.ids(STATUSES, above, BATCH).execute(app.db)
    const ids = found.rows.map((row) => row.id)
    await dropMissing(app, STATUSES, ids)
    return ids.map((id) => EVERYTHING - id)
  },
}

async function dropMissing(app: App, table: typeof STATUSES | typeof ACCOUNTS, ids: number[]) {
  if (ids.length === 0) return
  const rows = await app.db.selectFrom('status').select('id').where('id', 'in', ids).execute()
  const there = new Set(rows.map((row) => row.id))
  const gone = ids.filter((id) => !there.has(id))
  if (gone.length > 0)
    await app.inTransaction(async (tx) => void (await tx.dialect.fullText.drop(table, gone).execute(tx.db)))
}

async function empty(tx: App) {
  // A negative number says that it is being built.
  await remember(tx, -FORM)
  for (const table of [STATUSES, ACCOUNTS]) await tx.dialect.fullText.clear(table).execute(tx.db)
}

async function step(tx: App, kind: Kind, below: number) {
  await tx.later(buildIndex, { kind, below }, { unique: `build search index ${kind} ${below}` })
}

async function nextKind(tx: App, kind: Kind) {
  if (kind === 'account') return step(tx, 'status', EVERYTHING)
  if (kind === 'status') return step(tx, 'check', EVERYTHING)
  await remember(tx, FORM)
}

async function remember(tx: App, form: number) {
  const value = String(form)
  await tx.db
    .insertInto('meta')
    .values({ name: BUILT, value })
    .onConflict((clash) => clash.column('name').doUpdateSet({ value }))
    .execute()
}

/** Starts building the index unless that was done or is under way. */
export async function buildOnce(app: App): Promise<void> {
  const known = await app.db.selectFrom('meta').select('value').where('name', '=', BUILT).executeTakeFirst()
  if (known && Math.abs(Number(known.value)) === FORM) return
  await rebuild(app)
}

/** Looks for entries whose rows are gone without a word, once the index is built. */
export async function checkIndex(app: App): Promise<void> {
  const known = await app.db.selectFrom('meta').select('value').where('name', '=', BUILT).executeTakeFirst()
  if (Number(known?.value) === FORM) await app.inTransaction((tx) => step(tx, 'check', EVERYTHING))
}

/** Empties the index and starts building it anew: replacing every entry would cost many times as much. */
export async function rebuild(app: App): Promise<void> {
  await app.inTransaction(async (tx) => {
    await empty(tx)
    await tx.db.deleteFrom('job').where('kind', '=', buildIndex.name).where('state', '<>', 2).execute()
    await step(tx, 'account', EVERYTHING)
  })
}

/** Builds the whole index at once, for a command; says how far it is. */
export async function buildWhole(app: App, say: (line: string) => void): Promise<void> {
  await app.inTransaction(empty)
  for (const kind of ['account', 'status', 'check'] as const) {
    let done = 0
    for (let below = EVERYTHING; ; ) {
      const ids = await work[kind](app, below)
      done += ids.length
      if (ids.length < BATCH) break
      below = ids.at(-1) as number
      if (done % (BATCH * 250) === 0) say(`${done} ${words[kind]}`)
    }
    say(`${done} ${words[kind]}: done`)
  }
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('job').where('kind', '=', buildIndex.name).where('state', '<>', 2).execute()
    await remember(tx, FORM)
  })
}

const words: Record<Kind, string> = {
  account: 'accounts',
  status: 'statuses',
  check: 'entries looked at',
}

/** How far the index is: built, being built (and where), or not begun; and how much waits for its turn. */
export async function buildProgress(app: App) {
  const known = await app.db.selectFrom('meta').select('value').where('name', '=', BUILT).executeTakeFirst()
  const job = await app.db
    .selectFrom('job')
    .select('payload')
    .where('kind', '=', buildIndex.name)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  const { n } = await app.db
    .selectFrom('search_todo')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  const state = Number(known?.value) === FORM ? 'built' : known ? 'building' : 'not begun'
  return {
    state,
    part: job?.payload ? placeOf(JSON.parse(job.payload)) : 'about to begin',
    waiting: Number(n),
  }
}

function placeOf({ kind, below }: z.infer<typeof Step>): string {
  if (below === EVERYTHING || kind === 'check') return words[kind]
  return `${words[kind]} of ${isoTime(timeOfId(below))} and before`
}

async function statusIds(app: App, below: number, author?: number): Promise<number[]> {
  let query = app.db
    .selectFrom('status')
    .select('id')
    .where('id', '<', below)
    .where('reblog_of_id', 'is', null)
  if (author !== undefined) query = query.where('account_id', '=', author)
  const rows = await query.orderBy('id', 'desc').limit(BATCH).execute()
  return rows.map((row) => row.id)
}

async function accountIds(app: App, below: number): Promise<number[]> {
  const query = app.db.selectFrom('account').select('id').where('id', '<', below)
  return (await query.orderBy('id', 'desc').limit(BATCH).execute()).map((row) => row.id)
}

/** The long jobs of the index. */
export const indexJobs = [indexAuthor, buildIndex]
