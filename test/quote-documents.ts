import type { Stranger } from './stranger.ts'

type Json = Record<string, unknown>

/** The context of documents about quotes, as Mastodon writes it. */
export const CONTEXT = [
  'https://www.w3.org/ns/activitystreams',
  {
    gts: 'https://gotosocial.org/ns#',
    quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
    quoteUri: 'http://fedibird.com/ns#quoteUri',
    _misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
    quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
    QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
    QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
    interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
    interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
    interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
    canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
    automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
  },
]

/** A note that quotes another, as Mastodon writes it. */
export const quotingNote = (by: Stranger, label: string, quoted: string, more: Json = {}) =>
  by.note(label, {
    '@context': CONTEXT,
    quote: quoted,
    quoteUri: quoted,
    _misskey_quote: quoted,
    content: `<p class="quote-inline">RE: <a href="${quoted}">${quoted}</a></p><p>${label}</p>`,
    ...more,
  })

/** Somebody's word, kept among the documents of their server, that one post may quote another. */
export function consentOf(
  documents: Map<string, Json>,
  by: Stranger,
  quotingUri: string,
  quotedUri: string,
  more: Json = {},
) {
  const id = `${by.uri}/quote_authorizations/${documents.size}`
  const document = {
    '@context': CONTEXT,
    id,
    type: 'QuoteAuthorization',
    attributedTo: by.uri,
    interactingObject: quotingUri,
    interactionTarget: quotedUri,
    ...more,
  }
  documents.set(id, document)
  return { ...document, id }
}
