import type { Account } from '#accounts/present-account.ts'

type Shown = Pick<Account, 'username' | 'display_name' | 'avatar_static'>

/** A person's picture, or their first letter on a pebble; the name stands beside it. */
export function Avatar({ account, size = 48 }: { account: Shown; size?: number }) {
  const { avatar_static: src, username } = account
  if (!src || src.endsWith('/missing.png')) {
    const [letter = '?'] = plainName(account).match(/[\p{L}\p{N}]\p{M}*/u) ?? []
    return (
      <span class="avatar letter" data-part="avatar" data-tone={toneOf(username)} aria-hidden="true">
        {letter}
      </span>
    )
  }
  return <img class="avatar" data-part="avatar" src={src} alt="" width={size} height={size} loading="lazy" />
}

/** The name somebody goes by, as plain text without emoji codes; never empty. */
export function plainName({
  display_name: name,
  username,
}: Pick<Shown, 'username' | 'display_name'>): string {
  return name.replace(/\s?:[a-zA-Z0-9_]+:/g, '').trim() || username
}

/** One of six colours, the same as on the server's pages. */
function toneOf(username: string): number {
  let sum = 7
  for (const char of username.toLowerCase()) sum = (sum * 31 + (char.codePointAt(0) as number)) % 65_521
  return (sum % 6) + 1
}
