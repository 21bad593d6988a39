import { createPublicKey } from 'node:crypto'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Multicodec of an Ed25519 public key, as a varint. */
const ED25519 = [0xed, 0x01]

/** An Ed25519 public key (PEM) as a Multikey (FEP-521a): multibase base58btc of its multicodec and raw bytes. */
export function multikeyOf(publicPem: string): string {
  const { x } = createPublicKey(publicPem).export({ format: 'jwk' })
  return `z${base58(Buffer.concat([Buffer.from(ED25519), Buffer.from(x ?? '', 'base64url')]))}`
}

function base58(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; rest > 0n; rest /= 58n) text = ALPHABET[Number(rest % 58n)] + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return ALPHABET.charAt(0).repeat(Math.max(0, zeros)) + text
}
