import { openSession } from '#auth/sessions.ts'
import { signUp } from '#auth/sign-up.ts'
import { rulesOf, siteOf } from '#instance/site.ts'
import { Refusal } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { isMailOn } from '#platform/mail.ts'
import { problemsIn, typedIn } from './form-problems.ts'
import { paths } from './paths.ts'
import { textOf } from './route.ts'
import type { PageOptions, Routes } from './site.ts'
import type { FormState } from './views/forms.ts'
import { lookInMailPage } from './views/mail.ts'
import { signUpDonePage, signUpPage } from './views/sign-up.ts'
import type { Visit } from './visit.ts'
import { goTo, refusePage, send, setSession, userAgentOf, visitOf } from './visit.ts'

/** Joining: the rules, the form, and what comes after. */
export function mountSignUp(routes: Routes, { limits }: PageOptions): void {
  routes.form(paths.signUp, (visit) =>
    visit.session ? goTo(visit, paths.front) : show(visit, { values: {}, errors: {} }),
  )

  routes.post(paths.signUp, async (visit, form) => {
    const standing = limits.take('sign-up', visit.ip, visit.app.now())
    if (standing?.over) return refusePage(visit, 429)
    if (visit.frame.site.registrations === 'closed') return show(visit, { values: {}, errors: {} }, 403)
    return join(visit, form)
  })
}

async function show(visit: Visit, form: FormState, status = 200): Promise<Response> {
  const { app, domain, frame } = visit
  const site = await siteOf(app, domain.id)
  const rules = (await rulesOf(app, domain.id)).map(({ id, text, hint }) => ({ id: String(id), text, hint }))
  const data = { form, rules, minAge: site.min_age, emailRequired: isMailOn(app.config) }
  return send(visit, signUpPage(frame, data), { status })
}

const FIELDS = ['username', 'email', 'date_of_birth', 'reason', 'agreement']

async function join(visit: Visit, form: Form): Promise<Response> {
  const { app, domain } = visit
  const password = textOf(form, 'password')
  try {
    const joined = await signUp(app, domain, {
      username: textOf(form, 'username').trim(),
      password,
      email: textOf(form, 'email').trim() || undefined,
      // Where there are no rules, there is no box to tick.
      agreement: textOf(form, 'agreement') !== '' || (await rulesOf(app, domain.id)).length === 0,
      reason: textOf(form, 'reason').trim() || undefined,
      dateOfBirth: textOf(form, 'date_of_birth') || undefined,
      ip: visit.ip,
    })
    const { username } = joined.account
    const handle = `@${username}@${domain.name}`
    if (joined.user.confirmed_at === null)
      return send(visit, lookInMailPage(visit.frame, joined.user.email ?? ''))
    if (joined.user.approved_at === null)
      return send(visit, signUpDonePage(visit.frame, { state: 'pending', handle }))
    const token = await openSession(app, joined.user, { ip: visit.ip, userAgent: userAgentOf(visit) })
    setSession(visit, token)
    const fresh = (await visitOf(app, visit.c, token)) ?? visit
    return send(fresh, signUpDonePage(fresh.frame, { state: 'ready', handle }))
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
    return show(visit, { values: typedIn(form, FIELDS), ...problemsIn(error) }, 422)
  }
}
