import { forgetKept } from '../offline/kept.ts'
import { PICTURES } from './pictures.ts'

const CACHE = 'shell'
/** The last shell of the app, by whatever path it was loaded: it is one document for all of them. */
const SHELL = '/home'
/** Pages of the server that the app cannot stand in for. */
const SERVERS = /^\/(?:auth|oauth|settings|admin|setup|about|privacy-policy|terms-of-service)(?:\/|$)/

/** Answers with the page, and where the line is down with the app as it was last. */
export async function answerVisit(event: FetchEvent, url: URL): Promise<Response> {
  // Whoever is asked to sign in is signed in no more: nothing of theirs stays in this browser.
  if (url.pathname === '/auth/sign_in') event.waitUntil(forgetMember())
  try {
    const answer = await fetch(event.request)
    if (answer.headers.has('x-hyrax-shell')) event.waitUntil(keep(answer.clone()))
    return answer
  } catch (error) {
    const kept = SERVERS.test(url.pathname) ? undefined : await (await caches.open(CACHE)).match(SHELL)
    if (!kept) throw error
    return kept
  }
}

async function keep(answer: Response): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.put(SHELL, answer)
}

/** Drops what is kept of the member: the shell, which holds the key to the API, pictures that not everybody may see, and what was written down. */
export async function forgetMember(): Promise<void> {
  await Promise.all([caches.delete(CACHE), caches.delete(PICTURES), forgetKept()])
}
