import { mediaByIds } from '#media/media.ts'
import { presentMedia } from '#media/present-media.ts'
import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { visibleStatus } from '#statuses/visibility.ts'
import { framedPage } from './csp.ts'
import type { Routes } from './site.ts'
import { playerPage } from './views/player.ts'
import type { Visit } from './visit.ts'

/** One film or sound to be played inside pages of others: of posts that any visitor may see (PRIV-16). */
export function mountPlayer(routes: Routes): void {
  routes.get('/media/:id{[0-9]+}/player', player)
}

async function player(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  const id = readId(visit.c.req.param('id'))
  const row = id === null ? undefined : (await mediaByIds(app, [id])).get(id)
  if (!row || row.kind === 'image' || row.kind === 'unknown') throw notFound()
  await visibleStatus(app, null, row.status_id)
  const html = playerPage(frame.site, presentMedia(row, domain))
  return visit.c.body(html.text, 200, framedPage())
}
