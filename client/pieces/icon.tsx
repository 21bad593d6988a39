import type { IconName } from '../../src/web/icons.ts'

/** A small drawing beside words that say the same; it is not read aloud. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}
