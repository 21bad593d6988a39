import { readFile } from 'node:fs/promises'
import type { App } from '#app.ts'
import { addRule, removeRule, translateRule } from '#instance/change-rules.ts'
import { rulesOf, saveSite, siteOf } from '#instance/site.ts'
import { readId } from '#platform/ids.ts'
import { dayOf } from '#platform/times.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

const names = ['description', 'privacy-policy', 'terms-of-service'] as const
type TextName = (typeof names)[number]

export const textCommands: Command[] = [
  {
    name: 'site text',
    about:
      'Show or replace a text about the server: description, privacy-policy, terms-of-service (Markdown)',
    words: ['NAME', 'FILE?'],
    options: {
      effective: {
        type: 'string',
        hint: 'YYYY-MM-DD',
        about: 'from when the terms hold (today when left out)',
      },
    },
    run: siteText,
  },
  {
    name: 'rules list',
    about: 'The rules of this server with their numbers',
    run: async ({ hands }) => {
      const app = await hands.openApp()
      const rows = (await rulesOf(app, domainIdOf(app))).map((rule) => [
        String(rule.id),
        rule.text,
        Object.keys(JSON.parse(rule.translations)).join(' '),
      ])
      hands.print(rows.length > 0 ? table(['number', 'rule', 'also in'], rows) : 'There are none.')
      return 0
    },
  },
  {
    name: 'rules add',
    about: 'Add a rule at the end',
    words: ['TEXT'],
    options: { hint: { type: 'string', about: 'what explains it' } },
    run: async ({ hands, words, options }) => {
      const app = await hands.openApp()
      const rule = await addRule(app, domainIdOf(app), { text: words[0] as string, hint: hintOf(options) })
      hands.print(`Rule ${rule.id} is added.`)
      return 0
    },
  },
  {
    name: 'rules translate',
    about: 'Give a rule its words in another language',
    words: ['NUMBER', 'LANGUAGE', 'TEXT'],
    options: { hint: { type: 'string', about: 'what explains it' } },
    run: async ({ hands, words, options }) => {
      const app = await hands.openApp()
      const [number = '', language = '', text = ''] = words
      await translateRule(app, domainIdOf(app), readId(number) ?? 0, language, {
        text,
        hint: hintOf(options),
      })
      hands.print(`Rule ${number} can be read in ${language}.`)
      return 0
    },
  },
  {
    name: 'rules remove',
    about: 'Remove a rule',
    words: ['NUMBER'],
    run: async ({ hands, words }) => {
      const app = await hands.openApp()
      await removeRule(app, domainIdOf(app), readId(words[0]) ?? 0)
      hands.print(`Rule ${words[0]} is gone.`)
      return 0
    },
  },
]

const domainIdOf = (app: App) => app.domains.all()[0]?.id ?? 0
const hintOf = (options: Given['options']) => (typeof options.hint === 'string' ? options.hint : '')

async function siteText({ hands, words, options }: Given): Promise<number> {
  const [name, file] = words as [TextName, string | undefined]
  if (!names.includes(name)) throw new Misuse(`the texts are ${names.join(', ')}`)
  const app = await hands.openApp()
  const site = await siteOf(app, domainIdOf(app))
  if (file === undefined) {
    const terms = site.terms_of_service.map((each) => `Effective ${each.effective_date}\n\n${each.text}`)
    const shown = { description: site.description, 'privacy-policy': site.privacy_policy }
    hands.print((name === 'terms-of-service' ? terms.join('\n\n') : shown[name]) || 'Nobody wrote it yet.')
    return 0
  }
  const text = await textIn(file)
  if (name === 'terms-of-service') {
    const day = typeof options.effective === 'string' ? options.effective : dayOf(app.now())
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))
      throw new Misuse('--effective is a day like 2027-01-31')
    const others = site.terms_of_service.filter((each) => each.effective_date !== day)
    const terms_of_service = [...others, { effective_date: day, text }]
    await saveSite(app, domainIdOf(app), { terms_of_service })
  } else
    await saveSite(
      app,
      domainIdOf(app),
      name === 'description' ? { description: text } : { privacy_policy: text },
    )
  hands.print(`The ${name} is replaced.`)
  return 0
}

async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${(error as Error).message}`)
  }
}
