import { presentAccount } from '#accounts/present-account.ts'
import { changeEmail } from '#auth/change-email.ts'
import { changePassword } from '#auth/change-password.ts'
import { listSessions, revokeOtherSessions, revokeSession } from '#auth/sessions.ts'
import { Refusal } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { isoTime } from '#platform/times.ts'
import { browserOf } from './browser.ts'
import { problemsIn } from './form-problems.ts'
import { paths } from './paths.ts'
import { askToSignIn, signedIn, textOf } from './route.ts'
import type { Routes } from './site.ts'
import type { AccountSettingsData } from './views/account-settings.ts'
import { accountSettingsPage } from './views/account-settings.ts'
import type { FormState } from './views/forms.ts'
import type { Visit } from './visit.ts'
import { goTo, send, setSession, userAgentOf } from './visit.ts'

/** What a member changes about their own way in. */
export function mountSettings(routes: Routes): void {
  routes.get(paths.account, (visit) => {
    if (!visit.session) return askToSignIn(visit, paths.account)
    return show(visit, { form: NOTHING })
  })

  routes.post(paths.changePassword, async (visit, form) => {
    signedIn(visit)
    try {
      const fresh = await changePassword(visit.app, visit.session.user, {
        current: textOf(form, 'current_password'),
        password: textOf(form, 'password'),
        ip: visit.ip,
        userAgent: userAgentOf(visit),
      })
      setSession(visit, fresh)
      return goTo(visit, paths.account)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const state = { values: {}, ...problemsIn(error) }
      return show(visit, { form: state }, error.kind === 'too-many' ? 429 : 422)
    }
  })

  routes.post(paths.changeEmail, async (visit, form) => {
    signedIn(visit)
    const email = textOf(form, 'email')
    try {
      const wish = { email, password: textOf(form, 'email_password') }
      const done = await changeEmail(visit.app, visit.session.user, wish)
      const address = done === 'now' ? email.trim() : visit.session.user.email
      return show(visit, { form: NOTHING, mail: { address, form: NOTHING, done } })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const state = { values: { email }, ...problemsIn(error, { password: 'email_password' }) }
      const mail = { address: visit.session.user.email, form: state }
      return show(visit, { form: NOTHING, mail }, error.kind === 'too-many' ? 429 : 422)
    }
  })

  routes.post('/settings/sessions/end_others', async (visit) => {
    signedIn(visit)
    await revokeOtherSessions(visit.app, visit.session.user, visit.session.id)
    return goTo(visit, paths.account)
  })

  routes.post('/settings/sessions/:id/end', async (visit) => {
    signedIn(visit)
    const id = readId(visit.c.req.param('id'))
    if (id !== null) await revokeSession(visit.app, visit.session.user, id)
    return goTo(visit, paths.account)
  })
}

const NOTHING: FormState = { values: {}, errors: {} }

type Shown = { form: FormState; mail?: AccountSettingsData['mail'] }

async function show(visit: Visit, { form, mail }: Shown, status = 200): Promise<Response> {
  signedIn(visit)
  const { app, domain, frame, session } = visit
  const shown = await presentAccount(app, { domain, account: session.account }, session.account)
  const rows = await listSessions(app, session.user)
  const sessions = rows.map((row) => ({
    id: String(row.id),
    browser: browserOf(row.user_agent ?? ''),
    ip: row.ip,
    lastSeenAt: isoTime(row.last_used_at),
    current: row.id === session.id,
  }))
  const viewer = { ...shown, mayAdminister: frame.viewer?.mayAdminister ?? false }
  const data = {
    viewer,
    form,
    mail: mail ?? { address: session.user.email, form: NOTHING },
    sessions,
    now: app.now(),
  }
  return send(visit, accountSettingsPage(frame, data), { status })
}
