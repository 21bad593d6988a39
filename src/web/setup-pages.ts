import type { Audience } from '#auth/set-up.ts'
import { audiences, isSetUp, setUp } from '#auth/set-up.ts'
import { Refusal } from '#platform/errors.ts'
import { clientOf } from '#platform/http/facts.ts'
import type { Form } from '#platform/http/forms.ts'
import { timingSafeEqualText } from '#platform/secrets.ts'
import { problemsIn, typedIn } from './form-problems.ts'
import { textOf } from './route.ts'
import type { PageOptions, Routes } from './site.ts'
import type { FormState } from './views/forms.ts'
import { setupPage } from './views/setup.ts'
import { setupDonePage } from './views/setup-done.ts'
import type { Visit } from './visit.ts'
import { refusePage, send, visitOf } from './visit.ts'

const GIGABYTE = 1024 ** 3
const USUAL_GIGABYTES = '10'
const WRONG_CODE =
  'This page opens with the link that the server printed when it started. Look in its output or log.'

/** The one page that makes a server out of a fresh start; dead afterwards. */
export function mountSetup(routes: Routes, { setupCode }: PageOptions): void {
  const isRight = (code: string) => timingSafeEqualText(code, setupCode)
  routes.get('/setup', (visit) => {
    if (isSetUp(visit.app))
      return send(visit, setupDonePage(visit.frame, { state: 'already' }), { status: 410 })
    const code = new URL(visit.c.req.url).searchParams.get('code') ?? ''
    if (!isRight(code)) return refusePage(visit, 403, WRONG_CODE)
    return show(visit, code, { values: firstValues(visit), errors: {} })
  })
  // The code proves the form: a cookie might not come back, for the server may be reached by any name and scheme yet.
  const isOurs = () => true
  const take = (visit: Visit, form: Form) => {
    if (isSetUp(visit.app))
      return send(visit, setupDonePage(visit.frame, { state: 'already' }), { status: 410 })
    const code = textOf(form, 'code')
    if (!isRight(code)) return refusePage(visit, 403, WRONG_CODE)
    return finish(visit, form, code)
  }
  routes.post('/setup', take, isOurs)
}

function firstValues(visit: Visit): FormState['values'] {
  const { config } = visit.app
  const host = clientOf(visit.c).host ?? ''
  return { domain: config.domainGiven ? config.localDomain : host, audience: 'me', disk: USUAL_GIGABYTES }
}

function show(visit: Visit, code: string, form: FormState, status = 200): Response {
  const { config } = visit.app
  const warnings = { rateLimitsOff: !config.rateLimits, plainHttp: config.allowHttp }
  return send(visit, setupPage(visit.frame, { form, code, warnings }), { status })
}

const fieldOf: Record<string, string> = { username: 'owner', web_domain: 'domain' }

const isAudience = (word: string): word is Audience => audiences.includes(word as Audience)

async function finish(visit: Visit, form: Form, code: string): Promise<Response> {
  const { app } = visit
  const audience = textOf(form, 'audience')
  const gigabytes = Number(textOf(form, 'disk') || USUAL_GIGABYTES)
  const values = typedIn(form, ['domain', 'audience', 'owner', 'email', 'disk'])
  const errors: FormState['errors'] = {}
  if (!Number.isFinite(gigabytes) || gigabytes < 1 || gigabytes > 1_000_000)
    errors.disk = 'must be a number of gigabytes, 1 or more'
  if (!isAudience(audience)) errors.audience = 'must be one of the four'
  if (Object.keys(errors).length > 0 || !isAudience(audience))
    return show(visit, code, { values, errors }, 422)
  try {
    await setUp(app, {
      domain: textOf(form, 'domain'),
      audience,
      ownerName: textOf(form, 'owner').trim(),
      password: textOf(form, 'password'),
      email: textOf(form, 'email').trim() || undefined,
      mediaBudget: Math.round(gigabytes * GIGABYTE),
    })
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
    return show(visit, code, { values, ...problemsIn(error, fieldOf) }, 422)
  }
  const fresh = (await visitOf(app, visit.c)) ?? visit
  const handle = `@${textOf(form, 'owner').trim()}@${app.domains.all()[0]?.name}`
  return send(fresh, setupDonePage(fresh.frame, { state: 'fresh', handle }))
}
