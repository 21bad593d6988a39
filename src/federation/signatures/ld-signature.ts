import type { KeyObject } from 'node:crypto'
import type { App } from '#app.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isObject, listOf, Unreadable } from '../shapes/shape.ts'
import { provenSigner } from './keys.ts'
import { graphHash, provableGraph } from './ld-graph.ts'
import { signText, verifyText } from './signatures-keys.ts'
import { isTimely } from './timely.ts'

const TYPE = 'RsaSignature2017'
const OPTIONS_CONTEXT = 'https://w3id.org/identity/v1'
/** All that is signed along with the graph; anything else would be a second graph to be careful about. */
const OPTIONS = new Set(['creator', 'created', 'expires', 'nonce', 'domain'])

/** The document with an LD signature by the holder of an RSA key: what relays and those who pass it on ask for. */
export async function withLdSignature(
  document: Shaped,
  creator: string,
  key: KeyObject,
  now: number,
): Promise<Shaped> {
  const options = { creator, created: new Date(now).toISOString() }
  const text = (await optionsHash(options)) + (await graphHash(document))
  const signatureValue = (await signText(text, key)).toString('base64')
  return { ...document, signature: { type: TYPE, ...options, signatureValue } }
}

/**
 * The document that its own actor signed over, read from the very graph that was signed; null when there is no such
 * signature, or a document that could mean two things (LDS-01 to LDS-07).
 */
export async function readLdSigned(app: App, document: Shaped): Promise<Shaped | null> {
  const { signature, ...unsigned } = document
  const actor = idOf(listOf(document.actor, 1)[0])
  if (!actor || !isObject(signature) || signature.type !== TYPE || !isTimely(signature, app.now()))
    return null
  const { type: _type, id: _id, signatureValue, '@context': _context, ...options } = signature
  const keyId = options.creator
  if (typeof keyId !== 'string' || typeof signatureValue !== 'string' || signatureValue.length > 2048)
    return null
  if (!Object.entries(options).every(([name, value]) => OPTIONS.has(name) && typeof value === 'string'))
    return null
  try {
    const graph = await provableGraph(unsigned)
    const text = (await optionsHash(options)) + graph.hash
    const value = Buffer.from(signatureValue, 'base64')
    const signer = await provenSigner(
      app,
      keyId,
      async (key) => key.asymmetricKeyType === 'rsa' && verifyText(text, value, key),
    )
    if (signer?.uri !== actor || signer.suspended) return null
    const read = await graph.read()
    return idOf(listOf(read.actor, 1)[0]) === actor ? read : null
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    app.log.info({ actor, reason: error.message }, 'an LD signature was not looked at')
    return null
  }
}

const optionsHash = (options: Shaped) => graphHash({ '@context': OPTIONS_CONTEXT, ...options })
