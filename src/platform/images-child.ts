import type { Metadata, Sharp } from 'sharp'
import sharp from 'sharp'
import type { PictureFormat } from './images-sniff.ts'

// The whole of a short life: a task as argument, a picture on stdin; on stdout one line of JSON, then the new picture.
// In-process the library would keep hundreds of megabytes after one large picture.

/** `cover` fills the shape and cuts off what stands out; `inside` keeps everything. */
export type PictureWish = { width: number; height: number; fit: 'cover' | 'inside' }

export type ChildTask = PictureWish & { format: PictureFormat; mostPixels: number }

export type ChildAnswer =
  | { mime: string; width: number; height: number }
  | { fault: 'pixels' | 'damaged' | 'heavy' | 'unsupported' }

const MOST_MEMORY = 512 * 1024 * 1024
const SECONDS = 8
/** A drawing stays lossless; above this size it is a photograph in the wrong format. */
const MOST_LOSSLESS = 256 * 1024

const LOADERS: Record<PictureFormat, string> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  heic: 'VipsForeignLoadHeifBuffer',
}

async function make(task: ChildTask, input: Buffer): Promise<{ answer: ChildAnswer; bytes?: Buffer }> {
  sharp.concurrency(1)
  sharp.cache(false)
  // The one decoder the content was recognised for; it cannot be talked into another.
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: [LOADERS[task.format]] })
  const open = () =>
    sharp(input, {
      limitInputPixels: task.mostPixels,
      failOn: 'error',
      pages: 1,
      animated: false,
      unlimited: false,
    })
  try {
    const made = await write(open, task, await open().metadata())
    const { format, width, height } = made.info
    return { answer: { mime: `image/${format}`, width, height }, bytes: made.data }
  } catch (error) {
    return { answer: { fault: faultOf(String(error), task.format) } }
  }
}

async function write(open: () => Sharp, task: ChildTask, { autoOrient, hasAlpha }: Metadata) {
  const { width, height } = autoOrient
  // A small picture gets the wished shape at its own size.
  const scale = task.fit === 'cover' ? Math.min(1, width / task.width, height / task.height) : 1
  const shaped = () =>
    open()
      .timeout({ seconds: SECONDS })
      .autoOrient()
      .resize({
        width: Math.max(1, Math.round(task.width * scale)),
        height: Math.max(1, Math.round(task.height * scale)),
        fit: task.fit,
        withoutEnlargement: true,
      })
  const webp = () => shaped().webp({ quality: 85 }).toBuffer({ resolveWithObject: true })
  if (task.format === 'png' || task.format === 'gif') {
    const lossless = await shaped().png({ compressionLevel: 9 }).toBuffer({ resolveWithObject: true })
    return lossless.data.length <= MOST_LOSSLESS ? lossless : webp()
  }
  if (task.format === 'webp' || hasAlpha) return webp()
  return shaped().jpeg({ quality: 87, progressive: true }).toBuffer({ resolveWithObject: true })
}

function faultOf(error: string, format: PictureFormat): Extract<ChildAnswer, { fault: string }>['fault'] {
  if (/pixel limit/i.test(error)) return 'pixels'
  if (/timeout/i.test(error)) return 'heavy'
  return format === 'heic' ? 'unsupported' : 'damaged'
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

setInterval(() => {
  if (process.memoryUsage.rss() > MOST_MEMORY) process.kill(process.pid, 'SIGKILL')
}, 20).unref()

const { answer, bytes } = await make(JSON.parse(process.argv[2] ?? '{}') as ChildTask, await readInput())
process.stdout.write(`${JSON.stringify(answer)}\n`)
if (bytes) process.stdout.write(bytes)
