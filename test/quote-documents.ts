import assert from 'node:assert/strict'
import type { Status } from '#statuses/entities.ts'
import type { DatabaseName } from './databases.ts'
import { openNetwork } from './network.ts'
import type { Stranger } from './stranger.ts'
import { serveDocuments, stranger } from './stranger.ts'
import { world } from './world.ts'

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

export type QuoteStage = Awaited<ReturnType<typeof openQuoteStage>>
/** A quote as it is shown. */
export type ShownQuote = { state: string; quoted_status: Status | null } | null

/** A world where bob follows quin of another server, who quotes vic of a third; eve is vic's neighbour. */
export async function openQuoteStage(database: DatabaseName) {
  const network = openNetwork()
  const documents = new Map<string, Json>()
  const w = await world({ database, http: network })
  /** What those servers were sent. */
  const sent: Json[] = []
  serveDocuments(network, documents, ['q.test', 'v.test'])
  for (const host of ['q.test', 'v.test']) {
    const serve = network.hostOf(host)
    network.host(host, async (request) => {
      if (request.method !== 'POST') return serve(request)
      sent.push(JSON.parse(request.body.toString()) as Json)
      return { status: 202, headers: {}, body: Buffer.alloc(0) }
    })
  }
  const quin = stranger(documents, 'q.test', 'quin')
  const vic = stranger(documents, 'v.test', 'vic')
  const eve = stranger(documents, 'v.test', 'eve')
  const send = async (who: Stranger, ...activities: Json[]) => {
    for (const activity of activities) assert.equal(await who.send(w, activity), 202)
    await w.settle()
  }
  /** The post of quin's that says this, as bob sees it. */
  const post = async (label: string) => {
    const home = (await w.as('bob').get('/api/v1/timelines/home?limit=40')).body as Status[]
    const status = home.find((each) => each.content.includes(label) && each.account.username === 'quin')
    assert.ok(status, label)
    return status
  }
  const account = await w.app.fediverse.findAccount(quin.uri)
  await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
  await w.settle()
  const { uri } = await w.app.db.selectFrom('follow_request').select('uri').executeTakeFirstOrThrow()
  await send(quin, quin.activity('Accept', uri))
  network.log.length = 0
  return { network, documents, w, sent, quin, vic, eve, send, post }
}
