import { type Ended, workInChild } from './child-work.ts'
import { invalid, type Refusal } from './errors.ts'
import { sniffPicture } from './images-sniff.ts'
import type {
  ChildAnswer,
  ChildTask,
  CopiesTask,
  Drawn,
  DrawnCopies,
  PictureFault,
  PictureWish,
} from './images-tasks.ts'
import { mediaLimits } from './media-types.ts'

export type Picture = Drawn & { bytes: Buffer }

const TIME_MS = 15_000
const HEAP_MIB = 128
const SNIFFED = 64

/**
 * Makes a picture of a wished size from what somebody sent: turned upright, without anything that was stored beside
 * the pixels, as JPEG, PNG or WebP. Of an animation the first frame stays. Nothing is enlarged. Throws `invalid`,
 * named after the form's `field`, for what is no picture, damaged, or too large; decoding happens in a process of its
 * own, which ends with it.
 */
export async function resizePicture(bytes: Uint8Array, wish: PictureWish, field = 'file'): Promise<Picture> {
  const format = sniffPicture(bytes.subarray(0, SNIFFED))
  if (!format) throw refusal(field, 'is not a JPEG, PNG, GIF, WebP, AVIF or HEIC picture')
  const task = { kind: 'shape', ...wish, format, mostPixels: mediaLimits.imagePixels } as const
  const { answer, rest } = await ask<Drawn>(task, field, bytes)
  return { bytes: rest, ...answer }
}

/** The same from a file into files: the whole picture (where one is wished) and a preview, with its blurhash. */
export async function copyPicture(
  task: Omit<CopiesTask, 'kind' | 'mostPixels'>,
  field = 'file',
): Promise<DrawnCopies> {
  const whole = { kind: 'copies', ...task, mostPixels: mediaLimits.imagePixels } as const
  return (await ask<DrawnCopies>(whole, field)).answer
}

async function ask<Answer extends ChildAnswer>(task: ChildTask, field: string, input?: Uint8Array) {
  const ended = await workInChild({ child: 'images-child', task, input, timeMs: TIME_MS, heapMib: HEAP_MIB })
  // Killed, out of memory or crashed in a decoder: either way it is the picture's doing.
  if (ended.code === null) throw refusal(field, FAULTS.heavy)
  const { answer, rest } = readAnswer(ended)
  if ('fault' in answer) throw refusal(field, FAULTS[answer.fault])
  return { answer: answer as Answer, rest }
}

function readAnswer({ output, complaint, code }: Ended): { answer: ChildAnswer; rest: Buffer } {
  const split = output.indexOf('\n')
  if (code !== 0 || split === -1) throw new Error(`The picture process failed (${code}): ${complaint}`)
  return {
    answer: JSON.parse(output.toString('utf8', 0, split)) as ChildAnswer,
    rest: output.subarray(split + 1),
  }
}

const FAULTS: Record<PictureFault, string> = {
  pixels: `has too many pixels (maximum is ${mediaLimits.imagePixels})`,
  damaged: 'is damaged or cut off',
  heavy: 'takes too much work to read',
}

function refusal(field: string, description: string): Refusal {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1).replaceAll('_', ' ')}`
  return invalid(`Validation failed: ${name} ${description}`, {
    [field]: [{ error: 'ERR_INVALID', description }],
  })
}
