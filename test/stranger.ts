import type { KeyPairs } from '#accounts/save-account.ts'
import { multikeyOf } from '../src/federation/signatures/multikey-out.ts'
import { signCavage } from '../src/federation/signatures/signatures-cavage.ts'
import { digestOf } from '../src/federation/signatures/signatures-digest.ts'
import { testKeys } from './keys.ts'
import type { Network } from './network.ts'
import type { World } from './world.ts'

type Json = Record<string, unknown>
const CONTEXT = 'https://www.w3.org/ns/activitystreams'
export const PUBLIC = `${CONTEXT}#Public`

export type Stranger = {
  uri: string
  keyId: string
  /** Their Ed25519 key, by its id in their document. */
  proofKeyId: string
  keys: KeyPairs
  /** A note of theirs, as their server serves it. */
  note(name: string, more?: Json): Json & { id: string }
  activity(type: string, object: unknown, more?: Json): Json
  /** Posts an activity to a world's inbox, signed by this actor; answers the status. */
  send(w: World, activity: Json, options?: SendOptions): Promise<number>
  /** Asks a world for a document, signed by this actor. */
  get(w: World, url: string): Promise<Response>
}
export type SendOptions = {
  /** Changes the request after it was signed. */
  alter?: (headers: Headers, body: string) => string
  unsigned?: boolean
  path?: string
  at?: number
  /** Sent and signed along. */
  headers?: Record<string, string>
}

/** An actor of another server, whose documents the network serves and who signs what they send. */
export function stranger(documents: Map<string, Json>, host: string, name: string): Stranger {
  const uri = `https://${host}/users/${name}`
  const keyId = `${uri}#main-key`
  const proofKeyId = `${uri}#ed25519-key`
  const keys = testKeys(`${name}@${host}`)
  documents.set(uri, {
    '@context': [CONTEXT, 'https://w3id.org/security/v1'],
    id: uri,
    type: 'Person',
    preferredUsername: name,
    inbox: `${uri}/inbox`,
    followers: `${uri}/followers`,
    publicKey: { id: keyId, owner: uri, publicKeyPem: keys.rsa.publicPem },
    assertionMethod: [
      {
        id: proofKeyId,
        type: 'Multikey',
        controller: uri,
        publicKeyMultibase: multikeyOf(keys.ed25519.publicPem),
      },
    ],
  })
  let counter = 0
  return {
    uri,
    keyId,
    proofKeyId,
    keys,
    note(label, more = {}) {
      const note = {
        '@context': CONTEXT,
        id: `${uri}/notes/${label.replace(/\W+/g, '-')}`,
        type: 'Note',
        attributedTo: uri,
        content: `<p>${label}</p>`,
        to: [PUBLIC],
        cc: [`${uri}/followers`],
        published: new Date(Date.UTC(2026, 5, 1, 11)).toISOString(),
        ...more,
      }
      documents.set(note.id, note)
      return note
    },
    activity: (type, object, more = {}) => ({
      '@context': CONTEXT,
      id: `${uri}/activities/${++counter}`,
      type,
      actor: uri,
      object,
      ...more,
    }),
    send: (w, activity, options = {}) => post(w, activity, keyId, keys.rsa.privatePem, options),
    async get(w, url) {
      const privateKey = keys.rsa.privatePem
      const signed = await signCavage({ method: 'GET', url, keyId, privateKey, now: w.app.now() })
      const headers = { ...signed, host: new URL(url).host, accept: 'application/activity+json' }
      return w.site.request(url, { headers })
    },
  }
}

type Answered = (status: number, text: string) => void

/** Posts an activity signed with this key under this name, whoever's it is; answers the status. */
export function signedAs(
  w: World,
  activity: Json,
  keyId: string,
  pem: string,
  answered?: Answered,
): Promise<number> {
  return post(w, activity, keyId, pem, {}, answered)
}

async function post(
  w: World,
  activity: Json,
  keyId: string,
  privateKey: string,
  { alter, unsigned, path = '/inbox', at = w.app.now(), headers: more = {} }: SendOptions,
  answered?: Answered,
): Promise<number> {
  const origin = w.app.domains.all()[0]?.origin ?? ''
  let body = JSON.stringify(activity)
  const type = { 'content-type': 'application/activity+json', ...more }
  const url = `${origin}${path}`
  const digest = digestOf(body)
  const signed = await signCavage({ method: 'POST', url, headers: type, digest, keyId, privateKey, now: at })
  const headers = new Headers(unsigned ? type : signed)
  headers.set('host', new URL(origin).host)
  if (alter) body = alter(headers, body)
  const answer = await w.site.request(url, { method: 'POST', headers, body })
  answered?.(answer.status, await answer.text())
  return answer.status
}

/** Serves the documents at their addresses, each host its own; anything else is 404. */
export function serveDocuments(network: Network, documents: Map<string, Json>, hosts: string[]): void {
  for (const host of hosts) {
    network.host(host, async ({ url }) => {
      const document = documents.get(url.href)
      if (!document) return { status: 404, headers: {}, body: Buffer.from('') }
      const headers = { 'content-type': 'application/activity+json' }
      return { status: 200, headers, body: Buffer.from(JSON.stringify(document)) }
    })
  }
}
