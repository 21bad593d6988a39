import { askForRecovery } from '#auth/ask-for-recovery.ts'
import { addressToConfirm, confirmByLink } from '#auth/confirm-address.ts'
import { Refusal } from '#platform/errors.ts'
import { isMailOn } from '#platform/mail.ts'
import { paths } from './paths.ts'
import { textOf } from './route.ts'
import type { Routes } from './site.ts'
import { confirmationPage, forgotPasswordPage, mailSentPage } from './views/mail.ts'
import { refusePage, send } from './visit.ts'

/** The pages around what is mailed: asking for a reset link, and where a confirmation link leads. */
export function mountMailPages(routes: Routes): void {
  routes.form(paths.forgotPassword, async (visit) =>
    isMailOn(visit.app.config)
      ? send(visit, forgotPasswordPage(visit.frame, { values: {}, errors: {} }))
      : refusePage(visit, 404),
  )

  routes.post(paths.forgotPassword, async (visit, form) => {
    if (!isMailOn(visit.app.config)) return refusePage(visit, 404)
    const email = textOf(form, 'email')
    try {
      await askForRecovery(visit.app, visit.domain, { email, ip: visit.ip })
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'too-many') throw error
      const state = { values: { email }, errors: {}, problem: error.message }
      return send(visit, forgotPasswordPage(visit.frame, state), { status: 429 })
    }
    return send(visit, mailSentPage(visit.frame))
  })

  routes.form(paths.confirmation, async (visit) => {
    const token = new URL(visit.c.req.url).searchParams.get('confirmation_token') ?? ''
    const address = await addressToConfirm(visit.app, token)
    if (address === null) return send(visit, confirmationPage(visit.frame, { state: 'bad' }), { status: 404 })
    return send(visit, confirmationPage(visit.frame, { state: 'open', address, token }))
  })

  routes.post(paths.confirmation, async (visit, form) => {
    try {
      const user = await confirmByLink(visit.app, textOf(form, 'confirmation_token'))
      const waits = user.approved_at === null
      return send(visit, confirmationPage(visit.frame, { state: 'done', waits }))
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'not-found') throw error
      return send(visit, confirmationPage(visit.frame, { state: 'bad' }), { status: 404 })
    }
  })
}
