import { createPublicKey } from 'node:crypto'
import { fromBase58 } from './base58.ts'

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** An Ed25519 Multikey (FEP-521a; multibase base58btc, prefix 0xed01) as PEM; null for anything else. */
export function pemOfMultikey(text: unknown): string | null {
  const bytes = fromBase58(text, 34)
  if (bytes?.[0] !== 0xed || bytes[1] !== 0x01) return null
  const key = createPublicKey({
    key: Buffer.concat([ED25519_SPKI, bytes.subarray(2)]),
    format: 'der',
    type: 'spki',
  })
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
