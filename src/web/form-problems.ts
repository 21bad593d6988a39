import type { Refusal } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { textOf } from './route.ts'
import type { FormState } from './views/forms.ts'

/** What was typed into these fields of a form, to be shown again. */
export function typedIn(form: Form, names: readonly string[]): FormState['values'] {
  return Object.fromEntries(names.map((name) => [name, textOf(form, name)]))
}

/** What a refusal says of a form: by field where it names them (`fieldOf` where ours is called otherwise), else as a whole. */
export function problemsIn(
  refusal: Refusal,
  fieldOf: Record<string, string> = {},
): Pick<FormState, 'errors' | 'problem'> {
  const errors: FormState['errors'] = {}
  for (const [field, [problem]] of Object.entries(refusal.details ?? {}))
    errors[fieldOf[field] ?? field] = problem?.description
  return Object.keys(errors).length === 0 ? { errors, problem: refusal.message } : { errors }
}
