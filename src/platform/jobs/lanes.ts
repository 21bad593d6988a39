import { DAY, dayOf, HOUR, MINUTE, SECOND } from '../times.ts'
import type { QueueName } from './declare.ts'
import { firstCap, hasCircuit, mayBeGone } from './queue-rules.ts'
import type { JobRow, LaneRow } from './tables.ts'

/** The states of a lane: healthy, waiting for its next probe, coming back, given up. */
export const laneState = { closed: 0, open: 1, half: 2, gone: 3 } as const

const FAILURES_TO_OPEN = 5
const PROBE_AFTER = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR] as const
const LONGEST_PAUSE = 6 * HOUR
const PAUSE_WHEN_OFFLINE = MINUTE
const WELL_CAP = 4
const MOST_CAP = 16
const SUCCESSES_TO_GROW = 20
const QUICK_MS = 1000
const GONE_AFTER = 7 * DAY
const GONE_FAILING_DAYS = 7

export type Chance = () => number

/** `span` give or take `share` of it; `chance` is in [0, 1). */
export function spread(span: number, share: number, chance: Chance): number {
  return Math.round(span * (1 - share + 2 * share * chance()))
}

/** Whether the lane may be offered to a worker, and from when; null when there is nothing to take. */
export function readyAt(lane: LaneRow, now: number): number | null {
  if (lane.state === laneState.gone || lane.waiting <= 0 || lane.inflight >= lane.cap) return null
  return lane.open_until > now ? lane.open_until : 0
}

/** The lane after a job of it was done in `ms`: an open circuit half-opens, a half-open one widens, a good one grows. */
export function afterSuccess(lane: LaneRow, ms: number, now: number): LaneRow {
  const well = {
    ...lane,
    fails: 0,
    fail_days: 0,
    first_fail: null,
    last_ok: now,
    ewma_ms: Math.round(lane.ewma_ms === null ? ms : lane.ewma_ms * 0.8 + ms * 0.2),
  }
  if (lane.state === laneState.open || lane.state === laneState.gone) {
    return { ...well, state: laneState.half, cap: 2, open_until: 0, streak: 0 }
  }
  if (lane.state === laneState.half) {
    const cap = Math.min(WELL_CAP, lane.cap * 2)
    return { ...well, cap, state: cap >= WELL_CAP ? laneState.closed : laneState.half }
  }
  return grown(well, ms)
}

/** The lane after its host refused a job for good: it is alive, but shows nothing about what it can bear. */
export function afterRefusal(lane: LaneRow, now: number): LaneRow {
  if (lane.state !== laneState.closed) return afterSuccess(lane, lane.ewma_ms ?? 0, now)
  return { ...lane, fails: 0, fail_days: 0, first_fail: null, last_ok: now }
}

function grown(lane: LaneRow, ms: number): LaneRow {
  if (!hasCircuit(lane.queue as QueueName, lane.lane)) return lane
  if (ms >= QUICK_MS) return { ...lane, streak: 0 }
  if (lane.streak + 1 < SUCCESSES_TO_GROW) return { ...lane, streak: lane.streak + 1 }
  return { ...lane, streak: 0, cap: Math.min(MOST_CAP, lane.cap + 1) }
}

export type LaneTrouble = {
  retryAfter: number | undefined
  ours: boolean
  /** Whether we reached anybody lately; when not, the days of failure are ours. */
  online: boolean
}

/**
 * The lane after its host failed: five failures in a row open it (probes after 1, 5, 15 min, 1, 3, 6 h ±20 %),
 * `Retry-After` only pauses it, seven failing days without a success give it up.
 */
export function afterTrouble(lane: LaneRow, trouble: LaneTrouble, now: number, chance: Chance): LaneRow {
  if (trouble.ours) {
    return { ...lane, open_until: Math.max(lane.open_until, now + spread(PAUSE_WHEN_OFFLINE, 0.2, chance)) }
  }
  const cap = Math.max(1, Math.floor(lane.cap / 2))
  if (trouble.retryAfter !== undefined) {
    const pause = Math.min(Math.max(SECOND, trouble.retryAfter), LONGEST_PAUSE)
    return { ...lane, cap, streak: 0, open_until: Math.max(lane.open_until, now + pause) }
  }
  // Requests that were under way when the circuit opened tell nothing new.
  if (lane.state === laneState.open && lane.open_until > now) return lane
  const failed = withFailure({ ...lane, cap, streak: 0 }, trouble.online, now)
  if (isGone(failed, now)) return { ...failed, state: laneState.gone, cap: 1 }
  if (failed.fails < FAILURES_TO_OPEN && failed.state === laneState.closed) return failed
  return { ...failed, state: laneState.open, cap: 1, open_until: now + probeAfter(failed.fails, chance) }
}

function withFailure(lane: LaneRow, online: boolean, now: number): LaneRow {
  const isNewDay = lane.fail_days === 0 || lane.last_fail === null || dayOf(lane.last_fail) !== dayOf(now)
  return {
    ...lane,
    fails: lane.fails + 1,
    fail_days: lane.fail_days + (online && isNewDay ? 1 : 0),
    first_fail: lane.first_fail ?? now,
    last_fail: now,
  }
}

function isGone(lane: LaneRow, now: number): boolean {
  const since = lane.last_ok ?? lane.first_fail ?? now
  return (
    mayBeGone(lane.queue as QueueName) && lane.fail_days >= GONE_FAILING_DAYS && now - since >= GONE_AFTER
  )
}

/** How long an open circuit waits before its next probe, in ms. */
export function probeAfter(fails: number, chance: Chance): number {
  const step = Math.min(Math.max(0, fails - FAILURES_TO_OPEN), PROBE_AFTER.length - 1)
  return spread(PROBE_AFTER[step] ?? LONGEST_PAUSE, 0.2, chance)
}

/** When a job whose lane failed is offered again: others of the lane go first, in case it is this one that hurts. */
export function afterLane(
  job: Pick<JobRow, 'lane_failures'>,
  lane: LaneRow,
  now: number,
  chance: Chance,
): number {
  const own = spread(15 * SECOND * 2 ** Math.min(job.lane_failures - 1, 6), 0.25, chance)
  return lane.open_until > now ? lane.open_until + Math.min(own, spread(10 * SECOND, 0.5, chance)) : now + own
}

/** Whether the host took other jobs since but never this one: then it is the job, not the host. */
export function isRefusedAlone(job: Pick<JobRow, 'lane_failures' | 'created_at'>, lane: LaneRow): boolean {
  return job.lane_failures >= 8 && lane.last_ok !== null && lane.last_ok > job.created_at
}

/** When a job that failed by itself is tried again: min(6 h, 15 s · 4ⁿ) ±25 %. */
export function afterFailure(failures: number, now: number, chance: Chance): number {
  return now + spread(Math.min(6 * HOUR, 15 * SECOND * 4 ** (failures - 1)), 0.25, chance)
}

/** A lane that was heard of again, by a signed request or a keeper's word: nothing is held against it. */
export function revived(lane: LaneRow): LaneRow {
  const cap = firstCap(lane.queue as QueueName, lane.lane)
  return {
    ...lane,
    state: laneState.closed,
    fails: 0,
    fail_days: 0,
    first_fail: null,
    open_until: 0,
    streak: 0,
    cap,
  }
}
