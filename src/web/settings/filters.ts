import { FilterForm, filterChoices } from '#filters/filter-form.ts'
import type { FilterContext, WholeFilter } from '#filters/filters.ts'
import { contexts, filtersOfAccounts, ownFilter, wholeFilter } from '#filters/filters.ts'
import { createFilter, deleteFilter, updateFilter } from '#filters/keep-filter.ts'
import { Refusal } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { parseFields } from '#platform/http/input.ts'
import { isoTime } from '#platform/times.ts'
import { problemsIn, typedIn } from '../form-problems.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { askToSignIn, signedIn, textOf } from '../route.ts'
import type { Routes } from '../site.ts'
import type { FormState } from '../views/forms.ts'
import { buttonForm, choices, field, form as formOf, option, problems } from '../views/forms.ts'
import { dateOf } from '../views/times.ts'
import type { Visit } from '../visit.ts'
import { goTo, send } from '../visit.ts'
import { settingsWords } from '../words-settings.ts'
import type { Member } from './form.ts'
import { settingsPage, settingsPaths } from './page.ts'
import { choicesOf } from './reach.ts'

const say = settingsWords.filters
const PATH = settingsPaths.filters
const LABELS = { title: say.name, keywords: say.words, context: say.where }
const USUAL = { filter_action: 'warn', expires_in: '', 'at-home': '1', 'at-public': '1', 'at-thread': '1' }

/** The filters of a member: a list, and a form for one. */
export function mountFilters(routes: Routes): void {
  routes.get(PATH, (visit) => member(visit, (who) => show(who, { values: USUAL, errors: {} }, null)))
  routes.get(`${PATH}/:id{[0-9]+}`, (visit) =>
    member(visit, async (who) => {
      const filter = await filterAt(who)
      return show(who, { values: valuesOf(filter), errors: {} }, filter)
    }),
  )
  routes.post(PATH, (visit, form) => save(visit, form, false))
  routes.post(`${PATH}/:id{[0-9]+}`, (visit, form) => save(visit, form, true))
  routes.post(`${PATH}/:id{[0-9]+}/delete`, async (visit) => {
    signedIn(visit)
    await deleteFilter(visit.app, await filterAt(visit))
    return goTo(visit, PATH)
  })
}

async function member(visit: Visit, run: (who: Member) => Promise<Response>): Promise<Response> {
  if (!visit.session) return askToSignIn(visit, new URL(visit.c.req.url).pathname)
  signedIn(visit)
  return run(visit)
}

async function filterAt({ app, session, c }: Member): Promise<WholeFilter> {
  return wholeFilter(app, await ownFilter(app, session.account, c.req.param('id') ?? ''))
}

async function save(visit: Visit, form: Form, known: boolean): Promise<Response> {
  signedIn(visit)
  const filter = known ? await filterAt(visit) : null
  try {
    const choices = filterChoices(
      parseFields(FilterForm, fieldsOf(form)) as Parameters<typeof filterChoices>[0],
    )
    const keywords = keywordChanges(textOf(form, 'keywords'), filter)
    const { app, session } = visit
    if (filter) await updateFilter(app, session.account, String(filter.id), { ...choices, keywords })
    else await createFilter(app, session.account, { ...choices, keywords })
    return goTo(visit, PATH)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const names = [
      'title',
      'keywords',
      'filter_action',
      'expires_in',
      ...contexts.map((each) => `at-${each}`),
    ]
    return show(visit, { values: typedIn(form, names), ...problemsIn(error) }, filter, 422)
  }
}

/** The form's fields as the API calls them. */
function fieldsOf(form: Form): Form {
  const context = contexts.filter((each) => form[`at-${each}`] === '1')
  const { title, filter_action, expires_in } = form
  return { title, filter_action, expires_in, context } as unknown as Form
}

/** Lines that are new become keywords, those that are gone are dropped; quotes mean: also inside words. */
function keywordChanges(text: string, filter: WholeFilter | null) {
  const lines = new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean),
  )
  const there = new Map((filter?.keywords ?? []).map((each) => [lineOf(each), each]))
  const fresh = [...lines].filter((line) => !there.has(line))
  const gone = [...there].filter(([line]) => !lines.has(line))
  return [
    ...fresh.map((line) => {
      const inside = /^"(.+)"$/.exec(line)?.[1]
      return { keyword: inside ?? line, wholeWord: inside === undefined }
    }),
    ...gone.map(([, { id }]) => ({ id: String(id), drop: true })),
  ]
}

const lineOf = ({ keyword, whole_word: whole }: { keyword: string; whole_word: number }) =>
  whole === 1 ? keyword : `"${keyword}"`

function contextsOf(filter: WholeFilter): FilterContext[] {
  return contexts.filter((each) => filter.context.includes(each))
}

function valuesOf(filter: WholeFilter): FormState['values'] {
  return {
    title: filter.title,
    keywords: filter.keywords.map(lineOf).join('\n'),
    filter_action: filter.action,
    expires_in: '',
    ...Object.fromEntries(contextsOf(filter).map((each) => [`at-${each}`, '1'])),
  }
}

async function show(
  visit: Member,
  state: FormState,
  filter: WholeFilter | null,
  status = 200,
): Promise<Response> {
  const { app, frame, session } = visit
  const all = filter ? [] : await filtersOfAccounts(app, [session.account.id])
  const action = filter ? `${PATH}/${filter.id}` : PATH
  const inside = html`
    ${!filter && listOf(all, frame.csrf)}
    <section aria-labelledby="filter-form">
      <h2 id="filter-form">${filter ? say.edit : say.add}</h2>
      ${problems(state, LABELS)}
      ${formOf(action, frame.csrf, fields(state))}
    </section>
  `
  const { title, purpose } = say
  return send(visit, settingsPage(frame, { path: PATH, title, purpose, inside }), { status })
}

function listOf(all: readonly WholeFilter[], csrf: string): Html {
  if (all.length === 0) return html`<p>${say.none}</p>`
  return html`
    <ul class="plain-list">
      ${all.map(
        ({ id, title, keywords, expires_at: end }) => html`
          <li class="session">
            <span>
              <a href="${PATH}/${String(id)}">${title}</a><br>
              <span class="hint">${say.count(keywords.length)}${end !== null && html` · ${say.ends(dateOf(isoTime(end)))}`}</span>
            </span>
            ${buttonForm(`${PATH}/${id}/delete`, csrf, say.delete, { described: say.deleteNamed(title) })}
          </li>
        `,
      )}
    </ul>
  `
}

function fields(state: FormState): Html {
  return html`
    ${field(state, { name: 'title', label: say.name, extra: html` maxlength="256"` })}
    ${field(state, { name: 'keywords', label: say.words, type: 'textarea', hint: say.wordsHint, optional: true })}
    <fieldset class="field">
      <legend>${say.where}</legend>
      ${contexts.map((each) => option(state, `at-${each}`, say.contexts[each]))}
    </fieldset>
    ${choices(state, 'filter_action', say.what, choicesOf(say.actions))}
    ${choices(state, 'expires_in', say.until, choicesOf(say.untils))}
    <div class="buttons"><button class="button main">${settingsWords.save}</button></div>
  `
}
