import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { presentStatus } from '#statuses/present-status.ts'
import { visibleStatus } from '#statuses/visibility.ts'
import { accountNamed } from './account-named.ts'
import { framedPage } from './csp.ts'
import type { Routes } from './site.ts'
import { embedPage } from './views/embed.ts'
import type { Visit } from './visit.ts'

/** One post to be shown inside pages of others: what any visitor may see, and nothing of who looks (PRIV-16). */
export function mountEmbed(routes: Routes): void {
  routes.get('/:handle{@[A-Za-z0-9_]+}/:id{[0-9]+}/embed', embed)
}

async function embed(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  const account = await accountNamed(visit, visit.c.req.param('handle') ?? '')
  const row = await visibleStatus(app, null, readId(visit.c.req.param('id')))
  const isOurs = row.account_id === account.id && account.domain_id === domain.id
  if (!isOurs || row.reblog_of_id !== null) throw notFound()
  const status = await presentStatus(app, { domain, account: null }, row)
  const html = embedPage(frame.site, { status, now: app.now() })
  return visit.c.body(html.text, 200, framedPage())
}
