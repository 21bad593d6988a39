import type { App, HostedDomain } from '#app.ts'
import { abandonBlob, deleteBlob, insertBlob, storeBlob } from '#platform/blobs/blobs.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { resizePicture } from '#platform/images.ts'
import { sniffPicture } from '#platform/images-sniff.ts'
import { MEDIA_ENDINGS } from '#platform/media-types.ts'
import type { EmojiRow } from './accounts.ts'
import { keyIn } from './profile-pictures.ts'

/** 256 KiB, as everywhere (surface j). */
export const MOST_EMOJI_BYTES = 256 * 1024
const CODE = /^[a-zA-Z0-9_]{2,128}$/
const KINDS = new Set(['png', 'gif', 'webp'])
const MOST_SIDE = 512

export type NewEmoji = { shortcode: string; bytes: Uint8Array; category: string | null }

/**
 * Adds a custom emoji of ours, or gives a known one a new picture. The picture is kept as it is, so that it moves;
 * of one that may move a still is made. Throws `invalid` for a code or picture that may not be.
 */
export async function addEmoji(app: App, domain: HostedDomain, given: NewEmoji): Promise<EmojiRow> {
  const { shortcode, bytes, category } = given
  if (!CODE.test(shortcode)) throw invalid('A shortcode is 2 to 128 letters, digits or underscores')
  if (bytes.length > MOST_EMOJI_BYTES) throw invalid('An emoji weighs at most 256 KiB')
  const format = sniffPicture(bytes)
  if (!format || !KINDS.has(format)) throw invalid('An emoji is a PNG, GIF or WebP picture')
  // Made in any case: what cannot be decoded is no picture.
  const still = await resizePicture(bytes, { width: MOST_SIDE, height: MOST_SIDE, fit: 'inside' }, 'image')
  const stored = await storeBlob(app, bytes, `image/${format}`)
  const storedStill = format === 'png' ? null : await storeBlob(app, still.bytes, still.mime)
  try {
    return await app.inTransaction(async (tx) => {
      const url = urlOf(domain, await insertBlob(tx, stored))
      const static_url = storedStill ? urlOf(domain, await insertBlob(tx, storedStill)) : url
      const known = await ownEmoji(tx, shortcode)
      if (known) await deletePictures(tx, known)
      const row = {
        uri: null,
        url,
        static_url,
        category: category ?? known?.category ?? null,
        updated_at: tx.now(),
      }
      const whole = { ...row, id: known?.id ?? tx.newId(), host: '', shortcode }
      if (known) await tx.db.updateTable('emoji').set(row).where('id', '=', known.id).execute()
      else await tx.db.insertInto('emoji').values(whole).execute()
      return whole
    })
  } catch (error) {
    for (const each of [stored, storedStill]) if (each) await abandonBlob(app, each)
    throw error
  }
}

/** Removes a custom emoji of ours with its pictures; its code is text again. */
export async function removeEmoji(app: App, shortcode: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    const known = await ownEmoji(tx, shortcode)
    if (!known) throw notFound(`There is no emoji :${shortcode}:`)
    await deletePictures(tx, known)
    await tx.db.deleteFrom('emoji').where('id', '=', known.id).execute()
  })
}

/** Our own emojis, by code. */
export async function ownEmojis(app: App): Promise<EmojiRow[]> {
  return app.db.selectFrom('emoji').selectAll().where('host', '=', '').orderBy('shortcode').execute()
}

async function ownEmoji(tx: App, shortcode: string): Promise<EmojiRow | undefined> {
  const query = tx.db.selectFrom('emoji').selectAll().where('host', '=', '')
  return query.where('shortcode', '=', shortcode).executeTakeFirst()
}

async function deletePictures(tx: App, { url, static_url }: EmojiRow) {
  for (const each of new Set([url, static_url])) {
    const key = keyIn(tx, each)
    if (key) await deleteBlob(tx, key)
  }
}

function urlOf(domain: HostedDomain, { key, mime }: { key: string; mime: string }): string {
  return `${domain.origin}/media/${key}.${MEDIA_ENDINGS[mime]}`
}
