import type { Html } from './html.ts'
import { html, raw } from './html.ts'

const STROKES = {
  mark:
    'M42.5 19.5C41.5 13.5 36.5 9.5 30.5 9.5C29 5 22.5 5.2 22.8 11C22.9 13 21.5 14.6 19.8 16C12 21.5 6 27.5 6 ' +
    '35.5C6 40.5 9.5 43 14 43H41M42.5 19.5C43 23.5 39 25.8 34.5 25.2C36 31 36.5 37 36.5 43M14.5 34.5C17 29.5 ' +
    '26.5 29.5 27 37.5C27.1 39.8 26.6 41.5 26 43M33.5 16.6V16.7',
  reply: 'M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7',
  boost: 'M7 4 3.5 7.5 7 11M3.5 7.5H15a4 4 0 0 1 4 4M17 20l3.5-3.5L17 13M20.5 16.5H9a4 4 0 0 1-4-4',
  star: 'm12 3.5 2.6 5.4 5.9.8-4.3 4.1 1.1 5.9L12 16.8l-5.3 2.9 1.1-5.9-4.3-4.1 5.9-.8z',
  unlisted: 'M19.5 14.5A8 8 0 1 1 10 4.6a6.5 6.5 0 0 0 9.5 9.9z',
  private: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  direct: 'M4 6h16v12H4zM4 7l8 6 8-6',
  explore: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM15.5 8.5 13.5 13.5 8.5 15.5 10.5 10.5z',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6',
  feed: 'M5 5a14 14 0 0 1 14 14M5 11a8 8 0 0 1 8 8M6 18.5v.1',
  warn: 'M12 4 2.5 20h19zM12 10v4.5M12 17.4v.1',
  check: 'm4.5 12.5 5 5 10-11',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  home: 'M4 11.5 12 4l8 7.5M6 10v10h12V10M10 20v-5.5h4V20',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2.5h-15zM10 21a2 2 0 0 0 4 0',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 20.5 20.5',
  globe:
    'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1',
  edit: 'M4 20l1-4.5L15.5 5a2 2 0 0 1 3 0l.5.5a2 2 0 0 1 0 3L8.5 19zM13.5 7l3.5 3.5',
  more: 'M5.5 12h.1M12 12h.1M18.5 12h.1',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9h.1',
  poll: 'M5 20V11h3.5v9M10.3 20V5h3.5v15M15.6 20v-6.5h3.5V20',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  hidden: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM4 4l16 16',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l.8 13h8.4L17 7M10.5 10.5v6M13.5 10.5v6',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20.5c0-8 15-8 15 0',
  link: 'M9 15 15 9M10.5 6.5l2-2a4 4 0 0 1 6 6l-2 2M13.5 17.5l-2 2a4 4 0 0 1-6-6l2-2',
} as const

export type IconName = keyof typeof STROKES

/** The drawings of a page, once, before anything that uses them. */
export const sprite: Html = raw(
  `<svg class="sprite" aria-hidden="true" width="0" height="0">${Object.entries(STROKES)
    .map(([name, path]) => {
      const size = name === 'mark' ? 48 : 24
      return `<symbol id="i-${name}" viewBox="0 0 ${size} ${size}"><path d="${path}"/></symbol>`
    })
    .join('')}</svg>`,
)

const drawn = new Map<IconName, Html>(
  (Object.keys(STROKES) as IconName[]).map((name) => [
    name,
    html`<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`,
  ]),
)

/** A small drawing beside words that say the same; it is not read aloud. */
export function icon(name: IconName): Html {
  return drawn.get(name) as Html
}

/** The seated hyrax. */
export const mark: Html = raw('<svg class="mark" aria-hidden="true"><use href="#i-mark"/></svg>')
