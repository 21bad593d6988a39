const CODE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/
const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

const MOST_KEPT = 500
const known = new Map<string, string | null>()

/** The language that a code means, in its usual spelling; null for codes that mean none (they are dropped, surface k). */
export function knownLanguage(code: string | null | undefined): string | null {
  const text = code?.trim().replaceAll('_', '-') ?? ''
  if (text.length > 35 || !CODE.test(text)) return null
  let language = known.get(text)
  if (language === undefined) {
    language = lookUp(text)
    if (known.size >= MOST_KEPT) known.clear()
    known.set(text, language)
  }
  return language
}

function lookUp(code: string): string | null {
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(code)
    return names.of(canonical) === undefined ? null : canonical
  } catch {
    return null
  }
}
