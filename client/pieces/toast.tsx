import { signal } from '@preact/signals'

type Message = { text: string; act?: { words: string; run: () => void } | undefined }

const SHOWN_MS = 6000
const message = signal<Message | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

/** Says something in passing, perhaps with one thing to do about it. */
export function toast(text: string, act?: Message['act']): void {
  clearTimeout(timer)
  message.value = { text, act }
  timer = setTimeout(() => {
    message.value = null
  }, SHOWN_MS)
}

export function Toast() {
  const told = message.value
  return (
    <div class="toasts" role="status">
      {told && (
        <p class="toast">
          <span>{told.text}</span>
          {told.act && (
            <button
              type="button"
              class="button small"
              onClick={() => {
                message.value = null
                told.act?.run()
              }}
            >
              {told.act.words}
            </button>
          )}
        </p>
      )}
    </div>
  )
}
