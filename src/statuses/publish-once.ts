import type { App } from '#app.ts'
import type { StatusForm, Writer } from './compose.ts'
import { compose } from './compose.ts'
import { createStatus } from './create-status.ts'
import { firstAnswer } from './idempotency.ts'
import { scheduleStatus } from './schedule-status.ts'
import type { ScheduledRow } from './scheduled-statuses.ts'
import { ownScheduled } from './scheduled-statuses.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'

type Form = StatusForm & { scheduled_at?: number | undefined }

/**
 * Publishes what a member typed, or keeps it for its time; a time that has passed means now. The same
 * Idempotency-Key gives what it gave the first time, also where both were sent at once.
 */
export async function publishOnce(
  app: App,
  writer: Writer,
  form: Form,
  key: string | null,
): Promise<StatusRow | ScheduledRow> {
  const first = await madeBefore(app, writer, key)
  if (first) return first
  try {
    const { scheduled_at: at, ...typed } = form
    if (at !== undefined && at > app.now()) return await scheduleStatus(app, writer, typed, at, key)
    return (await createStatus(app, await compose(app, writer, typed, { idempotencyKey: key }))) as StatusRow
  } catch (error) {
    // The twin may have taken the files between the first look and this one's.
    const twin = await madeBefore(app, writer, key)
    if (twin) return twin
    throw error
  }
}

async function madeBefore(
  app: App,
  { account }: Writer,
  key: string | null,
): Promise<StatusRow | ScheduledRow | undefined> {
  const answer = key ? await firstAnswer(app, account.id, key) : undefined
  if (answer?.statusId) return statusById(app, answer.statusId)
  if (!answer?.scheduledId) return undefined
  return ownScheduled(app, account, answer.scheduledId).catch(() => undefined)
}
