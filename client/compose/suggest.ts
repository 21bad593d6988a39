import type { CustomEmoji } from '#accounts/emojis.ts'
import type { Account } from '#accounts/present-account.ts'
import { get } from '../api.ts'

export type Suggestion = { insert: string; words: string; image?: string }

const MOST = 6
let emojis: Promise<CustomEmoji[]> | null = null

/** The word before the cursor, when it begins like a person, a tag or an emoji. */
export function wordAt(box: HTMLTextAreaElement | null): { text: string; start: number; end: number } | null {
  if (!box || box.selectionStart !== box.selectionEnd) return null
  const end = box.selectionStart
  const text = /(?:^|\s)([@#:][^\s:]{2,60})$/u.exec(box.value.slice(0, end))?.[1]
  return text ? { text, start: end - text.length, end } : null
}

/** What may be meant by the beginning of a word; nothing when the server does not answer. */
export async function suggest(word: string): Promise<Suggestion[]> {
  const rest = encodeURIComponent(word.slice(1))
  try {
    if (word.startsWith('@'))
      return (await get<Account[]>(`/api/v1/accounts/search?q=${rest}&limit=${MOST}`)).map(person)
    if (word.startsWith('#')) return await tags(rest)
    return await codes(word.slice(1).toLowerCase())
  } catch {
    return []
  }
}

const person = ({ acct, display_name: name, avatar_static: image }: Account): Suggestion => ({
  insert: `@${acct}`,
  words: name ? `${name} @${acct}` : `@${acct}`,
  image,
})

async function tags(rest: string): Promise<Suggestion[]> {
  const found = await get<{ hashtags: { name: string }[] }>(
    `/api/v2/search?q=${rest}&type=hashtags&limit=${MOST}`,
  )
  return found.hashtags.map(({ name }) => ({ insert: `#${name}`, words: `#${name}` }))
}

async function codes(beginning: string): Promise<Suggestion[]> {
  emojis ??= get<CustomEmoji[]>('/api/v1/custom_emojis')
  const known = await emojis
  return known
    .filter(({ shortcode }) => shortcode.toLowerCase().includes(beginning))
    .slice(0, MOST)
    .map(({ shortcode, static_url: image }) => ({ insert: `:${shortcode}:`, words: `:${shortcode}:`, image }))
}
