import { datedText, termsOf } from '#instance/texts.ts'
import { notFound } from '#platform/errors.ts'
import { raw } from './html.ts'
import { paths } from './paths.ts'
import type { Routes } from './site.ts'
import { textPage } from './views/text.ts'
import type { Visit } from './visit.ts'
import { send } from './visit.ts'
import { words } from './words.ts'

const KEPT_SECONDS = 60

/** What the keeper wrote for everybody, and the two addresses that browsers look for. */
export function mountTexts(routes: Routes): void {
  routes.get(paths.privacy, privacy)
  routes.get(paths.terms, (visit) => terms(visit))
  routes.get(`${paths.terms}/:date`, (visit) => terms(visit, visit.c.req.param('date')))
  // https://w3c.github.io/webappsec-change-password-url/
  routes.get('/.well-known/change-password', (visit) => visit.c.redirect(paths.account, 302))
  // A browser that was told of web+ap: links comes here with ?uri=.
  routes.get('/.well-known/proxy', (visit) =>
    visit.c.redirect(paths.interact + new URL(visit.c.req.url).search, 302),
  )
}

async function privacy(visit: Visit): Promise<Response> {
  const { content, updated_at } = await datedText(visit.app, visit.domain, 'privacy_policy')
  if (content === '') throw notFound()
  const data = { title: words.texts.privacy, since: updated_at.slice(0, 10), content: raw(content) }
  return send(visit, textPage(visit.frame, data), { cacheSeconds: KEPT_SECONDS })
}

async function terms(visit: Visit, date?: string): Promise<Response> {
  const { content, effective_date } = await termsOf(visit.app, visit.domain, date)
  const data = { title: words.texts.terms, since: effective_date, content: raw(content) }
  return send(visit, textPage(visit.frame, data), { cacheSeconds: KEPT_SECONDS })
}
