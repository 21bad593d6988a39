import type { App } from '#app.ts'
import { invalid, notFound } from '#platform/errors.ts'
import type { RuleRow } from './settings.ts'
import { rulesOf } from './site.ts'

/** Characters of a rule (surface j) and of what explains it. */
const MOST_TEXT = 300
const MOST_HINT = 1000

type Wording = { text: string; hint: string }

/** Adds a rule at the end. */
export async function addRule(app: App, domainId: number, wording: Wording): Promise<RuleRow> {
  checkWording(wording)
  return app.inTransaction(async (tx) => {
    const last = (await rulesOf(tx, domainId)).at(-1)?.position ?? 0
    const row = { id: tx.newId(), domain_id: domainId, position: last + 1, translations: '{}' }
    const whole: RuleRow = { ...row, ...wording, created_at: tx.now() }
    await tx.db.insertInto('rule').values(whole).execute()
    return whole
  })
}

/** Gives a rule its words in another language. */
export async function translateRule(
  app: App,
  domainId: number,
  id: number,
  language: string,
  wording: Wording,
) {
  checkWording(wording)
  if (!/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(language)) throw invalid(`«${language}» is not a language code`)
  await app.inTransaction(async (tx) => {
    const rule = await ruleOf(tx, domainId, id)
    const known = JSON.parse(rule.translations) as Record<string, Wording>
    const translations = JSON.stringify({ ...known, [language]: wording })
    await tx.db.updateTable('rule').set({ translations }).where('id', '=', rule.id).execute()
  })
}

/** Removes a rule. */
export async function removeRule(app: App, domainId: number, id: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    const rule = await ruleOf(tx, domainId, id)
    await tx.db.deleteFrom('rule').where('id', '=', rule.id).execute()
  })
}

async function ruleOf(tx: App, domainId: number, id: number): Promise<RuleRow> {
  const rule = (await rulesOf(tx, domainId)).find((each) => each.id === id)
  if (!rule) throw notFound('There is no such rule; hyrax rules list shows their numbers')
  return rule
}

function checkWording({ text, hint }: Wording): void {
  if (text.trim() === '') throw invalid('A rule has a text')
  if (text.length > MOST_TEXT) throw invalid(`A rule has at most ${MOST_TEXT} characters`)
  if (hint.length > MOST_HINT) throw invalid(`What explains a rule has at most ${MOST_HINT} characters`)
}
