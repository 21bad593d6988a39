import type { Context } from 'hono'
import type { App, HostedDomain } from '#app.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import type { Limits } from '#platform/http/limits.ts'
import { arrivedRequest } from '../signatures/arrived.ts'
import type { Signer } from '../signatures/keys.ts'
import { provenSigner } from '../signatures/keys.ts'
import { parseSignature, verifyClaim } from '../signatures/signatures.ts'

/** Finds who signed a request for a document; null when nobody did, or not well enough. */
export type Asking = (domain: HostedDomain, c: Context<Site>) => Promise<Signer | null>

/** Opens the look for signers; an address whose signatures fail too often is not looked for any more, as at the inbox. */
export function openAsking(app: App, limits: Limits): Asking {
  return async (domain, c) => {
    const { claim } = parseSignature(arrivedRequest(c, domain, null), app.now())
    const { ip } = clientOf(c)
    if (!claim || limits.look('inbox-refused', ip, app.now())?.over) return null
    const signer = await provenSigner(app, claim.keyId, (key) => verifyClaim(claim, key))
    if (!signer) limits.take('inbox-refused', ip, app.now())
    return signer && !signer.suspended ? signer : null
  }
}
