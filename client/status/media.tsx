import type { MediaAttachment } from '#media/present-media.ts'
import { openViewer } from '../pieces/viewer.tsx'
import { say } from '../words.ts'

type Media = MediaAttachment
const isSeen = ({ type, url }: Media) => type !== 'unknown' && type !== 'audio' && Boolean(url)

/** Pictures and films in one box by their number, then sounds, then what we cannot show. */
export function MediaBox({ media }: { media: Media[] }) {
  const seen = media.filter(isSeen)
  const rest = media.filter((each) => !isSeen(each))
  const wide = seen.every(({ meta }) => (meta?.original?.width ?? 0) > (meta?.original?.height ?? 0))
  return (
    <>
      {seen.length > 0 && (
        <div
          class="media"
          data-part="status-media"
          data-count={seen.length > 4 ? 'many' : seen.length}
          data-wide={wide ? '' : undefined}
        >
          {seen.map((each, at) => (
            <Picture media={each} open={() => openViewer(seen, at)} />
          ))}
        </div>
      )}
      {rest.map((each) => (each.type === 'audio' ? <Sound media={each} /> : <File media={each} />))}
    </>
  )
}

function Picture({ media, open }: { media: Media; open: () => void }) {
  const { meta, description, url, preview_url: preview } = media
  const { x = 0, y = 0 } = meta?.focus ?? {}
  const size = { width: meta?.original?.width, height: meta?.original?.height }
  const style = { '--fx': `${50 + x * 50}%`, '--fy': `${50 - y * 50}%` }
  return (
    <figure>
      {media.type === 'image' ? (
        <a
          href={url ?? ''}
          onClick={(event) => {
            event.preventDefault()
            event.stopPropagation()
            open()
          }}
        >
          <img
            class="u-photo"
            src={preview ?? url ?? ''}
            alt={description ?? ''}
            loading="lazy"
            decoding="async"
            style={style}
            {...size}
          />
        </a>
      ) : (
        <video
          class="u-video"
          src={url ?? ''}
          controls
          preload="none"
          playsInline
          poster={preview && preview !== url ? preview : undefined}
          loop={media.type === 'gifv'}
          muted={media.type === 'gifv'}
          aria-label={description ?? undefined}
          style={style}
          {...size}
        />
      )}
      {description && (
        <details class="alt">
          <summary title={say('media-alt-title')}>ALT</summary>
          <p dir="auto">{description}</p>
        </details>
      )}
    </figure>
  )
}

function Sound({ media: { url, description } }: { media: Media }) {
  return (
    <figure class="sound">
      <audio
        class="u-audio"
        src={url ?? ''}
        controls
        preload="none"
        aria-label={description ?? say('media-listen')}
      />
      {description && (
        <figcaption class="hint" dir="auto">
          {description}
        </figcaption>
      )}
    </figure>
  )
}

function File({ media: { remote_url: remote, url, description } }: { media: Media }) {
  const href = remote ?? url
  if (!href) return null
  return (
    <p class="file">
      <a href={href} target="_blank" rel="nofollow noopener noreferrer">
        {description || say('media-file', { host: new URL(href, location.href).host })}
      </a>
    </p>
  )
}

/** What a closed warning holds besides its words: `2 pictures, poll`. */
export function mediaInWords(media: readonly Media[], poll: boolean): string {
  const kinds = [
    ['image', 'media-images'],
    ['video', 'media-videos'],
    ['gifv', 'media-videos'],
    ['audio', 'media-sounds'],
    ['unknown', 'media-files'],
  ] as const
  const told = kinds.flatMap(([type, key]) => {
    const n = media.filter((each) => each.type === type).length
    return n > 0 ? [say(key, { n })] : []
  })
  return [...told, ...(poll ? [say('poll')] : [])].join(', ')
}
