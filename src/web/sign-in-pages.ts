import { applicationByClient } from '#auth/apps.ts'
import { recoveryHandle, useRecovery } from '#auth/recover.ts'
import { signOut } from '#auth/sessions.ts'
import { signIn } from '#auth/sign-in.ts'
import { Refusal } from '#platform/errors.ts'
import { isMailOn } from '#platform/mail.ts'
import { problemsIn } from './form-problems.ts'
import { paths } from './paths.ts'
import { textOf } from './route.ts'
import type { Routes } from './site.ts'
import type { FormState } from './views/forms.ts'
import { resetPasswordPage } from './views/reset-password.ts'
import { signInPage } from './views/sign-in.ts'
import type { Visit } from './visit.ts'
import { clearSession, goTo, safeNext, send, sessionToken, setSession, userAgentOf } from './visit.ts'

/** Signing in and out, and the page a reset link leads to. */
export function mountSignIn(routes: Routes): void {
  routes.form(paths.signIn, (visit) => {
    const query = new URL(visit.c.req.url).searchParams
    const next = safeNext(query.get('next'))
    if (visit.session && !query.has('again')) return goTo(visit, next)
    return show(visit, { values: {}, errors: {} }, next)
  })

  routes.post(paths.signIn, async (visit, form) => {
    const next = safeNext(form.next)
    const login = textOf(form, 'login')
    try {
      const asked = {
        login,
        password: textOf(form, 'password'),
        ip: visit.ip,
        userAgent: userAgentOf(visit),
      }
      setSession(visit, await signIn(visit.app, visit.domain, asked))
      return goTo(visit, next)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const state = { values: { login }, errors: {}, problem: error.message }
      return show(visit, state, next, error.kind === 'too-many' ? 429 : 401)
    }
  })

  routes.post(paths.signOut, async (visit, form) => {
    const token = sessionToken(visit)
    if (token) await signOut(visit.app, token)
    clearSession(visit)
    // «Use another account» on the consent page signs out and comes back through signing in.
    return goTo(visit, safeNext(form.next))
  })

  routes.form(paths.resetPassword, async (visit) => {
    const token = new URL(visit.c.req.url).searchParams.get('reset_password_token') ?? ''
    return showReset(visit, token, { values: {}, errors: {} })
  })

  routes.post(paths.resetPasswordPost, async (visit, form) => {
    const token = textOf(form, 'reset_password_token')
    try {
      await useRecovery(visit.app, token, textOf(form, 'password'))
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
      return showReset(visit, token, { values: {}, ...problemsIn(error) }, 422)
    }
    clearSession(visit)
    return goTo(visit, paths.signIn)
  })
}

async function show(visit: Visit, form: FormState, next: string, status = 200): Promise<Response> {
  const appName = await waitingApp(visit, next)
  const data = { form, next, appName, mails: isMailOn(visit.app.config) }
  return send(visit, signInPage(visit.frame, data), { status })
}

/** The app for which somebody signs in, when consent comes next. */
async function waitingApp(visit: Visit, next: string): Promise<string | null> {
  if (!next.startsWith(`${paths.authorize}?`)) return null
  const client = new URL(next, visit.domain.origin).searchParams.get('client_id')
  const application = client ? await applicationByClient(visit.app, client) : undefined
  return application?.name ?? null
}

async function showReset(visit: Visit, token: string, form: FormState, status = 200): Promise<Response> {
  const handle = await recoveryHandle(visit.app, token)
  if (!handle) return send(visit, resetPasswordPage(visit.frame, { state: 'bad' }), { status: 404 })
  return send(visit, resetPasswordPage(visit.frame, { state: 'open', form, token, handle }), { status })
}
