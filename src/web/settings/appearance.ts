import { html } from '../html.ts'
import type { Look } from '../layout.ts'
import { lookOf } from '../look.ts'
import { textOf } from '../route.ts'
import { choices } from '../views/forms.ts'
import { rememberLook } from '../visit.ts'
import { settingsWords } from '../words-settings.ts'
import type { Concern } from './form.ts'
import { settingsPaths } from './page.ts'
import { choicesOf } from './reach.ts'

const say = settingsWords.appearance
const QUESTIONS = [
  ['scheme', say.scheme, say.schemes],
  ['contrast', say.contrast, say.contrasts],
  ['density', say.density, say.densities],
  ['motion', say.motion, say.motions],
  ['counts', say.counts, say.countChoices],
] as const

/** How pages and app look in this browser. */
export const appearanceConcern: Concern = {
  path: settingsPaths.appearance,
  title: say.title,
  purpose: say.purpose,
  labels: {},
  values: ({ frame }) => ({ ...USUAL, ...frame.look }),
  fields: (state) =>
    html`${QUESTIONS.map(([name, legend, all]) => choices(state, name, legend, choicesOf(all)))}`,
  async save(visit, form) {
    const wanted = lookOf(Object.fromEntries(QUESTIONS.map(([name]) => [name, textOf(form, name)])))
    rememberLook(visit, wanted)
    visit.frame.look = wanted
    return null
  },
}

const USUAL: Look = { scheme: 'auto', contrast: 'auto', density: 'cosy', motion: 'auto', counts: 'show' }
