import type { ReportTables } from './delivery-report.ts'

/** One piece of work owed. `state`: 0 ready, 1 delayed, 2 running. `run_at`: when due (1) or when a running one counts as lost (2). */
export type JobRow = {
  id: number
  queue: string
  lane: string
  state: number
  prio: number
  run_at: number
  /** How often it was taken; only grows, so that whoever finishes late can be told from whoever has it now. */
  attempts: number
  /** Its own failures: those of its lane are not among them. */
  failures: number
  /** How often its lane failed under it. */
  lane_failures: number
  /** How often in a row it was running when its worker vanished. */
  crashes: number
  kind: string
  /** For deliveries: the `outgoing` row with the body. */
  ref: number | null
  payload: string | null
  /** Hash of the object it is about: in its lane nothing overtakes an earlier job about the same one. */
  okey: number | null
  /** Two waiting jobs of the same key are one. */
  ukey: string | null
  created_at: number
  expires_at: number | null
  last_error: string | null
}

/** A lane is queue × remote host (or account, or ''): back-off and circuit live here. `state`: 0 closed, 1 open, 2 half, 3 gone. */
export type LaneRow = {
  queue: string
  lane: string
  /** When there is something to take; null when nothing is ready. */
  ready_at: number | null
  waiting: number
  inflight: number
  cap: number
  top: number
  served: number
  state: number
  fails: number
  fail_days: number
  open_until: number
  first_fail: number | null
  last_fail: number | null
  last_ok: number | null
  ewma_ms: number | null
  /** Successes since the cap last grew. */
  streak: number
}

/** One outgoing document, stored once for all its recipients. */
export type OutgoingRow = {
  id: number
  account_id: number
  body: string
  digest: string
  created_at: number
  /** Jobs that still need it; the queue counts, and deletes the document with the last of them. */
  left: number
}

/** A job that was given up, kept for the keeper to read and to put back. */
export type DeadJobRow = {
  id: number
  queue: string
  lane: string
  kind: string
  prio: number
  ref: number | null
  payload: string | null
  okey: number | null
  attempts: number
  reason: string
  created_at: number
  died_at: number
}

/** One entry of the clock page: when it runs next and who runs it now. */
export type CronRow = {
  name: string
  next_at: number
  last_start: number | null
  last_ok: number | null
  last_error: string | null
  locked_by: string | null
  locked_until: number
}

/** Incoming activities already taken in (hash of activity id and sending host). */
export type SeenRow = { hash: string; created_at: number }

export type JobTables = ReportTables & {
  job: JobRow
  lane: LaneRow
  outgoing: OutgoingRow
  dead_job: DeadJobRow
  cron: CronRow
  seen: SeenRow
}
