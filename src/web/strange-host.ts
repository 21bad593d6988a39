import type { Context } from 'hono'
import type { App } from '#app.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import { isPublicDomain } from '#platform/public-domain.ts'
import { pageHeaders } from './csp.ts'
import { html, safeUrl } from './html.ts'
import { words } from './words.ts'

/**
 * Answers 421 (RFC 9110 §15.5.20) to a Host that no hosted domain means. On a private name, where the keeper
 * is, it leads on to the server's real address; strangers who guess at names are told nothing.
 */
export function strangeHost(app: App, c: Context<Site>): Response {
  const { host } = clientOf(c)
  const real = app.domains.all()[0]?.origin
  const say = words.strangeHost
  if (!host || !real || isPublicDomain(host)) return c.text(say.plain, 421)
  const page = html`<!doctype html>
    <html lang="en">
      <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${say.title}</title></head>
      <body>
        <h1>${say.title}</h1>
        <p>${say.intro}</p>
        <p><a href="${safeUrl(real)}">${real}</a></p>
        <p>${say.advice}</p>
      </body>
    </html>`
  return c.body(page.text, 421, {
    ...pageHeaders([]),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  })
}
