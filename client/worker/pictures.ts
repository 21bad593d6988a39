import { ExpirationPlugin } from 'workbox-expiration'
import { registerRoute } from 'workbox-routing'
import { CacheFirst } from 'workbox-strategies'

export const PICTURES = 'pictures'
/** Together 60 MB at most: avatars and previews are kept, whole pictures are not. */
const MOST_PICTURES = 400
const MOST_BYTES = 150_000
const DAYS = 30

/** Keeps the avatars and previews that were seen last; whoever saves data keeps none. */
export function keepPictures(): void {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection
  registerRoute(
    ({ request, sameOrigin, url }) =>
      sameOrigin &&
      request.destination === 'image' &&
      !url.pathname.startsWith('/assets/') &&
      connection?.saveData !== true,
    new CacheFirst({
      cacheName: PICTURES,
      plugins: [
        { cacheWillUpdate: async ({ response }) => (isSmall(response) ? response : null) },
        new ExpirationPlugin({
          maxEntries: MOST_PICTURES,
          maxAgeSeconds: DAYS * 86_400,
          purgeOnQuotaError: true,
        }),
      ],
    }),
  )
}

function isSmall(response: Response): boolean {
  const length = response.headers.get('content-length')
  return response.status === 200 && length !== null && Number(length) <= MOST_BYTES
}
