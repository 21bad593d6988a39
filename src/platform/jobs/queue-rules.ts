import { DAY, MINUTE, SECOND } from '../times.ts'
import type { QueueName } from './declare.ts'

export type QueueRules = {
  /** How many jobs of the queue one process runs at once. */
  concurrency: number
  /** Its share when the process has fewer free hands than there is work. */
  weight: number
  /** How many of one named lane may run at once, to begin with. */
  cap: number
  /** Whether the named lanes are other servers: their cap follows how well they answer, and a circuit spares the dead. */
  hosts: boolean
  /** How long a job may wait for its host before it has become pointless, in ms; null waits for ever. */
  keeps: number | null
  /** How long one run may take, in ms; a run that takes longer has failed. */
  limit: number
}

/** What holds for each queue. */
export const queueRules: Record<QueueName, QueueRules> = {
  local: { concurrency: 8, weight: 8, cap: 1, hosts: false, keeps: null, limit: MINUTE },
  deliver: { concurrency: 32, weight: 6, cap: 4, hosts: true, keeps: 7 * DAY, limit: 45 * SECOND },
  ingest: { concurrency: 32, weight: 4, cap: 8, hosts: false, keeps: null, limit: MINUTE },
  mail: { concurrency: 2, weight: 2, cap: 4, hosts: true, keeps: 3 * DAY, limit: MINUTE },
  push: { concurrency: 8, weight: 4, cap: 4, hosts: true, keeps: 2 * DAY, limit: 45 * SECOND },
  media: { concurrency: 2, weight: 1, cap: 4, hosts: true, keeps: 2 * DAY, limit: 15 * MINUTE },
  fetch: { concurrency: 8, weight: 1, cap: 4, hosts: true, keeps: 2 * DAY, limit: 2 * MINUTE },
  bulk: { concurrency: 2, weight: 1, cap: 1, hosts: false, keeps: null, limit: 15 * MINUTE },
}

/** The lane '' is shared by everybody: only the queue's own concurrency bounds it. */
export const SHARED_LANE_CAP = 64

/** A running job counts as lost this long after the time it may take, in ms. */
const GRACE = 15 * SECOND

/** After how long a job that was taken and not heard of again is given to somebody else, in ms. */
export const visibility = (queue: QueueName): number => queueRules[queue].limit + GRACE

/** How many of a lane may run at once when nothing is known about it. */
export const firstCap = (queue: QueueName, lane: string): number =>
  lane === '' ? SHARED_LANE_CAP : queueRules[queue].cap

/** Whether the lane backs off when its host fails. */
export const hasCircuit = (queue: QueueName, lane: string): boolean => lane !== '' && queueRules[queue].hosts

/** Only deliveries are given up for a whole host: nobody waits for them here, and the host can be told again later. */
export const mayBeGone = (queue: QueueName): boolean => queue === 'deliver'

/** Rows that may wait in one lane of another server before the least important are dropped. */
export const LANE_BACKLOG = 20_000
