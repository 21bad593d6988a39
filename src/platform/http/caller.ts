import type { Viewer } from '#app.ts'
import { unauthenticated } from '#platform/errors.ts'
import { HttpRefusal } from './refuse.ts'
import { isAmong } from './scopes.ts'

/** What is known of a token that was sent; null when there is no such token, or it was revoked. */
export type TokenVerdict = {
  token: Viewer['token']
  scopes: string[]
  /** The member whose token it is; null for an application's own. */
  viewer: Viewer | null
  /** Why the member may not act now (unconfirmed, pending, disabled, suspended): 403 with this text. */
  refusal?: string
} | null

/** Finds what a token means; written by auth/. */
export type FindViewer = (token: string) => Promise<TokenVerdict> | TokenVerdict

/** The token of an Authorization header: null when none was sent, '' when it is nothing that can be one. */
export function readBearer(header: string | undefined): string | null {
  if (header === undefined) return null
  return /^Bearer +([A-Za-z0-9._~+/-]{1,1024}=*) *$/i.exec(header)?.[1] ?? ''
}

/** Who may call an endpoint, worked out once. */
export type Gate = {
  access: 'public' | 'app' | 'member'
  /** One of these is needed by whoever sends a token; null when any token will do. */
  accepted: ReadonlySet<string> | null
  /** Serves also members who may not act now. */
  whileRefused: boolean
}

/** The caller as the handler sees it. */
export type Caller = { verdict: NonNullable<TokenVerdict> | null; viewer: Viewer | null }

export const ANYBODY: Caller = { verdict: null, viewer: null }

/**
 * Lets the holder of this verdict in or throws: 401 without a valid token, 403 for scopes and for members who
 * may not act now, 422 for an application's own token where a member is needed. On public routes that say
 * nothing of tokens, one that is no good counts as none.
 */
export function admit(gate: Gate, sent: boolean, verdict: TokenVerdict): Caller {
  if (verdict === null) {
    if (gate.access === 'public' && (!sent || gate.accepted === null)) return ANYBODY
    throw unauthenticated()
  }
  if (gate.accepted !== null && !isAmong(verdict.scopes, gate.accepted)) {
    throw new HttpRefusal(403, 'This action is outside the authorized scopes')
  }
  if (verdict.refusal !== undefined && !gate.whileRefused) {
    if (gate.access === 'public' && gate.accepted === null) return ANYBODY
    throw new HttpRefusal(403, verdict.refusal)
  }
  if (gate.access === 'member' && verdict.viewer === null) {
    throw new HttpRefusal(422, 'This method requires an authenticated user')
  }
  return { verdict, viewer: verdict.viewer }
}
