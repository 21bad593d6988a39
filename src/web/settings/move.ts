import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { demandPassword } from '#auth/demand-password.ts'
import { invalid, Refusal } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { addAlias, aliasesOf, cancelMove, dropAlias, moveAccount } from '#relationships/move-account.ts'
import { problemsIn, typedIn } from '../form-problems.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { askToSignIn, signedIn, textOf } from '../route.ts'
import type { Routes } from '../site.ts'
import type { FormState } from '../views/forms.ts'
import { buttonForm, field, problems, usernameFor } from '../views/forms.ts'
import type { Visit } from '../visit.ts'
import { goTo, send } from '../visit.ts'
import { settingsWords } from '../words-settings.ts'
import type { Member } from './form.ts'
import { settingsPage, settingsPaths } from './page.ts'

const say = settingsWords.move
const PATH = settingsPaths.move
const BLANK: FormState = { values: {}, errors: {} }

/** Where a member lets another account of theirs move here, and moves away with their followers. */
export function mountMove(routes: Routes): void {
  routes.get(PATH, (visit) => (visit.session ? show(visit, BLANK) : askToSignIn(visit, PATH)))
  doing(routes, `${PATH}/alias`, async ({ app, session }, form) =>
    addAlias(app, session.account, await other(app, textOf(form, 'alias'), 'alias')),
  )
  doing(routes, `${PATH}/alias/remove`, async ({ app, session }, form) =>
    dropAlias(app, session.account, textOf(form, 'uri')),
  )
  doing(routes, `${PATH}/away`, async ({ app, session }, form) => {
    await demandPassword(session.user, textOf(form, 'password'))
    await moveAccount(app, session.account, await other(app, textOf(form, 'target'), 'target'))
  })
  doing(routes, `${PATH}/stay`, async ({ app, session }) => cancelMove(app, session.account))
}

type Deed = (member: Member, form: Form) => Promise<void>

/** Does what a form says and shows the page anew; what is refused is said at its field, with what was typed. */
function doing(routes: Routes, path: string, deed: Deed): void {
  routes.post(path, async (visit, form) => {
    signedIn(visit)
    try {
      await deed(visit, form)
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
      return show(visit, { values: typedIn(form, ['alias', 'target']), ...problemsIn(error) }, 422)
    }
    return goTo(visit, PATH)
  })
}

async function other({ fediverse }: Member['app'], handle: string, name: string): Promise<AccountRow> {
  const wanted = handle.trim().replace(/^@/, '')
  const found = wanted ? await fediverse.findAccount(wanted, { refresh: true }) : null
  if (found) return found
  const description = 'was not found'
  throw invalid(`Validation failed: Account ${description}`, {
    [name]: [{ error: 'ERR_INVALID', description }],
  })
}

async function show(visit: Visit, state: FormState, status = 200): Promise<Response> {
  signedIn(visit)
  const account = (await accountById(visit.app, visit.session.account.id)) ?? visit.session.account
  const moved = account.moved_to_id === null ? undefined : await accountById(visit.app, account.moved_to_id)
  const { csrf } = visit.frame
  const inside = html`
    ${problems(state, { alias: say.alias, target: say.target, password: say.password })}
    <h2>${say.here}</h2>
    <p>${say.hereWhat}</p>
    ${aliases(account, csrf)}
    <form class="form" method="post" action="${PATH}/alias" novalidate>
      <input type="hidden" name="csrf" value="${csrf}">
      ${field(state, { name: 'alias', label: say.alias, hint: say.handleHint })}
      <div class="buttons"><button class="button main">${say.addAlias}</button></div>
    </form>
    <h2>${say.away}</h2>
    ${moved ? gone(moved, csrf) : leave(state, account, csrf)}
  `
  const page = { path: PATH, title: say.title, purpose: say.purpose, inside }
  return send(visit, settingsPage(visit.frame, page), { status })
}

function aliases(account: AccountRow, csrf: string): Html | false {
  const all = aliasesOf(account)
  if (all.length === 0) return false
  return html`
    <ul>
      ${all.map(
        (uri) => html`
          <li>
            ${uri} ${buttonForm(`${PATH}/alias/remove`, csrf, say.removeAlias, { described: `${say.removeAlias} ${uri}`, hidden: { uri } })}
          </li>
        `,
      )}
    </ul>
  `
}

const gone = (target: AccountRow, csrf: string) => html`
  <p role="status">${say.movedTo} <b>@${target.username}@${target.host}</b></p>
  ${buttonForm(`${PATH}/stay`, csrf, say.stay)}
`

const leave = (state: FormState, account: AccountRow, csrf: string) => html`
  <ul>${say.awayWhat.map((line) => html`<li>${line}</li>`)}</ul>
  <form class="form" method="post" action="${PATH}/away" novalidate>
    <input type="hidden" name="csrf" value="${csrf}">
    ${usernameFor(account.username)}
    ${field(state, { name: 'target', label: say.target, hint: say.handleHint })}
    ${field(state, { name: 'password', label: say.password, type: 'password', autocomplete: 'current-password' })}
    <div class="buttons"><button class="button danger">${say.go}</button></div>
  </form>
`
