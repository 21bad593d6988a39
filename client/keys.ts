import { tinykeys } from 'tinykeys'
import { compose } from './compose/state.ts'
import { statuses } from './store.ts'
import { toggle } from './toggle.ts'

type Go = (path: string) => void

/** The post or row that has the focus, or the first that can be seen. */
function current(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>('article')
  if (focused) return focused
  return all().find((each) => each.getBoundingClientRect().bottom > 80) ?? null
}

const all = () => [...document.querySelectorAll<HTMLElement>('#main article')]

function step(by: number): void {
  const list = all()
  const focused = document.activeElement?.closest<HTMLElement>('article')
  const at = focused ? list.indexOf(focused) + by : list.indexOf(current() as HTMLElement)
  const next = list[Math.max(0, Math.min(list.length - 1, at))]
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest' })
}

const onPost = (run: (id: string, card: HTMLElement) => void) => () => {
  const card = current()
  const id = card?.dataset.id
  if (card && id) run(id, card)
}
const click = (selector: string) => onPost((_, card) => card.querySelector<HTMLElement>(selector)?.click())

const PLACES = {
  h: '/home',
  n: '/notifications',
  l: '/public/local',
  t: '/public',
  s: '/search',
  f: '/favourites',
  d: '/conversations',
  b: '/blocks',
  m: '/mutes',
  r: '/follow_requests',
}

/** What each key does; the same table is shown by `?`. Letters do nothing while something is being typed. */
export function keysOf(go: Go): Record<string, () => void> {
  return {
    j: () => step(1),
    k: () => step(-1),
    Enter: onPost(
      (_, card) =>
        document.activeElement === card && card.querySelector<HTMLElement>('.status-when a')?.click(),
    ),
    o: click('.status-when a'),
    e: click('.media a'),
    r: onPost((id) => {
      const replyTo = statuses.get(id)?.value
      if (replyTo) void compose({ replyTo })
    }),
    b: onPost((id) => void toggle(id, 'reblogged')),
    f: onPost((id) => void toggle(id, 'favourited')),
    d: onPost((id) => void toggle(id, 'bookmarked')),
    p: click('.status-author'),
    m: onPost((id) => {
      const acct = statuses.get(id)?.value.account.acct
      if (acct) void compose({ text: `@${acct} ` })
    }),
    x: click('.cw > summary, .cover > summary'),
    n: () => void compose(),
    s: () => go('/search'),
    '/': () => go('/search'),
    '.': () => document.querySelector<HTMLElement>('.pill')?.click(),
    '0': () => scrollTo({ top: 0 }),
    Backspace: () => history.back(),
    ...Object.fromEntries(Object.entries(PLACES).map(([key, path]) => [`g ${key}`, () => go(path)])),
  }
}

/** Listens for keys until the answer is called. */
export function listenForKeys(go: Go): () => void {
  const guarded = Object.entries(keysOf(go)).map(([key, run]) => [
    key,
    (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (target.closest('input,textarea,select,[contenteditable],dialog[open],[popover]:popover-open'))
        return
      if (event.ctrlKey || event.metaKey || event.altKey) return
      // Enter and Space on a button or link are its own.
      if (key === 'Enter' && target.closest('a,button,summary')) return
      if (key !== 'Enter') event.preventDefault()
      run()
    },
  ])
  return tinykeys(window, Object.fromEntries(guarded))
}
