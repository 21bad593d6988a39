import { hash } from 'node:crypto'
import type { HostedDomain } from '#app.ts'

/** What of other servers is reached through our proxy besides attachments. */
export type ProxiedKind = 'avatars' | 'headers' | 'emojis' | 'cards'

const TAG_LENGTH = 12

/** Stands for an address in our own: it changes when the address does, and cannot be guessed without knowing it. */
export function tagOf(url: string): string {
  return hash('sha256', url, 'base64url').slice(0, TAG_LENGTH)
}

/** Our own address for a picture that lies elsewhere, so that nobody's reading is told there; `still` does not move. */
export function proxied(
  domain: HostedDomain,
  kind: ProxiedKind,
  id: number,
  url: string,
  still = false,
): string {
  return `${domain.origin}/media_proxy/${kind}/${id}/${tagOf(url)}${still ? '/static' : ''}`
}
