import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { markerIn } from './ledger.ts'

type Row = Record<string, unknown>
type Post = { id: number; uri: string; content: string }

/** Reads what a server has on disk, behind its back. */
export type Books = {
  /** How often each marker stands among its posts. */
  markers(): Map<string, number>
  owed(): { jobs: number; dead: number }
  /** Damage of its pages in a word, or null. */
  damage(): string | null
  /** What went wrong with the jobs that wait, each kind of trouble in a line. */
  troubles(): string[]
  post(marker: string): Post | undefined
  rows(query: string, ...values: (string | number)[]): Row[]
  close(): void
}

/** Opens the books of the server whose data lies in `folder`. */
export function openBooks(folder: string): Books {
  const db = new DatabaseSync(join(folder, 'hyrax.db'), { readOnly: true, timeout: 5000 })
  const rows = (query: string, ...values: (string | number)[]) => db.prepare(query).all(...values) as Row[]
  const count = (table: string) => Number(rows(`select count(*) as n from ${table}`)[0]?.n)
  const known = new Map<string, number>()
  let last = 0
  return {
    markers() {
      for (const row of rows(
        'select rowid as place, content from status where rowid > ? order by rowid',
        last,
      )) {
        last = Number(row.place)
        const marker = markerIn(String(row.content))
        if (marker) known.set(marker, (known.get(marker) ?? 0) + 1)
      }
      return known
    },
    owed: () => ({ jobs: count('job'), dead: count('dead_job') }),
    damage() {
      // A connection of its own: on one that stays open the text index looks for pieces that have been merged since.
      const fresh = new DatabaseSync(join(folder, 'hyrax.db'), { readOnly: true, timeout: 5000 })
      const [found] = fresh.prepare('pragma integrity_check(1)').all() as Row[]
      fresh.close()
      const word = String(Object.values(found ?? {})[0])
      return word === 'ok' ? null : word
    },
    troubles: () =>
      rows(`select queue, last_error, count(*) as jobs, max(attempts) as tried, max(crashes) as crashed,
        max(run_at) - cast(unixepoch('subsec') * 1000 as integer) as latest_in_ms
        from job where last_error is not null group by 1, 2`).map(shortly),
    post: (marker) =>
      rows('select id, uri, content from status where content like ?', `%torture ${marker}%`)[0] as
        | Post
        | undefined,
    rows,
    close: () => db.close(),
  }
}

const shortly = (row: Row) =>
  Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${String(value).slice(0, 160)}`)
    .join(', ')

const JOB = `id, queue, lane, kind, state, prio, attempts, failures, crashes, last_error,
  run_at - cast(unixepoch('subsec') * 1000 as integer) as due_in_ms`
const DEAD = 'id, queue, lane, kind, attempts, reason'

/** Says where a post that has not arrived got stuck: a line for every row on both sides that knows of it. */
export function whereabouts(marker: string, from: Books, to: Books, host: string): string[] {
  const lines: string[] = []
  const note = (side: string, rows: Row[], none: string) => {
    if (rows.length === 0) lines.push(`${side}: ${none}`)
    for (const row of rows) lines.push(`${side}: ${shortly(row)}`)
  }
  const post = from.post(marker)
  if (!post) return ['sender: no such post']
  const id = String(post.id)
  note(
    'sender, owed',
    from.rows(`select ${JOB} from job where instr(payload, ?)`, id),
    'no happening or effect waits',
  )
  const letters = from.rows('select id, "left" from outgoing where instr(body, ?)', `${post.uri}"`)
  note('sender, document', letters, 'no document waits to be sent')
  for (const letter of letters) {
    note(
      'sender, delivery',
      from.rows(`select ${JOB} from job where ref = ?`, Number(letter.id)),
      'no delivery waits',
    )
  }
  note('sender, given up', from.rows(`select ${DEAD} from dead_job where instr(payload, ?)`, id), 'nothing')
  note(
    'sender, deliveries given up',
    from.rows(`select ${DEAD} from dead_job where queue = 'deliver'`),
    'none',
  )
  note('sender, lanes', from.rows('select * from lane'), 'none')
  const hash = createHash('sha256').update(`${host} ${post.uri}/activity`).digest('base64url')
  note('receiver, seen', to.rows('select * from seen where hash = ?', hash), 'never seen')
  note('receiver, owed', to.rows(`select ${JOB} from job where instr(payload, ?)`, post.uri), 'nothing waits')
  note(
    'receiver, given up',
    to.rows(`select ${DEAD} from dead_job where instr(payload, ?)`, post.uri),
    'nothing',
  )
  note('receiver, post', to.rows('select id, account_id from status where uri = ?', post.uri), 'not stored')
  return lines
}
