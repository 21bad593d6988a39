import type { MediaAttachment } from '#media/present-media.ts'
import { ask, get, put } from '../api.ts'
import { boot } from '../boot.ts'
import { Icon } from '../pieces/icon.tsx'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'
import type { Attached } from './state.ts'
import { change, draft } from './state.ts'

const { statuses, media_attachments: limits } = boot.instance.configuration
const POLL_MS = 1000
const MOST_POLLS = 300
let keys = 0

/** Takes files into the draft and sends them; each tells how it goes. */
export function attach(files: Iterable<File>): void {
  for (const file of files) {
    if (draft.value.media.length >= statuses.max_media_attachments) {
      toast(say('media-too-many', { n: statuses.max_media_attachments }))
      return
    }
    const key = ++keys
    const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : ''
    const fresh: Attached = {
      key,
      id: null,
      name: file.name,
      type: file.type,
      preview,
      description: '',
      state: 'sending',
    }
    change({ media: [...draft.value.media, fresh], poll: null })
    void send(key, file)
  }
}

async function send(key: number, file: File): Promise<void> {
  try {
    const form = new FormData()
    form.set('file', file)
    const { data } = await ask<MediaAttachment>('/api/v2/media', { method: 'POST', body: form })
    const made = data.url ? data : await ready(data.id)
    patch(key, { id: made.id, state: 'ready', ...(made.preview_url ? { preview: made.preview_url } : {}) })
  } catch (error) {
    patch(key, { state: 'failed', trouble: (error as Error).message })
  }
}

/** Waits until the server has made of a file what it shows. */
async function ready(id: string): Promise<MediaAttachment> {
  for (let tries = 0; tries < MOST_POLLS; tries++) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    const media = await get<MediaAttachment>(`/api/v1/media/${id}`)
    if (media.url) return media
  }
  throw new Error(say('media-slow'))
}

function patch(key: number, to: Partial<Attached>): void {
  change({ media: draft.value.media.map((each) => (each.key === key ? { ...each, ...to } : each)) })
}

/** Sends descriptions that were written after the file was there. Throws what the server refused. */
export async function sendDescriptions(media: readonly Attached[]): Promise<void> {
  for (const { id, description, state } of media)
    if (id && state === 'ready' && description) await put(`/api/v1/media/${id}`, { description })
}

/** The files of the draft, each with its description right under it. */
export function Attachments({ media }: { media: Attached[] }) {
  if (media.length === 0) return null
  return (
    <ul class="attachments">
      {media.map((each, at) => (
        <li key={each.key} class={each.state}>
          <div class="thumb">
            {each.preview ? <img src={each.preview} alt="" /> : <Icon name="file" />}
            <div class="thumb-tools">
              {at > 0 && (
                <button
                  type="button"
                  class="action"
                  aria-label={say('media-earlier')}
                  onClick={() => move(at, at - 1)}
                >
                  <Icon name="back" />
                </button>
              )}
              <button
                type="button"
                class="action"
                aria-label={say('media-remove', { name: each.name })}
                onClick={() => change({ media: draft.value.media.filter(({ key }) => key !== each.key) })}
              >
                <Icon name="close" />
              </button>
            </div>
            {each.state === 'sending' && <progress aria-label={say('media-sending')} />}
          </div>
          {each.state === 'failed' ? (
            <p class="error" role="alert">
              {each.trouble}
            </p>
          ) : (
            <label class="alt-field">
              <span class="hidden-text">{say('media-describe', { name: each.name })}</span>
              <textarea
                class="input"
                rows={2}
                maxLength={limits.description_limit}
                placeholder={say('media-describe-hint')}
                value={each.description}
                onInput={({ currentTarget }) => patch(each.key, { description: currentTarget.value })}
              />
            </label>
          )}
        </li>
      ))}
    </ul>
  )
}

function move(from: number, to: number): void {
  const media = [...draft.value.media]
  const [taken] = media.splice(from, 1)
  if (taken) media.splice(to, 0, taken)
  change({ media })
}
