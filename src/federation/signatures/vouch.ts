import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Document } from '../shapes/context-out.ts'
import { PUBLIC } from '../shapes/context-out.ts'
import type { Shaped } from '../shapes/shape.ts'
import { listOf, shapeOf } from '../shapes/shape.ts'
import { hasGoodProof, withProof } from './integrity-proof.ts'
import { readLdSigned, withLdSignature } from './ld-signature.ts'
import { readPrivateKey } from './signatures-keys.ts'

type OwnKey = { kind: string; key_id: string; private_pem: string | null }

const ownKeys = prepared<{ id: number }, OwnKey>((db, { id }) =>
  db
    .selectFrom('account_key')
    .select(['kind', 'key_id', 'private_pem'])
    .where('account_id', '=', id)
    .where('private_pem', 'is not', null)
    .orderBy('id', 'desc'),
)

/**
 * The activity with an integrity proof and an LD signature of its actor, so that whoever passes it on can show whose
 * it is. Only what is for everybody: nobody can ever be held to a private word by us (LDS-10).
 */
export async function vouched(app: App, actor: AccountRow, document: Document): Promise<Document> {
  if (!isForEverybody(document) || isSecure(app)) return document
  const keys = await ownKeys(app, { id: actor.id })
  let signed = document
  const [ed25519] = keys.filter((key) => key.kind === 'ed25519')
  if (ed25519?.private_pem)
    signed = await withProof(signed, ed25519.key_id, readPrivateKey(ed25519.private_pem), app.now())
  const [rsa] = keys.filter((key) => key.kind === 'rsa')
  if (rsa?.private_pem)
    signed = await withLdSignature(signed, rsa.key_id, readPrivateKey(rsa.private_pem), app.now())
  return signed
}

/** Whether documents are given to signed requests only: then no copy may be good without asking its author's server. */
export const isSecure = (app: App) => app.config.authorizedFetch || app.config.limitedFederationMode

/** Whether a document addresses the public collection. */
export function isForEverybody(document: Document): boolean {
  return [...listOf(document.to, 1000), ...listOf(document.cc, 1000)].includes(PUBLIC)
}

/**
 * What an activity that somebody else handed over says, when its own actor proves it: by an integrity proof of the
 * whole, or by an LD signature, then read from the graph that was signed. Null without either.
 */
export async function readProven(app: App, document: Shaped): Promise<Shaped | null> {
  if (document.proof !== undefined && (await hasGoodProof(app, document))) return shapeOf(document)
  return document.signature === undefined ? null : readLdSigned(app, document)
}
