import type { Document } from './context-out.ts'

/** A hashtag as others read it: its page here and how it is written. */
export function writeHashtag(origin: string, name: string, written = name): Document {
  return { type: 'Hashtag', href: `${origin}/tags/${encodeURIComponent(name)}`, name: `#${written}` }
}
