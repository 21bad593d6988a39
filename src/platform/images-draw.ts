import { readFile, writeFile } from 'node:fs/promises'
import { encode } from 'blurhash'
import type { Metadata, ResizeOptions, Sharp } from 'sharp'
import sharp from 'sharp'
import { decodeHeic } from './images-heic.ts'
import type { PictureFormat } from './images-sniff.ts'
import type { CopiesTask, Drawn, DrawnCopies, ShapeTask } from './images-tasks.ts'

// Runs in the child only.

const SECONDS = 12
/** A drawing stays lossless; above this size it is a photograph in the wrong format. */
const MOST_LOSSLESS = 256 * 1024
/** The same for whole pictures, which are looked at closely. */
const MOST_LOSSLESS_ORIGINAL = 2 * 1024 * 1024
const HASH_SIDE = 32
const HASH_PARTS = 4

const LOADERS: Record<Exclude<PictureFormat, 'heic'>, string> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
}

type Opened = { open: () => Sharp; format: PictureFormat; metadata: Metadata }

async function openPicture(input: Buffer, format: PictureFormat, mostPixels: number): Promise<Opened> {
  sharp.concurrency(1)
  sharp.cache(false)
  // The one decoder the content was recognised for; it cannot be talked into another.
  sharp.block({ operation: ['VipsForeignLoad'] })
  if (format === 'heic') {
    const { data, width, height } = await decodeHeic(input, mostPixels)
    const open = () => sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha()
    return { open, format: 'jpeg', metadata: { ...(await open().metadata()), hasAlpha: false } }
  }
  sharp.unblock({ operation: [LOADERS[format]] })
  const open = () =>
    sharp(input, {
      limitInputPixels: mostPixels,
      failOn: 'error',
      pages: 1,
      animated: false,
      unlimited: false,
    })
  return { open, format, metadata: await open().metadata() }
}

/** Draws one picture of the wished shape. */
export async function drawShape(task: ShapeTask, input: Buffer): Promise<{ drawn: Drawn; bytes: Buffer }> {
  const opened = await openPicture(input, task.format, task.mostPixels)
  const { width, height } = sizeOf(opened)
  // A small picture gets the wished shape at its own size.
  const scale = task.fit === 'cover' ? Math.min(1, width / task.width, height / task.height) : 1
  const made = await write(opened, MOST_LOSSLESS, {
    width: Math.max(1, Math.round(task.width * scale)),
    height: Math.max(1, Math.round(task.height * scale)),
    fit: task.fit,
    withoutEnlargement: true,
  })
  return { drawn: drawnOf(made), bytes: made.data }
}

/** Draws a whole picture and its preview into files. */
export async function drawCopies(task: CopiesTask): Promise<DrawnCopies> {
  const opened = await openPicture(await readFile(task.input), task.format, task.mostPixels)
  const size = sizeOf(opened)
  const whole =
    task.original && (await write(opened, MOST_LOSSLESS_ORIGINAL, shrunk(size, task.original.pixels)))
  if (whole && task.original) await writeFile(task.original.path, whole.data, { mode: 0o600 })
  // From what is already upright and small, a preview costs next to nothing.
  const source = whole ? reopened(whole) : opened
  const preview = await write(source, MOST_LOSSLESS, shrunk(size, task.preview.pixels))
  await writeFile(task.preview.path, preview.data, { mode: 0o600 })
  return {
    original: whole ? drawnOf(whole) : null,
    preview: drawnOf(preview),
    blurhash: await blurhashOf(preview),
    frames: opened.metadata.pages ?? 1,
  }
}

/** What we drew ourselves may be read whatever the first decoder was. */
function readBack({ data, info }: Made): Sharp {
  sharp.unblock({ operation: [LOADERS[info.format as Exclude<PictureFormat, 'heic'>]] })
  return sharp(data)
}

function reopened(made: Made): Opened {
  const { info } = made
  const format = info.format as Exclude<PictureFormat, 'heic'>
  return { open: () => readBack(made), format, metadata: { hasAlpha: info.channels === 4 } as Metadata }
}

function sizeOf({ metadata }: Opened): { width: number; height: number } {
  return metadata.autoOrient ?? { width: metadata.width, height: metadata.height }
}

/** The size with that many points at most, in the same proportions; never larger. */
function shrunk({ width, height }: { width: number; height: number }, pixels: number): ResizeOptions {
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)))
  return {
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
    fit: 'fill',
  }
}

type Made = Awaited<ReturnType<typeof toBuffer>>
const toBuffer = (picture: Sharp) => picture.toBuffer({ resolveWithObject: true })
const drawnOf = ({ info: { format, width, height } }: Made): Drawn => ({
  mime: `image/${format}`,
  width,
  height,
})

/** Upright, in sRGB, without anything that was stored beside the pixels. */
async function write(opened: Opened, mostLossless: number, size: ResizeOptions): Promise<Made> {
  const { open, format, metadata } = opened
  const shaped = () => open().timeout({ seconds: SECONDS }).autoOrient().resize(size)
  const webp = () => toBuffer(shaped().webp({ quality: 85 }))
  if (format === 'png' || format === 'gif') {
    const lossless = await toBuffer(shaped().png({ compressionLevel: 8 }))
    return lossless.data.length <= mostLossless ? lossless : webp()
  }
  if (format === 'webp' || metadata.hasAlpha) return webp()
  return toBuffer(shaped().jpeg({ quality: 87, progressive: true }))
}

async function blurhashOf(made: Made): Promise<string> {
  const { data: points, info } = await toBuffer(
    readBack(made)
      .resize({ width: HASH_SIDE, height: HASH_SIDE, fit: 'inside' })
      .flatten({ background: '#ffffff' })
      .ensureAlpha()
      .raw(),
  )
  return encode(new Uint8ClampedArray(points), info.width, info.height, HASH_PARTS, HASH_PARTS)
}
