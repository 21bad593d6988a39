import { signal } from '@preact/signals'
import type { Status } from '#statuses/entities.ts'
import type { Translation } from '#statuses/translate-status.ts'
import { post } from '../api.ts'
import { boot } from '../boot.ts'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'

/** What was translated, by the post; until the page is left. */
const done = signal<ReadonlyMap<string, Translation>>(new Map())
const mine = new Set(
  [...navigator.languages, boot.me.source.language ?? ''].map((each) => each.split('-')[0]),
)

/** The translation the reader asked for, if they did. */
export const translated = (id: string): Translation | undefined => done.value.get(id)

/** Whether a post is in a language that is none of the reader's, and may be translated. */
function mayTranslate({ language, visibility }: Status): boolean {
  const open = visibility === 'public' || visibility === 'unlisted'
  const foreign = language !== null && !mine.has(language.split('-')[0])
  return boot.instance.configuration.translation.enabled && open && foreign
}

async function translate(id: string): Promise<void> {
  try {
    const lang = navigator.language.split('-')[0]
    const answer = await post<Translation>(`/api/v1/statuses/${id}/translate`, { lang })
    done.value = new Map(done.value).set(id, answer)
  } catch (error) {
    toast((error as Error).message)
  }
}

function showOriginal(id: string): void {
  const left = new Map(done.value)
  left.delete(id)
  done.value = left
}

/** Offers a translation, or says who made it and offers the original. */
export function TranslateLine({ status }: { status: Status }) {
  const known = translated(status.id)
  if (known)
    return (
      <p class="hint">
        {say('translated-by', { name: known.provider })}{' '}
        <button type="button" class="link" onClick={() => showOriginal(status.id)}>
          {say('show-original')}
        </button>
      </p>
    )
  if (!mayTranslate(status)) return null
  return (
    <button type="button" class="link" onClick={() => void translate(status.id)}>
      {say('translate')}
    </button>
  )
}
