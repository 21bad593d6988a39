import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { timingSafeEqualText } from './secrets.ts'

/** A key for one purpose, out of a secret of the server. */
function keyFor(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `hyrax ${purpose}`, 32))
}

/** A text that only this server can read again, for one purpose. */
export function seal(secret: string, purpose: string, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, purpose), nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** The text that was sealed for this purpose; null when it was not, or the secret is another by now. */
export function unseal(secret: string, purpose: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

const stamp = (secret: string, purpose: string, text: string) =>
  createHmac('sha256', keyFor(secret, purpose)).update(text).digest('base64url')

/** A text with our stamp on it, safe in an address: whoever brings it back had it from us. */
export function stamped(secret: string, purpose: string, text: string): string {
  return `${text}.${stamp(secret, purpose, text)}`
}

/** The text of a stamped one; null when the stamp is not ours. */
export function unstamped(secret: string, purpose: string, given: string): string | null {
  const at = given.lastIndexOf('.')
  if (at === -1) return null
  const text = given.slice(0, at)
  return timingSafeEqualText(given.slice(at + 1), stamp(secret, purpose, text)) ? text : null
}
