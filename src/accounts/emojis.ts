import { sql } from 'kysely'
import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { EmojiRow } from './accounts.ts'
import { proxied } from './proxied.ts'

/** https://docs.joinmastodon.org/entities/CustomEmoji/ */
export const CustomEmoji = z.object({
  shortcode: z.string(),
  url: z.string(),
  static_url: z.string(),
  visible_in_picker: z.boolean(),
  category: z.string().nullable(),
})
export type CustomEmoji = z.infer<typeof CustomEmoji>

/** An emoji that came with a remote document, checked by federation/. */
export type RemoteEmoji = { shortcode: string; url: string; uri: string | null }

const CODE = /:([a-zA-Z0-9_]{1,64}):/g
/** How many codes of one text are looked up. */
const MOST_CODES = 64
/** How many emojis of one host are kept (LOOP-16). */
const MOST_PER_HOST = 5000

const byCode = prepared<{ codes: readonly string[] }, EmojiRow>((db, { codes }, dialect) =>
  db.selectFrom('emoji').selectAll().where(dialect.amongText(sql`shortcode`, codes)),
)

/** Whether a text holds what may be an emoji's code. */
export const holdsCodes = (text: string) => text.includes(':') && text.search(CODE) >= 0

type Authored = { host: string; domain_id: number | null }

/** The emojis that the texts of these things use, each from its author's own host; no query where no code is written. */
export async function emojisIn<T extends Authored>(
  app: App,
  domain: HostedDomain,
  things: readonly T[],
  textOf: (thing: T) => string,
): Promise<Map<T, CustomEmoji[]>> {
  const codesOf = new Map<T, Set<string>>()
  for (const thing of things) {
    const text = textOf(thing)
    if (!text.includes(':')) continue
    const codes = new Set([...text.matchAll(CODE)].slice(0, MOST_CODES).map((match) => match[1] as string))
    if (codes.size > 0) codesOf.set(thing, codes)
  }
  if (codesOf.size === 0) return new Map()
  const all = new Set([...codesOf.values()].flatMap((codes) => [...codes]))
  const rows = await byCode(app, { codes: [...all] })
  return new Map(
    [...codesOf].map(([thing, codes]) => {
      const host = thing.domain_id === null ? thing.host : ''
      return [
        thing,
        rows
          .filter((row) => row.host === host && codes.has(row.shortcode))
          .map((row) => presentEmoji(row, domain)),
      ]
    }),
  )
}

/** One emoji as clients see it; those of other servers through our proxy. */
export function presentEmoji(row: EmojiRow, domain: HostedDomain): CustomEmoji {
  const foreign = row.host !== ''
  return {
    shortcode: row.shortcode,
    url: foreign ? proxied(domain, 'emojis', row.id, row.url) : row.url,
    static_url: foreign ? proxied(domain, 'emojis', row.id, row.url, true) : row.static_url,
    visible_in_picker: row.host === '',
    category: row.category,
  }
}

/** Keeps the emojis a remote document brought along, in the caller's transaction; known ones follow their new address. */
export async function saveRemoteEmojis(tx: App, host: string, emojis: readonly RemoteEmoji[]): Promise<void> {
  if (emojis.length === 0) return
  const counted = tx.db.selectFrom('emoji').select(({ fn }) => fn.countAll<number>().as('n'))
  const { n } = await counted.where('host', '=', host).executeTakeFirstOrThrow()
  if (Number(n) >= MOST_PER_HOST) return
  const rows = emojis.map(({ shortcode, url, uri }) => ({
    id: tx.newId(),
    host,
    shortcode,
    uri,
    url,
    static_url: url,
    category: null,
    updated_at: tx.now(),
  }))
  const unique = [...new Map(rows.map((row) => [row.shortcode, row])).values()]
  await tx.db
    .insertInto('emoji')
    .values(unique)
    .onConflict((clash) =>
      clash.columns(['host', 'shortcode']).doUpdateSet((row) => ({
        url: row.ref('excluded.url'),
        static_url: row.ref('excluded.static_url'),
        updated_at: row.ref('excluded.updated_at'),
      })),
    )
    .execute()
}

/** Drops emojis of hosts of which nobody is known here any more (LOOP-16). */
export async function forgetHostless(app: App): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('emoji')
      .where('host', '<>', '')
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('account').select('account.id').whereRef('account.host', '=', 'emoji.host'))),
      )
      .execute()
  })
}

/** Our own emojis, for the picker. */
export async function localEmojis(app: App, domain: HostedDomain): Promise<CustomEmoji[]> {
  const rows = await app.db
    .selectFrom('emoji')
    .selectAll()
    .where('host', '=', '')
    .orderBy('shortcode')
    .execute()
  return rows.map((row) => presentEmoji(row, domain))
}
