import type { KeyPairs } from '#accounts/save-account.ts'
import { generateSigningKeys } from '#platform/secrets.ts'

/** Fresh signing keys in the shape that accounts store. */
export async function keyPairs(): Promise<KeyPairs> {
  const { rsa, ed25519 } = await generateSigningKeys()
  return {
    rsa: { publicPem: rsa.publicKey, privatePem: rsa.privateKey },
    ed25519: { publicPem: ed25519.publicKey, privatePem: ed25519.privateKey },
  }
}
