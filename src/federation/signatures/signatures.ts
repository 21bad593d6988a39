import type { KeyObject } from 'node:crypto'
import { parse9421 } from '#federation/signatures/signatures-9421.ts'
import { parseCavage } from '#federation/signatures/signatures-cavage.ts'
import {
  BadSignature,
  type SignatureClaim,
  type SignatureVerdict,
  type SignedRequest,
} from '#federation/signatures/signatures-claim.ts'
import { fitsKey, isUsableKey, readPublicKey, verifyText } from '#federation/signatures/signatures-keys.ts'

/**
 * Makes every check of a request's signature that needs no key: what is covered, the digest of the raw bytes,
 * the clock, the host. Where both schemes are present RFC 9421 decides alone. Never throws.
 */
export function parseSignature(request: SignedRequest, now: number): SignatureVerdict {
  try {
    if (request.headers['signature-input'] !== undefined) return { claim: parse9421(request, now) }
    if (request.headers.signature !== undefined) return { claim: parseCavage(request, now) }
    return { refusal: { status: 401, reason: 'unsigned' } }
  } catch (error) {
    if (error instanceof BadSignature) return { refusal: error.refusal }
    throw error
  }
}

/**
 * Whether the claim was signed by the holder of this key. The key decides the algorithm; a key we do not
 * verify with, or an algorithm that does not fit it, is a no.
 */
export async function verifyClaim(claim: SignatureClaim, publicKey: KeyObject | string): Promise<boolean> {
  const key = typeof publicKey === 'string' ? readPublicKey(publicKey) : publicKey
  if (!key || !isUsableKey(key) || !fitsKey(claim.algorithm, key)) return false
  if (await verifyText(claim.signedText, claim.signature, key)) return true
  for (const text of claim.alternativeSignedTexts) {
    if (await verifyText(text, claim.signature, key)) return true
  }
  return false
}
