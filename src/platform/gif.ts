import { FileWindow } from './files-window.ts'

/** What an animation is made of; `seconds` for one round. */
export type GifFacts = { width: number; height: number; frames: number; seconds: number }

/** Browsers show nothing shorter than this, in hundredths of a second. */
const SHORTEST = 2
const USUAL = 10
const TRAILER = 0x3b
const IMAGE = 0x2c
const EXTENSION = 0x21
const CONTROL = 0xf9
const APPLICATION = 0xff
/** Nobody watches more, and counting ends. */
const MOST_FRAMES = 100_000

/**
 * Reads a GIF without decoding it, and takes out in place whatever is not picture: comments, foreign extensions,
 * everything behind its end. Null when it is damaged or cut off.
 */
export function cleanGif(path: string): Promise<GifFacts | null> {
  return FileWindow.use(path, clean)
}

async function clean(window: FileWindow): Promise<GifFacts | null> {
  const head = await window.bytes(0, 13)
  if (head.length < 13) return null
  const facts: GifFacts = { width: head.readUInt16LE(6), height: head.readUInt16LE(8), frames: 0, seconds: 0 }
  let at = 13 + tableSize(head[10] ?? 0)
  while (facts.frames <= MOST_FRAMES) {
    const next = (await window.bytes(at, 1))[0]
    // Some programs forget the end.
    if (next === undefined) return facts.frames > 0 && at === window.size ? facts : null
    if (next === TRAILER) {
      await window.cut(at + 1)
      return facts
    }
    const end = next === IMAGE ? await passImage(window, at) : await passExtension(window, at, next, facts)
    if (end === null) return null
    if (next === IMAGE) facts.frames++
    at = end
  }
  return facts
}

function tableSize(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

async function passImage(window: FileWindow, at: number): Promise<number | null> {
  const head = await window.bytes(at, 10)
  if (head.length < 10) return null
  // Ten bytes of place and flags, the colours, one byte of code size.
  return passBlocks(window, at + 10 + tableSize(head[9] ?? 0) + 1, false)
}

async function passExtension(
  window: FileWindow,
  at: number,
  next: number,
  facts: GifFacts,
): Promise<number | null> {
  const head = Buffer.from(await window.bytes(at, 14))
  if (next !== EXTENSION || head.length < 3) return null
  if (head[1] === CONTROL && head[2] === 4 && head.length >= 6) {
    const delay = head.readUInt16LE(4)
    facts.seconds += (delay < SHORTEST ? USUAL : delay) / 100
    return passBlocks(window, at + 2, false)
  }
  const name = head.toString('latin1', 3, 14)
  const loops = head[1] === APPLICATION && (name === 'NETSCAPE2.0' || name === 'ANIMEXTS1.0')
  return passBlocks(window, at + 2, !loops)
}

/** Goes over a chain of blocks, emptying them where asked; null when the file ends within. */
async function passBlocks(window: FileWindow, from: number, empty: boolean): Promise<number | null> {
  let at = from
  for (;;) {
    const size = (await window.bytes(at, 1))[0]
    if (size === undefined) return null
    if (size === 0) return at + 1
    if (at + 1 + size > window.size) return null
    if (empty) await window.blank(at + 1, size)
    at += 1 + size
  }
}
