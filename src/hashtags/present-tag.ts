import { z } from 'zod'
import type { HostedDomain } from '#app.ts'
import type { TagRow } from '#statuses/statuses.ts'

/** https://docs.joinmastodon.org/entities/Tag/ */
export const Tag = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  history: z.array(z.object({ day: z.string(), uses: z.string(), accounts: z.string() })),
  following: z.boolean().optional(),
  featuring: z.boolean().optional(),
})
export type Tag = z.infer<typeof Tag>

/** Hashtags as clients see them. */
export function presentTags(domain: HostedDomain, rows: readonly TagRow[]): Tag[] {
  return rows.map(({ id, name, display_name }) => ({
    id: String(id),
    name: display_name,
    url: `${domain.origin}/tags/${encodeURIComponent(name)}`,
    history: [],
  }))
}
