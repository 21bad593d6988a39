import { deleteOwnAccount } from '#moderation/delete-account.ts'
import { Refusal } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { problemsIn } from '../form-problems.ts'
import { html } from '../html.ts'
import { paths } from '../paths.ts'
import { askToSignIn, signedIn, textOf } from '../route.ts'
import type { Routes } from '../site.ts'
import type { FormState } from '../views/forms.ts'
import { field, problems, usernameFor } from '../views/forms.ts'
import type { Visit } from '../visit.ts'
import { clearSession, goTo, send } from '../visit.ts'
import { settingsWords } from '../words-settings.ts'
import { settingsPage, settingsPaths } from './page.ts'

const say = settingsWords.delete

/** Where a member ends their account: what goes is said, and the password asked for. */
export function mountDeleteAccount(routes: Routes): void {
  routes.get(settingsPaths.delete, (visit) =>
    visit.session ? show(visit, { values: {}, errors: {} }) : askToSignIn(visit, settingsPaths.delete),
  )
  routes.post(settingsPaths.delete, end)
}

async function end(visit: Visit, form: Form): Promise<Response> {
  signedIn(visit)
  try {
    await deleteOwnAccount(visit.app, visit.session.account, textOf(form, 'password'))
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
    return show(visit, { values: {}, ...problemsIn(error) }, 422)
  }
  clearSession(visit)
  return goTo(visit, paths.front)
}

function show(visit: Visit, state: FormState, status = 200): Response {
  signedIn(visit)
  const inside = html`
    ${problems(state, { password: say.password })}
    <ul>${say.goes.map((line) => html`<li>${line}</li>`)}</ul>
    <form class="form" method="post" action="${settingsPaths.delete}" novalidate>
      <input type="hidden" name="csrf" value="${visit.frame.csrf}">
      ${usernameFor(visit.session.account.username)}
      ${field(state, { name: 'password', label: say.password, type: 'password', autocomplete: 'current-password' })}
      <div class="buttons"><button class="button danger">${say.button}</button></div>
    </form>
  `
  const page = { path: settingsPaths.delete, title: say.title, purpose: say.purpose, inside }
  return send(visit, settingsPage(visit.frame, page), { status })
}
