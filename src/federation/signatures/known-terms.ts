import { CONTEXT } from '../shapes/context-out.ts'
import { exactContexts } from '../shapes/contexts.ts'
import { isObject } from '../shapes/shape.ts'

const id = (meaning: string) => ({ '@id': meaning, '@type': '@id' })

/** What the servers that sign over graphs write into their contexts, beside the words that are ours as well. */
const others: Record<string, unknown>[] = [
  {
    toot: 'http://joinmastodon.org/ns#',
    schema: 'http://schema.org/',
    misskey: 'https://misskey-hub.net/ns#',
    vcard: 'http://www.w3.org/2006/vcard/ns#',
    pt: 'https://joinpeertube.org/ns#',
    fedibird: 'http://fedibird.com/ns#',
    featuredTags: id('toot:featuredTags'),
    suspended: 'toot:suspended',
    attributionDomains: id('toot:attributionDomains'),
    Key: 'sec:Key',
    quote: id('https://w3id.org/fep/044f#quote'),
    quoteAuthorization: id('https://w3id.org/fep/044f#quoteAuthorization'),
    quoteUri: 'http://fedibird.com/ns#quoteUri',
    quoteUrl: 'as:quoteUrl',
    canQuote: id('gts:canQuote'),
    manualApproval: id('gts:manualApproval'),
    isCat: 'misskey:isCat',
    _misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
    _misskey_content: 'misskey:_misskey_content',
    _misskey_reaction: 'misskey:_misskey_reaction',
    _misskey_votes: 'misskey:_misskey_votes',
    _misskey_summary: 'misskey:_misskey_summary',
    _misskey_followedMessage: 'misskey:_misskey_followedMessage',
  },
  {
    _misskey_quote: 'misskey:_misskey_quote',
    quoteUri: 'fedibird:quoteUri',
    focalPoint: id('toot:focalPoint'),
  },
]

const spell = (meaning: unknown) =>
  JSON.stringify(isObject(meaning) ? Object.fromEntries(Object.entries(meaning).sort()) : meaning)

const known = new Set(
  [...CONTEXT.filter(isObject), ...others].flatMap((terms) =>
    Object.entries(terms).map(([term, meaning]) => `${term} ${spell(meaning)}`),
  ),
)

/**
 * Whether every part of a context is known word for word. Only then is a signature over the graph looked at: a
 * sender that chooses what words mean chooses what was signed (LDS-02, LDS-03).
 */
export function isKnownWordForWord(context: unknown): boolean {
  const entries = Array.isArray(context) ? context : [context]
  return (
    entries.length <= 16 &&
    entries.every((entry) =>
      typeof entry === 'string'
        ? Object.hasOwn(exactContexts, entry)
        : isObject(entry) &&
          Object.entries(entry).every(([term, meaning]) => known.has(`${term} ${spell(meaning)}`)),
    )
  )
}
