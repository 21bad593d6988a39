import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { FormState } from './forms.ts'
import { field, form, problems, tick } from './forms.ts'
import { sheet } from './sheet.ts'

export type SignUpData = {
  /** Fields `username`, `email`, `password`, `date_of_birth`, `reason`, `agreement`. */
  form: FormState
  rules: readonly { id: string; text: string; hint: string }[]
  /** Years; null when the server does not ask. */
  minAge: number | null
  /** Whether an address must be given. */
  emailRequired: boolean
}

/** The form to join, or that the server is closed. Posts the fields of SignUpData and `csrf`. */
export function signUpPage(frame: Frame, data: SignUpData): Html {
  const say = words.signUp
  const { site } = frame
  if (site.registrations === 'closed') {
    return sheet(frame, say.closedTitle, html`<p class="lead">${say.closed}</p>${signInInstead()}`, {
      withMark: true,
    })
  }
  const asks = site.registrations === 'approval'
  return sheet(
    frame,
    say.title(site.name),
    html`
      <p class="lead">${say.intro}${asks && ` ${say.approval}`}</p>
      ${problems(data.form, labels())}
      ${data.rules.length > 0 && rulesOf(data.rules)}
      ${form(paths.signUp, frame.csrf, fieldsOf(frame, data))}
      <div class="or">${signInInstead()}</div>
    `,
  )
}

/** What a new member sees: ready, or waiting for a person's answer. */
export function signUpDonePage(
  frame: Frame,
  { state, handle }: { state: 'ready' | 'pending'; handle: string },
): Html {
  const say = words.signUp
  const ready = state === 'ready'
  return sheet(
    frame,
    ready ? say.readyTitle : say.pendingTitle,
    html`
      <p class="lead">${ready ? say.ready : say.pending}</p>
      <p>${say.yourHandle}:</p>
      <p class="copyable">${handle}</p>
      ${ready && !frame.viewer && html`<p><a class="button main" href="${paths.signIn}">${words.frame.signIn}</a></p>`}
    `,
    { withMark: true },
  )
}

/** The server's rules, each with an anchor. */
export function rulesOf(rules: SignUpData['rules']): Html {
  return html`
    <section aria-labelledby="rules">
      <h2 id="rules">${words.signUp.rules}</h2>
      <ol class="numbered">
        ${rules.map(({ id, text, hint }) => html`<li id="rule-${id}" dir="auto"><b>${text}</b>${hint && html`<br><span class="hint">${hint}</span>`}</li>`)}
      </ol>
    </section>
  `
}

function fieldsOf({ site }: Frame, { form: state, rules, minAge, emailRequired }: SignUpData): Html {
  const say = words.signUp
  const asks = site.registrations === 'approval'
  return html`
    ${field(state, {
      name: 'username',
      label: say.username,
      hint: say.usernameHint,
      autocomplete: 'username',
      sign: '@',
      extra: html` maxlength="30" autocapitalize="none" spellcheck="false"`,
    })}
    ${field(state, {
      name: 'email',
      label: say.email,
      type: 'email',
      hint: say.emailHint,
      optional: !emailRequired,
      autocomplete: 'email',
    })}
    ${field(state, {
      name: 'password',
      label: say.password,
      type: 'password',
      hint: say.passwordHint,
      autocomplete: 'new-password',
      extra: html` minlength="8"`,
    })}
    ${
      minAge !== null &&
      field(state, {
        name: 'date_of_birth',
        label: say.birth,
        type: 'date',
        hint: say.birthHint(minAge),
        autocomplete: 'bday',
      })
    }
    ${asks && field(state, { name: 'reason', label: say.reason, type: 'textarea', hint: say.reasonHint })}
    ${rules.length > 0 && tick(state, 'agreement', say.agree)}
    <button class="button main full">${asks ? say.ask : say.submit}</button>
  `
}

function signInInstead(): Html {
  return html`<p>${words.signUp.haveAccount} <a href="${paths.signIn}">${words.frame.signIn}</a></p>`
}

function labels(): Record<string, string> {
  const { username, email, password, birth, reason, agree } = words.signUp
  return { username, email, password, date_of_birth: birth, reason, agreement: agree }
}
