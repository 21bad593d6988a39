import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** How far from the window posts are kept as elements. */
const NEAR = '2500px'

/**
 * A part of a long list in normal flow: far from the reader it is emptied and keeps its measured height, so that ten
 * thousand posts cost as much as a hundred and nothing jumps.
 */
export function PageWindow({ children }: { children: ComponentChildren }) {
  const place = useRef<HTMLElement>(null)
  const [height, setHeight] = useState<number | null>(null)
  useLayoutEffect(() => {
    const { current } = place
    if (!current) return
    const watch = new IntersectionObserver(
      ([seen]) => {
        if (!seen) return
        if (seen.isIntersecting) setHeight(null)
        else if (seen.boundingClientRect.height > 0) setHeight(seen.boundingClientRect.height)
      },
      { rootMargin: `${NEAR} 0px` },
    )
    watch.observe(current)
    return () => watch.disconnect()
  }, [])
  return (
    <section ref={place} class="window" style={height === null ? undefined : { blockSize: `${height}px` }}>
      {height === null && children}
    </section>
  )
}
