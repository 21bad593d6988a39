import type { Html, Value } from '../html.ts'
import { html } from '../html.ts'
import { icon } from '../icons.ts'
import { words } from '../words.ts'

/** What a form was sent with and what was wrong, by field name. A fresh form has both empty. */
export type FormState = {
  values: Record<string, string | undefined>
  errors: Record<string, string | undefined>
  /** What is wrong with no field in particular. */
  problem?: string
}

export type Field = {
  name: string
  label: string
  type?: 'text' | 'password' | 'email' | 'number' | 'date' | 'textarea' | 'file'
  hint?: Value
  optional?: boolean
  /** The token browsers fill it by: https://html.spec.whatwg.org/#autofill */
  autocomplete?: string
  /** Shown before or after the box. */
  sign?: string
  unit?: string
  /** More attributes. */
  extra?: Html
}

export type Choice = { value: string; label: string; hint?: string }

/** A form of ours: posts to `action` with the session's token. */
export function form(action: string, csrf: string, inside: Value, hidden: Record<string, string> = {}): Html {
  return html`
    <form class="form" method="post" action="${action}" novalidate>
      <input type="hidden" name="csrf" value="${csrf}">
      ${hiddenFields(hidden)}
      ${inside}
    </form>
  `
}

/** A form that is one button. */
export function buttonForm(
  action: string,
  csrf: string,
  label: string,
  { look = 'small', described = '', hidden = {} as Record<string, string> } = {},
): Html {
  return html`
    <form method="post" action="${action}">
      <input type="hidden" name="csrf" value="${csrf}">
      ${hiddenFields(hidden)}
      <button class="button ${look}"${described && html` aria-label="${described}"`}>${label}</button>
    </form>
  `
}

/** What went wrong, at the top, with a link to each field; nothing when all is well. */
export function problems(state: FormState, labels: Record<string, string>): Html | false {
  const wrong = Object.entries(state.errors).filter(([, error]) => error)
  if (wrong.length === 0 && !state.problem) return false
  return html`
    <div class="notice danger" data-part="notice" role="alert" tabindex="-1">
      ${icon('warn')}
      <div>
        <p><strong>${state.problem || words.form.problems(wrong.length)}</strong></p>
        ${
          wrong.length > 0 &&
          html`<ul class="problems">${wrong.map(([name, error]) => html`<li><a href="#f-${name}">${labels[name] ?? name}</a>: ${error}</li>`)}</ul>`
        }
      </div>
    </div>
  `
}

/** One box with its label above, its hint under the label and its error after it. Passwords are never filled in again. */
export function field(state: FormState, told: Field): Html {
  const { name, label, type = 'text', hint, optional, sign, unit } = told
  const error = state.errors[name]
  const value = type === 'password' || type === 'file' ? '' : (state.values[name] ?? '')
  const described = [hint && `h-${name}`, error && `e-${name}`].filter(Boolean).join(' ')
  const attributes = html` class="input" id="f-${name}" name="${name}"${told.autocomplete && html` autocomplete="${told.autocomplete}"`}${!optional && html` required`}${error && html` aria-invalid="true"`}${described && html` aria-describedby="${described}"`}${told.extra}`
  const box =
    type === 'textarea'
      ? html`<textarea${attributes} rows="4" dir="auto">${value}</textarea>`
      : html`<input${attributes} type="${type}" value="${value}">`
  return html`
    <div class="field" data-part="field">
      <label for="f-${name}">${label}${optional && html` <span class="optional">(${words.form.optional})</span>`}</label>
      ${hint && html`<p class="hint" id="h-${name}">${hint}</p>`}
      ${sign ? html`<div class="with-sign"><span aria-hidden="true">${sign}</span>${box}</div>` : unit ? html`<div class="with-unit">${box}<span>${unit}</span></div>` : box}
      ${errorOf(name, error)}
    </div>
  `
}

/** One of several, each with a sentence. */
export function choices(state: FormState, name: string, legend: string, all: readonly Choice[]): Html {
  const error = state.errors[name]
  return html`
    <fieldset class="field" data-part="field"${error && html` aria-describedby="e-${name}"`}>
      <legend>${legend}</legend>
      <div class="choices">
        ${all.map(
          ({ value, label, hint }, place) => html`
            <label class="choice">
              <input type="radio" name="${name}" value="${value}"${place === 0 && html` id="f-${name}"`}${state.values[name] === value && html` checked`} required>
              <span><b>${label}</b>${hint && html`<span class="hint">${hint}</span>`}</span>
            </label>
          `,
        )}
      </div>
      ${errorOf(name, error)}
    </fieldset>
  `
}

/** Tells password managers whose password it is, where nobody types the name. */
export function usernameFor(name: string): Html {
  return html`<input type="text" name="username" value="${name}" autocomplete="username" readonly hidden>`
}

/** Something to switch on or off. */
export function option(state: FormState, name: string, label: Value): Html {
  return html`
    <div class="field" data-part="field">
      <label class="check">
        <input type="checkbox" id="f-${name}" name="${name}" value="1"${state.values[name] && html` checked`}>
        <span>${label}</span>
      </label>
    </div>
  `
}

/** A box that has to be ticked. */
export function tick(state: FormState, name: string, label: Value): Html {
  const error = state.errors[name]
  return html`
    <div class="field" data-part="field">
      <label class="check">
        <input type="checkbox" id="f-${name}" name="${name}" value="1"${state.values[name] && html` checked`}${error && html` aria-invalid="true" aria-describedby="e-${name}"`} required>
        <span>${label}</span>
      </label>
      ${errorOf(name, error)}
    </div>
  `
}

function errorOf(name: string, error: string | undefined): Html | undefined | '' {
  return error && html`<p class="error" id="e-${name}">${icon('warn')}${error}</p>`
}

function hiddenFields(hidden: Record<string, string>): Html[] {
  return Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
}
