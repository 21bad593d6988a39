import type { ComponentChildren } from 'preact'
import type { CustomEmoji } from '#accounts/emojis.ts'
import type { Account } from '#accounts/present-account.ts'
import { boot } from '../boot.ts'

type Emojis = readonly CustomEmoji[]

/** Text in which emoji codes of the list became pictures. */
export function withEmojis(text: string, emojis: Emojis): ComponentChildren {
  if (emojis.length === 0 || !text.includes(':')) return text
  return text.split(/(:[a-zA-Z0-9_]+:)/).map((part) => {
    const emoji = part.startsWith(':') && emojis.find(({ shortcode }) => part === `:${shortcode}:`)
    if (!emoji) return part
    return (
      <img class="emoji" src={emoji.static_url || emoji.url} alt={part} title={part} width="20" height="20" />
    )
  })
}

/** The name somebody goes by, set apart from the direction of the text around it. */
export function Name({ account }: { account: Pick<Account, 'username' | 'display_name' | 'emojis'> }) {
  return <bdi>{withEmojis(account.display_name.trim() || account.username, account.emojis)}</bdi>
}

/** `@ana@example.org`, whether the account is ours or not. */
export function fullHandle({ acct }: Pick<Account, 'acct'>): string {
  return acct.includes('@') ? `@${acct}` : `@${acct}@${boot.instance.domain}`
}

/** Where the app shows somebody. */
export const profilePath = ({ acct }: Pick<Account, 'acct'>): string => `/@${acct}`
