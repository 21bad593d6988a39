import { z } from 'zod'
import type { App } from '#app.ts'
import { rulesOf } from './site.ts'

/** https://docs.joinmastodon.org/entities/Rule/ */
export const Rule = z.object({
  id: z.string(),
  text: z.string(),
  hint: z.string(),
  translations: z.record(z.string(), z.object({ text: z.string(), hint: z.string() })),
})

/** The rules of a domain as clients see them. */
export async function presentRules(app: App, domainId: number): Promise<z.input<typeof Rule>[]> {
  const rows = await rulesOf(app, domainId)
  return rows.map(({ id, text, hint, translations }) => ({
    id: String(id),
    text,
    hint,
    translations: JSON.parse(translations) as Record<string, { text: string; hint: string }>,
  }))
}
