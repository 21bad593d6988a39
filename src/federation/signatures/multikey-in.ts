import { createPublicKey } from 'node:crypto'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** An Ed25519 Multikey (FEP-521a; multibase base58btc, prefix 0xed01) as PEM; null for anything else. */
export function pemOfMultikey(text: unknown): string | null {
  if (typeof text !== 'string' || !/^z[1-9A-HJ-NP-Za-km-z]{40,60}$/.test(text)) return null
  let number = 0n
  for (const letter of text.slice(1)) number = number * 58n + BigInt(ALPHABET.indexOf(letter))
  const bytes = Buffer.from(number.toString(16).padStart(68, '0'), 'hex')
  if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) return null
  const key = createPublicKey({
    key: Buffer.concat([ED25519_SPKI, bytes.subarray(2)]),
    format: 'der',
    type: 'spki',
  })
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
