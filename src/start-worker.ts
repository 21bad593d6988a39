import { checkField } from '#accounts/verify-fields.ts'
import type { App } from '#app.ts'
import { sendLetter } from '#auth/send-letter.ts'
import { processUpload } from '#media/process-upload.ts'
import { eraseAccount } from '#moderation/erase-account.ts'
import { fetchBlockListLater } from '#moderation/fetch-block-list.ts'
import { partWithSuspended } from '#moderation/part-with-suspended.ts'
import { removeUnusedFile } from '#platform/blobs/blobs.ts'
import type { Job } from '#platform/jobs/declare.ts'
import { openWorker } from '#platform/jobs/worker.ts'
import { fetchCard } from '#statuses/find-card.ts'
import { endPoll } from '#statuses/keep-poll.ts'
import { publishScheduled } from '#statuses/publish-scheduled.ts'
import { consequences } from './effects.ts'
import { deliveryJobs } from './federation/deliver/deliver.ts'
import { deliverTallies } from './federation/deliver/deliver-poll.ts'
import { rejectQuoting } from './federation/deliver/deliver-quotes.ts'
import { fetchJobs } from './federation/fetch/fetch-jobs.ts'
import { synchronizeFollowers } from './federation/fetch/synchronize-followers.ts'
import { processActivity } from './federation/inbox/inbox.ts'
import { pushOne } from './notifications/push.ts'
import { requestJobs } from './notifications/requests.ts'
import { schedule } from './schedule.ts'
import { indexJobs } from './search/index-jobs.ts'

/** Jobs that no happening starts by itself; the others come from the effects page. */
export const ownJobs = [
  pushOne,
  removeUnusedFile,
  checkField,
  endPoll,
  fetchCard,
  sendLetter,
  publishScheduled,
  processActivity,
  processUpload,
  ...deliveryJobs,
  deliverTallies,
  rejectQuoting,
  ...fetchJobs,
  synchronizeFollowers,
  ...indexJobs,
  ...requestJobs,
  eraseAccount,
  partWithSuspended,
  fetchBlockListLater,
] as Job<unknown>[]

/** Opens the worker for everything that is owed; `start: false` leaves it to be drained by hand (tests). */
export function startWorker(app: App, { start = true } = {}) {
  // Where one process owns the database, whatever counts as running was left by a crash.
  const alone = !app.dialect.sharedByProcesses
  const hands = app.config.jobsAtOnce
  const worker = openWorker({ app, jobs: ownJobs, consequences, cron: schedule, hands, log: app.log, alone })
  if (start) worker.start()
  return worker
}
