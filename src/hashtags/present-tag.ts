import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import type { TagRow } from '#statuses/statuses.ts'
import { tagHistories } from './tag-history.ts'

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
export async function presentTags(app: App, domain: HostedDomain, rows: readonly TagRow[]): Promise<Tag[]> {
  if (rows.length === 0) return []
  const histories = await tagHistories(
    app,
    rows.map((row) => row.id),
  )
  return rows.map(({ id, name, display_name }) => ({
    id: String(id),
    name: display_name,
    url: `${domain.origin}/tags/${encodeURIComponent(name)}`,
    history: histories.get(id) ?? [],
  }))
}
