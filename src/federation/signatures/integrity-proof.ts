import { hash, type KeyObject } from 'node:crypto'
import type { App } from '#app.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isObject, listOf } from '../shapes/shape.ts'
import { fromBase58, toBase58 } from './base58.ts'
import { canonicalJson } from './jcs.ts'
import { provenSigner } from './keys.ts'
import { signText, verifyText } from './signatures-keys.ts'
import { isTimely } from './timely.ts'

const SUITE = 'eddsa-jcs-2022'

/** The document with an integrity proof (FEP-8b32, eddsa-jcs-2022) by the holder of an Ed25519 key. */
export async function withProof(
  document: Shaped,
  keyId: string,
  key: KeyObject,
  now: number,
): Promise<Shaped> {
  const config = {
    // What a word of the document means is part of what is proven.
    '@context': document['@context'],
    type: 'DataIntegrityProof',
    cryptosuite: SUITE,
    verificationMethod: keyId,
    proofPurpose: 'assertionMethod',
    // Whole seconds: some readers write the time anew before they compare.
    created: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
  const signature = await signText(digestOf(config, document), key)
  return { ...document, proof: { ...config, proofValue: toBase58(signature) } }
}

/**
 * Whether the document carries one proof and that is of its own actor: made with a key which the actor's document
 * lists. The proof of something inside proves only that (LDS-08, LDS-09).
 */
export async function hasGoodProof(app: App, document: Shaped): Promise<boolean> {
  const { proof, ...unsigned } = document
  const actor = idOf(listOf(document.actor, 1)[0])
  if (!actor || !isObject(proof)) return false
  const { proofValue, ...config } = proof
  const signature = fromBase58(proofValue, 64)
  const keyId = idOf(config.verificationMethod)
  if (!signature || !keyId || !isOurSuite(config) || !isTimely(config, app.now())) return false
  // Some leave the context out of the proof that they send, never out of what they sign.
  const context = config['@context'] ?? document['@context']
  try {
    if (canonicalJson(context) !== canonicalJson(document['@context'])) return false
    delete unsigned.signature
    const digest = digestOf({ ...config, '@context': context }, unsigned)
    const signer = await provenSigner(
      app,
      keyId,
      async (key) => key.asymmetricKeyType === 'ed25519' && verifyText(digest, signature, key),
    )
    return signer?.uri === actor && !signer.suspended
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

function isOurSuite(config: Shaped): boolean {
  return (
    config.type === 'DataIntegrityProof' &&
    config.cryptosuite === SUITE &&
    config.proofPurpose === 'assertionMethod'
  )
}

function digestOf(config: unknown, document: unknown): Buffer {
  const sum = (value: unknown) => hash('sha256', canonicalJson(value), 'buffer')
  return Buffer.concat([sum(config), sum(document)])
}
