import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { MediaAttachment } from '#media/present-media.ts'
import { say } from '../words.ts'
import { Icon } from './icon.tsx'

const shown = signal<{ media: readonly MediaAttachment[]; at: number } | null>(null)

/** Opens pictures over everything, beginning with one of them. */
export function openViewer(media: readonly MediaAttachment[], at: number): void {
  shown.value = { media, at }
}

/** The pictures of a post, as large as the window; arrows and swipes go through them, Escape leaves. */
export function Viewer() {
  const dialog = useRef<HTMLDialogElement>(null)
  const row = useRef<HTMLDivElement>(null)
  const open = shown.value
  useEffect(() => {
    if (!open || !dialog.current) return
    if (!dialog.current.open) dialog.current.showModal()
    row.current?.children[open.at]?.scrollIntoView({ behavior: 'instant', inline: 'start' })
  }, [open])
  if (!open) return null
  const go = (by: number) =>
    row.current?.scrollBy({
      left: by * row.current.clientWidth * (document.dir === 'rtl' ? -1 : 1),
      behavior: 'smooth',
    })
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={say('viewer')}
      onClose={() => {
        shown.value = null
      }}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'ArrowRight') go(1)
        if (event.key === 'ArrowLeft') go(-1)
      }}
    >
      <div class="viewer-row" ref={row} tabIndex={-1}>
        {open.media.map((each) => (
          <figure>
            {each.type === 'image' ? (
              <img src={each.url ?? ''} alt={each.description ?? ''} />
            ) : (
              <video
                src={each.url ?? ''}
                controls
                loop={each.type === 'gifv'}
                aria-label={each.description ?? undefined}
              />
            )}
            <figcaption dir="auto">
              {each.description}{' '}
              <a href={each.remote_url ?? each.url ?? ''} target="_blank" rel="noreferrer">
                {say('viewer-original')}
              </a>
            </figcaption>
          </figure>
        ))}
      </div>
      <button
        type="button"
        class="action viewer-close"
        aria-label={say('close')}
        onClick={() => dialog.current?.close()}
      >
        <Icon name="close" />
      </button>
    </dialog>
  )
}
