import { constants, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { SignatureAlgorithm } from '#federation/signatures/signatures-claim.ts'
import type { BodyDigest } from '#federation/signatures/signatures-digest.ts'
import { latelyUsed } from '#platform/cache.ts'

/** A request of ours that is to be signed, by either scheme. */
export type Outgoing = {
  method: string
  url: string
  /** Sent along; content-type and collection-synchronization are covered by the signature. */
  headers?: Readonly<Record<string, string>>
  /** Of the body, for requests that have one. */
  digest?: BodyDigest
  keyId: string
  privateKey: KeyObject | string
  /** The clock, in ms. */
  now: number
}

// A key of 8192 bits is 1.5 kB of PEM.
const LONGEST_PEM = 8_192
const publicKeys = latelyUsed<string, KeyObject | 'unusable'>(4_096)
const privateKeys = latelyUsed<string, KeyObject>(1_024)

/**
 * Reads the public key of somebody elsewhere, or null for any that we do not verify with: RSA from 2048 to
 * 8192 bits and Ed25519 are all there is. Remembered by its text.
 */
export function readPublicKey(pem: string): KeyObject | null {
  if (pem.length > LONGEST_PEM) return null
  let key = publicKeys.get(pem)
  if (!key) {
    key = parsePublicKey(pem)
    publicKeys.set(pem, key)
  }
  return key === 'unusable' ? null : key
}

/** Reads a private key of ours, remembered by its text; throws when it is not one. */
export function readPrivateKey(pem: string): KeyObject {
  let key = privateKeys.get(pem)
  if (!key) {
    key = createPrivateKey(pem)
    privateKeys.set(pem, key)
  }
  return key
}

/** The key that a request of ours is to be signed with. */
export function privateKeyOf({ privateKey }: Outgoing): KeyObject {
  return typeof privateKey === 'string' ? readPrivateKey(privateKey) : privateKey
}

/** Whether we verify with this key at all (see `readPublicKey`). */
export function isUsableKey(key: KeyObject): boolean {
  if (key.type !== 'public') return false
  if (key.asymmetricKeyType === 'ed25519') return true
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  const isSaneExponent = publicExponent > 1n && publicExponent % 2n === 1n && publicExponent < 2n ** 33n
  return key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 8192 && isSaneExponent
}

/** Whether the algorithm a signer named is one for this kind of key. */
export function fitsKey(algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  if (algorithm === 'by-key') return true
  return key.asymmetricKeyType === (algorithm === 'ed25519' ? 'ed25519' : 'rsa')
}

/** Signs off the event loop: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519, as the key says. */
export function signText(text: string | Buffer, key: KeyObject): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const settings = { key, padding: constants.RSA_PKCS1_PADDING }
  if (key.asymmetricKeyType === 'rsa') sign('sha256', Buffer.from(text), settings, settle)
  else sign(null, Buffer.from(text), key, settle)
  function settle(error: Error | null, signature: Buffer) {
    if (error) reject(error)
    else resolve(signature)
  }
  return promise
}

// Checking with these takes less time than handing the work to another thread.
const QUICK_BITS = 4096

/** Verifies by the same rule as `signText`, off the event loop where the key is large; any failure is a false. */
export async function verifyText(text: string | Buffer, signature: Buffer, key: KeyObject): Promise<boolean> {
  const kind = key.asymmetricKeyType
  if (kind === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) > QUICK_BITS)
    return verifyElsewhere(text, signature, key)
  try {
    // PKCS #1 v1.5 is what an RSA key means here unless told otherwise.
    return verify(kind === 'rsa' ? 'sha256' : null, Buffer.from(text), key, signature)
  } catch {
    return false
  }
}

function verifyElsewhere(text: string | Buffer, signature: Buffer, key: KeyObject): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const settings = { key, padding: constants.RSA_PKCS1_PADDING }
  const settle = (error: Error | null, isGood: boolean) => resolve(!error && isGood)
  verify('sha256', Buffer.from(text), settings, signature, settle)
  return promise
}

function parsePublicKey(pem: string): KeyObject | 'unusable' {
  // Node would take a private key or a certificate here and use what is public of it.
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return 'unusable'
  try {
    const key = createPublicKey(pem)
    return isUsableKey(key) ? key : 'unusable'
  } catch {
    return 'unusable'
  }
}
