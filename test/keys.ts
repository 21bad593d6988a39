import { generateKeyPairSync } from 'node:crypto'
import type { KeyPairs } from '#accounts/save-account.ts'
import { hashPassword } from '#platform/secrets.ts'

const made = new Map<string, KeyPairs>()

/** Keys of one of the cast, made once per test process. */
export function testKeys(name: string): KeyPairs {
  let keys = made.get(name)
  if (!keys) {
    keys = { rsa: pair('rsa'), ed25519: pair('ed25519') }
    made.set(name, keys)
  }
  return keys
}

function pair(kind: 'rsa' | 'ed25519') {
  const encoding = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048, ...encoding })
      : generateKeyPairSync('ed25519', encoding)
  return { publicPem: publicKey, privatePem: privateKey }
}

/** A password's hash at the lowest cost. */
export function passwordHash(password: string): Promise<string> {
  return hashPassword(password, { memory: 8, passes: 1, parallelism: 1 })
}
