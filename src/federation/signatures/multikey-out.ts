import { createPublicKey } from 'node:crypto'
import { toBase58 } from './base58.ts'

/** Multicodec of an Ed25519 public key, as a varint. */
const ED25519 = [0xed, 0x01]

/** An Ed25519 public key (PEM) as a Multikey (FEP-521a): multibase base58btc of its multicodec and raw bytes. */
export function multikeyOf(publicPem: string): string {
  const { x } = createPublicKey(publicPem).export({ format: 'jwk' })
  return toBase58(Buffer.concat([Buffer.from(ED25519), Buffer.from(x ?? '', 'base64url')]))
}
