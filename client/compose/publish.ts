import type { Status } from '#statuses/entities.ts'
import { post, put } from '../api.ts'
import { sendLater } from '../offline/outbox.ts'
import { remember } from '../store.ts'
import { showOwn } from '../timeline/feed.ts'
import type { Draft } from './state.ts'

/** Sends a draft: a new post, a scheduled one (null), or the change of one. Throws what the server refused. */
export async function publish(draft: Draft): Promise<Status | null> {
  const body = bodyOf(draft)
  if (draft.editing) {
    const status = await put<Status>(`/api/v1/statuses/${draft.editing}`, body)
    remember([status])
    return status
  }
  const answer = await post<Status | { scheduled_at: string }>('/api/v1/statuses', body, draft.key)
  if ('scheduled_at' in answer) return null
  remember([answer])
  showOwn(answer)
  return answer
}

/** Keeps a draft to be published when the line is back; a change of a post, or files that are not sent yet, cannot wait. */
export async function publishLater(draft: Draft): Promise<boolean> {
  if (draft.editing || draft.media.some(({ id }) => id === null)) return false
  return sendLater('/api/v1/statuses', bodyOf(draft), draft.key).then(
    () => true,
    () => false,
  )
}

function bodyOf(draft: Draft) {
  const {
    text,
    warning,
    visibility,
    language,
    sensitive,
    media,
    poll,
    replyTo,
    quoting,
    editing,
    scheduledAt,
  } = draft
  const ready = media.filter(({ id }) => id !== null)
  return {
    status: text,
    spoiler_text: warning ?? '',
    language,
    sensitive: sensitive || Boolean(warning),
    media_ids: ready.map(({ id }) => id),
    ...(editing
      ? { media_attributes: ready.map(({ id, description }) => ({ id, description })) }
      : {
          visibility,
          in_reply_to_id: replyTo?.id ?? null,
          quoted_status_id: quoting?.id ?? null,
          scheduled_at: scheduledAt,
        }),
    ...(poll && {
      poll: {
        options: poll.options.map((each) => each.trim()).filter(Boolean),
        expires_in: poll.seconds,
        multiple: poll.multiple,
        hide_totals: poll.hideTotals,
      },
    }),
  }
}
