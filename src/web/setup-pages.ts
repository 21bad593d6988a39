import type { Audience } from '#auth/set-up.ts'
import { audiences, isSetUp, setUp } from '#auth/set-up.ts'
import { Refusal } from '#platform/errors.ts'
import { clientOf } from '#platform/http/facts.ts'
import type { Form } from '#platform/http/forms.ts'
import { timingSafeEqualText } from '#platform/secrets.ts'
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
  routes.form('/setup', (visit) => {
    if (isSetUp(visit.app))
      return send(visit, setupDonePage(visit.frame, { state: 'already' }), { status: 410 })
    const code = new URL(visit.c.req.url).searchParams.get('code') ?? ''
    if (!isRight(code)) return refusePage(visit, 403, WRONG_CODE)
    return show(visit, code, { values: firstValues(visit), errors: {} })
  })
  routes.post('/setup', async (visit, form) => {
    if (isSetUp(visit.app))
      return send(visit, setupDonePage(visit.frame, { state: 'already' }), { status: 410 })
    const code = textOf(form, 'code')
    if (!isRight(code)) return refusePage(visit, 403, WRONG_CODE)
    return finish(visit, form, code)
  })
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

async function finish(visit: Visit, form: Form, code: string): Promise<Response> {
  const { app } = visit
  const audience = textOf(form, 'audience')
  const gigabytes = Number(textOf(form, 'disk') || USUAL_GIGABYTES)
  const { password: _, csrf: __, ...typed } = form
  const values = typed as FormState['values']
  if (!Number.isFinite(gigabytes) || gigabytes < 1 || gigabytes > 1_000_000) {
    return show(visit, code, { values, errors: { disk: 'must be a number of gigabytes, 1 or more' } }, 422)
  }
  try {
    await setUp(app, {
      domain: textOf(form, 'domain'),
      audience: audiences.includes(audience as Audience) ? (audience as Audience) : 'me',
      ownerName: textOf(form, 'owner').trim(),
      password: textOf(form, 'password'),
      email: textOf(form, 'email').trim() || undefined,
      mediaBudget: Math.round(gigabytes * GIGABYTE),
    })
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
    const entries = Object.entries(error.details ?? {}).map(([field, [problem]]) => [
      fieldOf[field] ?? field,
      problem?.description,
    ])
    const errors = Object.fromEntries(entries) as FormState['errors']
    return show(
      visit,
      code,
      { values, errors, ...(entries.length === 0 ? { problem: error.message } : {}) },
      422,
    )
  }
  const fresh = (await visitOf(app, visit.c)) ?? visit
  const handle = `@${textOf(form, 'owner').trim()}@${app.domains.all()[0]?.name}`
  return send(fresh, setupDonePage(fresh.frame, { state: 'fresh', handle }))
}
