import type { Html } from '../html.ts'
import { escapeText, html, raw, safeUrl } from '../html.ts'
import { words } from '../words.ts'

/** As CustomEmoji of the API. */
export type ShownEmoji = { shortcode: string; url: string; static_url: string }

/** What a picture of somebody is made of. */
export type AvatarOf = { username: string; display_name: string; avatar_static: string }

/** What is needed to name somebody; the API's Account fits. */
export type ShownName = AvatarOf & { acct: string; url: string; emojis: readonly ShownEmoji[] }

const CODE = /:([a-zA-Z0-9_]+):/
const TAG_OR_CODE = /<[^>]*>|:([a-zA-Z0-9_]+):/g

/** The name somebody goes by, as plain text without emoji codes; never empty. */
export function plainName({
  display_name: name,
  username,
}: Pick<AvatarOf, 'username' | 'display_name'>): string {
  return name.replace(/\s?:[a-zA-Z0-9_]+:/g, '').trim() || username
}

/** The name somebody goes by, with its custom emoji, set apart from the direction of the text around it. */
export function nameOf(account: Pick<ShownName, 'username' | 'display_name' | 'emojis'>): Html {
  const name = escapeText(account.display_name.trim() || account.username)
  return html`<bdi>${raw(withEmojis(name, account.emojis))}</bdi>`
}

/** `@ana@example.org`, whether the account is ours or not; `domain` is ours. */
export function fullHandle(account: Pick<ShownName, 'acct'>, domain: string): string {
  return account.acct.includes('@') ? `@${account.acct}` : `@${account.acct}@${domain}`
}

/** Safe markup in which emoji codes of the list became pictures; tags and their attributes stay untouched. */
export function withEmojis(safe: string, emojis: readonly ShownEmoji[]): string {
  if (emojis.length === 0 || !CODE.test(safe)) return safe
  return safe.replace(TAG_OR_CODE, (found, code: string | undefined) => {
    const emoji = code && emojis.find((each) => each.shortcode === code)
    const src = emoji && safeUrl(emoji.static_url || emoji.url)
    if (!src) return found
    return `<img class="emoji" src="${escapeText(src)}" alt=":${code}:" title=":${code}:" width="20" height="20" loading="lazy">`
  })
}

/** A person's picture, or their first letter on a pebble when there is none. The name stands beside it. */
export function avatar(account: AvatarOf, size = 48): Html {
  const src = safeUrl(account.avatar_static)
  if (!src || src.endsWith('/missing.png')) {
    const [letter = words.profile.noLetters] = plainName(account).match(/[\p{L}\p{N}]\p{M}*/u) ?? []
    return html`<span class="avatar letter" data-part="avatar" data-tone="${toneOf(account.username)}" aria-hidden="true">${letter}</span>`
  }
  return html`<img class="avatar" data-part="avatar" src="${src}" alt="" width="${size}" height="${size}" loading="lazy">`
}

/** One of six colours of a pebble, always the same for the same name. */
export function toneOf(username: string): number {
  let sum = 7
  for (const char of username.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) as number)) % 65_521
  return (sum % 6) + 1
}
