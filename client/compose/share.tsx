import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { takeShared } from '../offline/kept.ts'
import { HomePage } from '../pages.tsx'
import { attach } from './attachments.tsx'
import { compose } from './state.ts'

/** `/publish` and `/share`: opens the composer over home, with what another app or page shared: `?title=&text=&url=`, and files by the service worker. */
export function SharePage() {
  const { route } = useLocation()
  useEffect(() => {
    const query = new URLSearchParams(location.search)
    const text = ['title', 'text', 'url'].flatMap((name) => query.get(name) || []).join('\n')
    route('/home', true)
    void compose(text ? { text } : {}).then(async () => attach(await takeShared()))
  }, [])
  return <HomePage />
}
