import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching'
import { keepPictures } from './pictures.ts'
import { openFrom, showPush } from './push.ts'
import { answerShared } from './shared-files.ts'
import { answerVisit, forgetMember } from './shell.ts'

declare const self: ServiceWorkerGlobalScope & {
  /** The pieces of the app; the server writes them above this script. */
  hyraxFiles?: string[]
}

// Their names hold their hashes, so what was fetched once is right for ever.
precacheAndRoute((self.hyraxFiles ?? []).map((url) => ({ url, revision: null })))
cleanupOutdatedCaches()
keepPictures()

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.mode !== 'navigate' || url.origin !== location.origin) return
  if (request.method === 'GET') event.respondWith(answerVisit(event, url))
  else if (url.pathname === '/auth/sign_out') event.waitUntil(forgetMember())
  else if (url.pathname === '/share') event.respondWith(answerShared(request))
})

// A new version waits until the reader wants it: somebody may be writing.
self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting()
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => event.waitUntil(showPush(event.data?.text() ?? '')))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openFrom(event.notification.data, event.action))
})
