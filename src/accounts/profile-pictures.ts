import type { App, HostedDomain } from '#app.ts'
import { BLOB_KEY, deleteBlob, insertBlob, type StoredBlob, storeBlob } from '#platform/blobs/blobs.ts'
import { invalid } from '#platform/errors.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { resizePicture } from '#platform/images.ts'
import { MEDIA_ENDINGS } from '#platform/media-types.ts'
import type { AccountRow } from './accounts.ts'

export type PictureKind = 'avatar' | 'header'

/** In pixels; larger pictures are cut to this shape and made smaller (surface j). */
export const pictureSizes = {
  avatar: { width: 400, height: 400 },
  header: { width: 1500, height: 500 },
} as const

/** 8 MiB, as sent. */
export const MOST_PICTURE_BYTES = 8 * 1024 * 1024

/** What was sent as a picture. */
export type PictureFile = Pick<UploadedFile, 'size' | 'bytes'>
/** A picture that is stored and waits for its place; null empties the place. */
export type NewPicture = { kind: PictureKind; made: StoredBlob | null }

/**
 * Makes and stores the profile pictures that were sent, outside of any transaction (it takes a while). Throws `invalid`,
 * with nothing stored, when one of them is too large or no picture.
 */
export async function makePictures(
  app: App,
  sent: { [Kind in PictureKind]?: PictureFile | null },
): Promise<NewPicture[]> {
  const kinds = (['avatar', 'header'] as const).filter((kind) => sent[kind] !== undefined)
  for (const kind of kinds) refuseLarge(kind, sent[kind]?.size ?? 0)
  const drawn = await Promise.all(
    kinds.map(async (kind) => {
      const bytes = await sent[kind]?.bytes()
      return {
        kind,
        picture: bytes ? await resizePicture(bytes, { ...pictureSizes[kind], fit: 'cover' }, kind) : null,
      }
    }),
  )
  return Promise.all(
    drawn.map(async ({ kind, picture }) => ({
      kind,
      made: picture && (await storeBlob(app, picture.bytes, picture.mime)),
    })),
  )
}

function refuseLarge(kind: PictureKind, size: number): void {
  if (size <= MOST_PICTURE_BYTES) return
  const description = `is too large (maximum is ${MOST_PICTURE_BYTES / 1024 / 1024} MB)`
  throw invalid(`Validation failed: ${kind === 'avatar' ? 'Avatar' : 'Header'} ${description}`, {
    [kind]: [{ error: 'ERR_TOO_LONG', description }],
  })
}

/**
 * Puts a stored picture in the place of the account's present one, which is deleted, or nothing (null); in the caller's
 * transaction. Returns the columns to write; without a picture there is nothing to describe either.
 */
export async function placePicture(
  tx: App,
  domain: HostedDomain,
  account: AccountRow,
  kind: PictureKind,
  picture: StoredBlob | null,
): Promise<Partial<AccountRow>> {
  const old = keyIn(tx, account[`${kind}_url`])
  if (old) await deleteBlob(tx, old)
  if (!picture) return { [`${kind}_url`]: null, [`${kind}_description`]: '' }
  const { key } = await insertBlob(tx, picture)
  return { [`${kind}_url`]: `${domain.origin}/media/${key}.${MEDIA_ENDINGS[picture.mime]}` }
}

/** The key of a file of ours in its address; null for addresses of others. */
export function keyIn(app: App, url: string | null): string | null {
  if (!url || !URL.canParse(url)) return null
  const { host, pathname } = new URL(url)
  const key = /^\/media\/([^/.]+)\.\w+$/.exec(pathname)?.[1] ?? ''
  return app.domains.isOurs(host) && BLOB_KEY.test(key) ? key : null
}
