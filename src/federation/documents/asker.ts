import type { Context } from 'hono'
import type { App, HostedDomain } from '#app.ts'
import type { Site } from '#platform/http/facts.ts'
import { arrivedRequest } from '../signatures/arrived.ts'
import type { Signer } from '../signatures/keys.ts'
import { provenSigner } from '../signatures/keys.ts'
import { parseSignature, verifyClaim } from '../signatures/signatures.ts'

/** Who signed a request for a document; null when nobody did, or not well enough. */
export async function askerOf(app: App, domain: HostedDomain, c: Context<Site>): Promise<Signer | null> {
  const { claim } = parseSignature(arrivedRequest(c, domain, null), app.now())
  if (!claim) return null
  const signer = await provenSigner(app, claim.keyId, (key) => verifyClaim(claim, key))
  return signer && !signer.suspended ? signer : null
}
