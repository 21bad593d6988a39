import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { noticeBox } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { FormState } from './forms.ts'
import { choices, field, form, problems } from './forms.ts'
import { sheet } from './sheet.ts'

export type SetupData = {
  /**
   * Fields `domain` (fill it from the request), `audience` (`me`, `invited`, `approval`, `open`), `owner`, `password`,
   * `email`, `disk` (whole gigabytes).
   */
  form: FormState
  /** The one-time code, kept in the hidden field `code`. */
  code: string
  warnings: { rateLimitsOff: boolean; plainHttp: boolean }
}

const AUDIENCES = ['me', 'invited', 'approval', 'open'] as const

/** The six questions that make a server. */
export function setupPage(frame: Frame, { form: state, code, warnings }: SetupData): Html {
  const say = words.setup
  const labels = {
    domain: say.domain,
    audience: say.audience,
    owner: say.owner,
    password: say.password,
    email: say.email,
    disk: say.disk,
  }
  return sheet(
    frame,
    say.title,
    html`
      <p class="lead">${say.intro}</p>
      ${problems(state, labels)}
      ${warnings.rateLimitsOff && noticeBox({ kind: 'warn', text: say.warnRateLimits })}
      ${warnings.plainHttp && noticeBox({ kind: 'warn', text: say.warnPlainHttp })}
      ${form(paths.setup, frame.csrf, questions(state), { code })}
    `,
    { wide: true, withMark: true, alone: true },
  )
}

function questions(state: FormState): Html {
  const say = words.setup
  const audiences = AUDIENCES.map((value) => {
    const [label, hint] = say.audiences[value] as [string, string]
    return { value, label, hint }
  })
  return html`
    ${field(state, {
      name: 'domain',
      label: say.domain,
      hint: say.domainHint,
      extra: html` autocapitalize="none" spellcheck="false" inputmode="url"`,
    })}
    ${choices(state, 'audience', say.audience, audiences)}
    ${field(state, {
      name: 'owner',
      label: say.owner,
      hint: say.ownerHint,
      autocomplete: 'username',
      sign: '@',
      extra: html` maxlength="30" autocapitalize="none" spellcheck="false"`,
    })}
    ${field(state, {
      name: 'password',
      label: say.password,
      type: 'password',
      hint: say.passwordHint,
      autocomplete: 'new-password',
      extra: html` minlength="8"`,
    })}
    ${field(state, {
      name: 'email',
      label: say.email,
      type: 'email',
      hint: say.emailHint,
      optional: true,
      autocomplete: 'email',
    })}
    ${field(state, {
      name: 'disk',
      label: say.disk,
      type: 'number',
      hint: say.diskHint,
      unit: words.form.gigabytes,
      extra: html` min="1" step="1" inputmode="numeric"`,
    })}
    <div class="buttons"><button class="button main">${say.submit}</button></div>
  `
}
