import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** What a page elsewhere says of itself. `is_empty` when it says nothing worth showing, or cannot be had. */
export type CardRow = {
  id: number
  url: string
  kind: 'link' | 'photo' | 'video'
  title: string
  description: string
  language: string | null
  provider_name: string
  provider_url: string
  author_name: string
  author_url: string
  /** The account that the page names as its author, where that account names the page's domain as its own. */
  author_account_id: number | null
  /** For videos: the page to show in a frame. */
  embed_url: string
  width: number
  height: number
  image_url: string | null
  image_description: string
  /** How the picture looks from far away; null until somebody looked at it here. */
  blurhash: string | null
  published_at: number | null
  is_empty: number
  fetched_at: number
}

export type CardTables = { card: CardRow }

const byIds = prepared<{ ids: readonly number[] }, CardRow>((db, { ids }, dialect) =>
  db.selectFrom('card').selectAll().where(dialect.among(sql`id`, ids)),
)
const byUrl = prepared<{ url: string }, CardRow>((db, { url }) =>
  db.selectFrom('card').selectAll().where('url', '=', url),
)

/** These cards, by id. */
export async function cardsByIds(app: App, ids: readonly number[]): Promise<Map<number, CardRow>> {
  if (ids.length === 0) return new Map()
  return new Map((await byIds(app, { ids })).map((row) => [row.id, row]))
}

/** The card of an address, or undefined while nobody looked. */
export async function cardByUrl(app: App, url: string): Promise<CardRow | undefined> {
  return (await byUrl(app, { url }))[0]
}

/** Keeps what was found out about an address, anew or for the first time; answers its row. */
export async function keepCard(app: App, found: Omit<CardRow, 'id'>): Promise<CardRow> {
  return app.inTransaction(async (tx) => {
    const known = await cardByUrl(tx, found.url)
    const isSamePicture = known?.image_url === found.image_url
    const kept = { ...found, blurhash: isSamePicture ? (known?.blurhash ?? null) : found.blurhash }
    const row = { id: known?.id ?? tx.newId(), ...kept }
    await tx.db
      .insertInto('card')
      .values(row)
      .onConflict((clash) => clash.column('url').doUpdateSet(kept))
      .execute()
    return row
  })
}

/** Keeps how the picture of a card looks from far away, unless it shows another one by now. */
export async function keepCardHash(app: App, id: number, imageUrl: string, blurhash: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('card')
      .set({ blurhash })
      .where('id', '=', id)
      .where('image_url', '=', imageUrl)
      .execute()
  })
}
