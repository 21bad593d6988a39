import type { Signal } from '@preact/signals'
import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { get } from '../api.ts'

/** What was asked for: the answer once it is there, or why there is none. */
export type Loaded<Data> = { data: Signal<Data | null>; trouble: Signal<string>; again: () => Promise<void> }

/** Asks for something when a page opens; it is asked anew when the path changes. */
export function useLoaded<Data>(path: string): Loaded<Data> {
  const loaded = useMemo(() => {
    const data = signal<Data | null>(null)
    const trouble = signal('')
    const again = async () => {
      trouble.value = ''
      try {
        data.value = await get<Data>(path)
      } catch (error) {
        trouble.value = (error as Error).message
      }
    }
    return { data, trouble, again }
  }, [path])
  useEffect(() => void loaded.again(), [loaded])
  return loaded
}
