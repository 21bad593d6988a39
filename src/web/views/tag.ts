import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { Neighbours } from './lists.ts'
import { aboutThisServer, side, statusList } from './lists.ts'
import type { ShownStatus } from './status-card.ts'

export type TagData = Neighbours & {
  /** The tag as people write it, without the #. */
  name: string
  statuses: readonly ShownStatus[]
  now: number
}

/** Public posts that carry a tag. */
export function tagPage(frame: Frame, data: TagData): Html {
  const { site } = frame
  const say = words.tag
  const title = say.title(data.name)
  const url = `${site.origin}${paths.tag(data.name)}`
  const body = html`
    <div class="pair">
      <div class="column" data-part="column">
        <header class="column-head">
          <h1 class="tag-title" dir="auto"><span aria-hidden="true">#</span>${data.name}</h1>
          <p class="hint">${say.intro}</p>
        </header>
        ${statusList(data.statuses, data.now, site.domain, data, say.empty)}
      </div>
      ${side([aboutThisServer(frame)])}
    </div>
  `
  return page(frame, {
    title,
    body,
    head: {
      description: say.intro,
      canonical: url,
      robots: 'noindex, follow',
      openGraph: { type: 'website', title: `${title} · ${site.name}`, description: say.intro, url },
    },
  })
}
