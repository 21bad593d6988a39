import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { mediaByIds } from '#media/media.ts'
import { MediaAttachment, presentMedia } from '#media/present-media.ts'
import { readId } from '#platform/ids.ts'
import { isoTime } from '#platform/times.ts'
import type { PollForm } from './poll-form.ts'
import type { ScheduledRow } from './scheduled-statuses.ts'
import { paramsOf } from './scheduled-statuses.ts'

/** https://docs.joinmastodon.org/entities/ScheduledStatus/ */
export const ScheduledStatus = z.object({
  id: z.string(),
  scheduled_at: z.string(),
  params: z.object({
    text: z.string(),
    poll: z
      .object({
        options: z.array(z.string()),
        expires_in: z.number(),
        multiple: z.boolean(),
        hide_totals: z.boolean(),
      })
      .nullable(),
    media_ids: z.array(z.string()).nullable(),
    sensitive: z.boolean().nullable(),
    spoiler_text: z.string().nullable(),
    visibility: z.string(),
    // Numbers here alone: this is how clients know these two.
    in_reply_to_id: z.number().int().nullable(),
    application_id: z.number().int(),
    language: z.string().nullable(),
    allowed_mentions: z.array(z.string()).nullable(),
    content_type: z.string().nullable(),
    local_only: z.boolean().nullable(),
    scheduled_at: z.null(),
    idempotency: z.null(),
    with_rate_limit: z.boolean(),
    quoted_status_id: z.string().nullable(),
    quote_approval_policy: z.string().nullable(),
  }),
  media_attachments: z.array(MediaAttachment),
})
export type ScheduledStatus = z.infer<typeof ScheduledStatus>

/** A scheduled post as its author sees it. */
export async function presentScheduled(
  app: App,
  domain: HostedDomain,
  row: ScheduledRow,
): Promise<ScheduledStatus> {
  return (await presentAllScheduled(app, domain, [row]))[0] as ScheduledStatus
}

/** These scheduled posts as their author sees them, with one query for all their files. */
export async function presentAllScheduled(
  app: App,
  domain: HostedDomain,
  rows: readonly ScheduledRow[],
): Promise<ScheduledStatus[]> {
  const idsOf = (row: ScheduledRow) => (paramsOf(row).media_ids ?? []).flatMap((id) => readId(id) ?? [])
  const files = await mediaByIds(app, rows.flatMap(idsOf))
  return rows.map((row) => ({
    id: String(row.id),
    scheduled_at: isoTime(row.scheduled_at),
    params: shownParams(row),
    media_attachments: idsOf(row).flatMap((id) => {
      const file = files.get(id)
      return file?.account_id === row.account_id ? [presentMedia(file, domain)] : []
    }),
  }))
}

function shownParams(row: ScheduledRow): ScheduledStatus['params'] {
  const form = paramsOf(row)
  return {
    text: form.status ?? '',
    poll: form.poll ? shownPoll(form.poll) : null,
    media_ids: form.media_ids ?? null,
    sensitive: form.sensitive ?? null,
    spoiler_text: form.spoiler_text ?? null,
    visibility: form.visibility ?? 'public',
    in_reply_to_id: readId(form.in_reply_to_id),
    application_id: row.application_id ?? 0,
    language: form.language ?? null,
    allowed_mentions: form.allowed_mentions ?? null,
    content_type: form.content_type ?? null,
    local_only: form.local_only ?? null,
    scheduled_at: null,
    idempotency: null,
    with_rate_limit: false,
    quoted_status_id: form.quoted_status_id ?? null,
    quote_approval_policy: form.quote_approval_policy ?? null,
  }
}

const shownPoll = (poll: PollForm) => ({
  options: poll.options ?? [],
  expires_in: poll.expires_in ?? 0,
  multiple: poll.multiple ?? false,
  hide_totals: poll.hide_totals ?? false,
})
