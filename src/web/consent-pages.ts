import { presentAccount } from '#accounts/present-account.ts'
import type { AuthorizeRequest } from '#auth/oauth.ts'
import { grantCode, issuerOf, readAuthorizeRequest } from '#auth/oauth.ts'
import { Refusal } from '#platform/errors.ts'
import { queryOf } from '#platform/http/facts.ts'
import type { Form } from '#platform/http/forms.ts'
import { flag } from '#platform/http/forms-fields.ts'
import { paths } from './paths.ts'
import { askToSignIn, signedIn, textOf } from './route.ts'
import type { Routes } from './site.ts'
import { consentPage } from './views/consent.ts'
import { oobCodePage } from './views/oob-code.ts'
import type { Visit } from './visit.ts'
import { refusePage, send } from './visit.ts'

const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'
const kept = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const

/** The page where a member lets an app in, without script. */
export function mountConsent(routes: Routes): void {
  routes.get(paths.authorize, ask)
  routes.post(paths.authorize, decide)
  routes.delete(paths.authorize, (visit, form) => decide(visit, { ...form, decision: 'deny' }))
  // Where out-of-band apps expect the code to be shown.
  routes.get('/oauth/authorize/native', (visit) => {
    signedIn(visit)
    const code = new URL(visit.c.req.url).searchParams.get('code') ?? ''
    return showCode(visit, code, '')
  })
}

/** Reads the request, or answers with a page: what is wrong here must never be sent to an address we cannot trust (OAU-01). */
async function read(visit: Visit, fields: Record<string, string>): Promise<AuthorizeRequest | Response> {
  try {
    return await readAuthorizeRequest(visit.app, fields)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusePage(visit, 400, error.message)
  }
}

function fieldsOf(source: (name: string) => string): Record<string, string> {
  return Object.fromEntries(kept.map((name) => [name, source(name)]).filter(([, value]) => value !== ''))
}

async function ask(visit: Visit): Promise<Response> {
  const query = new URL(visit.c.req.url).searchParams
  const fields = fieldsOf((name) => query.get(name) ?? '')
  const request = await read(visit, fields)
  if (request instanceof Response) return request
  if (request.error)
    return backToApp(visit, request, { error: request.error, error_description: request.description ?? '' })
  const here = `${paths.authorize}?${queryOf(visit.c.req.url)}`
  if (!visit.session) return askToSignIn(visit, here)
  // The app wants to be sure who is there; once they have signed in anew, the same request comes without the wish.
  if (flag.safeParse(query.get('force_login') ?? undefined).data) {
    query.delete('force_login')
    return askToSignIn(visit, `${paths.authorize}?${query}`, { again: true })
  }
  const { session, domain, app, frame } = visit
  const shown = await presentAccount(app, { domain, account: session.account }, session.account)
  const page = consentPage(frame, {
    app: { name: request.application.name, website: request.application.website },
    scopes: request.scopes,
    account: { ...shown, mayAdminister: frame.viewer?.mayAdminister ?? false },
    redirectUri: request.redirectUri,
    hidden: fields,
    here,
  })
  return send(visit, page, { redirects: [request.redirectUri] })
}

async function decide(visit: Visit, form: Form): Promise<Response> {
  signedIn(visit)
  const request = await read(
    visit,
    fieldsOf((name) => textOf(form, name)),
  )
  if (request instanceof Response) return request
  if (request.error)
    return backToApp(visit, request, { error: request.error, error_description: request.description ?? '' })
  if (textOf(form, 'decision') !== 'allow') {
    if (request.redirectUri === OUT_OF_BAND)
      return refusePage(visit, 403, 'The app was not let in. You can close this page.')
    return backToApp(visit, request, {
      error: 'access_denied',
      error_description: 'The resource owner denied the request.',
    })
  }
  const code = await grantCode(visit.app, visit.session.user, request)
  if (request.redirectUri === OUT_OF_BAND) return showCode(visit, code, request.application.name)
  return backToApp(visit, request, { code })
}

function showCode(visit: Visit, code: string, appName: string): Response {
  const response = send(visit, oobCodePage(visit.frame, { code, appName }))
  // The code must not travel to anywhere in a Referer (OAU-20).
  response.headers.set('referrer-policy', 'no-referrer')
  return response
}

function backToApp(visit: Visit, request: AuthorizeRequest, answer: Record<string, string>): Response {
  // There is nowhere to go back to: what went wrong is said here.
  if (request.redirectUri === OUT_OF_BAND) return refusePage(visit, 400, answer.error_description)
  const url = new URL(request.redirectUri)
  for (const [name, value] of Object.entries(answer)) if (value) url.searchParams.set(name, value)
  if (request.state) url.searchParams.set('state', request.state)
  // RFC 9207: the app can tell which server answered.
  url.searchParams.set('iss', issuerOf(visit.domain))
  return visit.c.body(null, 302, {
    location: url.href,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
}
