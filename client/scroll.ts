const places = new Map<string, number>()
let key = keyOf()

function keyOf(): string {
  return (history.state as { place?: string } | null)?.place ?? 'start'
}

/** Remembers where each page of the history was read, and brings it back there: to the same pixel, without a jump. */
export function keepPlaces(): void {
  history.scrollRestoration = 'manual'
  addEventListener('scroll', () => places.set(key, scrollY), { passive: true })
  const push = history.pushState.bind(history)
  history.pushState = (state, unused, url) => {
    push({ ...state, place: crypto.randomUUID() }, unused, url)
    key = keyOf()
    scrollTo(0, 0)
  }
  addEventListener('popstate', () => {
    key = keyOf()
    const at = places.get(key) ?? 0
    // The page is drawn first; a feed that is kept has its height again by then.
    requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, at)))
  })
}
