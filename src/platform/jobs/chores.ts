import { HOUR } from '../times.ts'
import type { CronEntry } from './declare.ts'
import { every } from './declare.ts'
import { expireJobs, forgetIdleLanes, recountAll } from './queue-care.ts'

/** What the queue itself asks of the clock page. */
export const jobChores: CronEntry[] = [
  every('drop jobs that waited too long', { every: HOUR }, async (app) => void (await expireJobs(app))),
  every('recount jobs', { at: '03:40' }, async (app) => {
    await recountAll(app)
    await forgetIdleLanes(app)
  }),
]
