const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Bytes as multibase base58btc: the letter z and the digits. */
export function toBase58(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; rest > 0n; rest /= 58n) text = ALPHABET[Number(rest % 58n)] + text
  const first = bytes.findIndex((byte) => byte !== 0)
  return `z${ALPHABET.charAt(0).repeat(first === -1 ? bytes.length : first)}${text}`
}

/** Reads multibase base58btc of exactly `length` bytes; null for anything else. */
export function fromBase58(text: unknown, length: number): Buffer | null {
  if (typeof text !== 'string' || text.length > length * 1.4 + 2 || !/^z[1-9A-HJ-NP-Za-km-z]+$/.test(text))
    return null
  let number = 0n
  for (const letter of text.slice(1)) number = number * 58n + BigInt(ALPHABET.indexOf(letter))
  const bytes = Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex')
  // One spelling for each value: what is compared elsewhere as text must not come in several.
  return bytes.length === length && toBase58(bytes) === text ? bytes : null
}
