import { Refusal } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { problemsIn } from '../form-problems.ts'
import type { Html, Value } from '../html.ts'
import { html } from '../html.ts'
import { askToSignIn, signedIn } from '../route.ts'
import type { Routes } from '../site.ts'
import type { FormState } from '../views/forms.ts'
import { problems } from '../views/forms.ts'
import type { Visit } from '../visit.ts'
import { send } from '../visit.ts'
import { settingsWords } from '../words-settings.ts'
import { settingsPage } from './page.ts'

/** A visit of somebody who is signed in. */
export type Member = Visit & { session: NonNullable<Visit['session']> }

/** One concern of a member: a page with one form. */
export type Concern = {
  path: string
  title: string
  purpose: string
  /** Whether the form brings pictures. */
  hasFiles?: boolean
  labels: Record<string, string>
  /** What stands in the form before anything was changed. */
  values(visit: Member): Promise<FormState['values']> | FormState['values']
  fields(state: FormState, visit: Member): Html
  /** Changes what the form says; throws a refusal that names fields. May answer with something to show. */
  save(visit: Member, form: Form): Promise<Value>
}

/** Adds the page of a concern: shown with what is, saved with its fields named when something is wrong. */
export function mountConcern(routes: Routes, concern: Concern): void {
  routes.get(concern.path, async (visit) => {
    if (!visit.session) return askToSignIn(visit, concern.path)
    signedIn(visit)
    return show(visit, concern, { values: await concern.values(visit), errors: {} })
  })
  routes.post(concern.path, (visit, form) => receive(visit, concern, form), undefined, concern.hasFiles)
}

async function receive(visit: Visit, concern: Concern, form: Form): Promise<Response> {
  signedIn(visit)
  try {
    const said = await concern.save(visit, form)
    const values = await concern.values(visit)
    visit.frame.notice = { kind: 'ok', text: said || settingsWords.saved }
    return show(visit, concern, { values, errors: {} })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const typed = Object.fromEntries(
      Object.keys(concern.labels).map((name) => [
        name,
        typeof form[name] === 'string' ? form[name] : undefined,
      ]),
    )
    const values = { ...(await concern.values(visit)), ...typed }
    return show(visit, concern, { values, ...problemsIn(error) }, 422)
  }
}

function show(visit: Member, concern: Concern, state: FormState, status = 200): Response {
  const { path, title, purpose, labels, hasFiles } = concern
  const inside = html`
    ${problems(state, labels)}
    <form class="form" method="post" action="${path}" novalidate${hasFiles && html` enctype="multipart/form-data"`}>
      <input type="hidden" name="csrf" value="${visit.frame.csrf}">
      ${concern.fields(state, visit)}
      <div class="buttons"><button class="button main">${settingsWords.save}</button></div>
    </form>
  `
  return send(visit, settingsPage(visit.frame, { path, title, purpose, inside }), { status })
}
