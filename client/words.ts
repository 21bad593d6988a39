import type { FluentVariable } from '@fluent/bundle'
import { FluentBundle, FluentResource } from '@fluent/bundle'

const LANGUAGES: Record<string, () => Promise<{ default: string }>> = {
  en: () => import('../wording/en.ftl'),
  de: () => import('../wording/de.ftl'),
  ar: () => import('../wording/ar.ftl'),
}

let bundle = new FluentBundle('en')

/** Loads the words of the reader's language, and English below them. */
export async function loadWords(wanted: readonly string[]): Promise<void> {
  const code = wanted.map((each) => each.split('-')[0] ?? '').find((each) => each in LANGUAGES) ?? 'en'
  const texts = await Promise.all([...new Set(['en', code])].map((each) => LANGUAGES[each]?.()))
  bundle = new FluentBundle(wanted[0] ?? 'en')
  for (const text of texts)
    if (text) bundle.addResource(new FluentResource(text.default), { allowOverrides: true })
  document.documentElement.lang = code
  document.documentElement.dir = code === 'ar' ? 'rtl' : 'ltr'
}

/** A sentence by its key; a missing one shows the key, which the tests find. */
export function say(key: string, values?: Record<string, FluentVariable>): string {
  const message = bundle.getMessage(key)
  return message?.value ? bundle.formatPattern(message.value, values) : key
}

const numbers = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
/** A count in few letters: 12,400 is 12.4K. */
export const count = (n: number): string => numbers.format(n)
