import { FileWindow } from './files-window.ts'

export type Mp4Facts = {
  width: number
  height: number
  /** Undefined for films in pieces, which do not say. */
  seconds: number | undefined
  /** Four-letter names of what the tracks are coded in. */
  videoCodecs: string[]
  soundCodecs: string[]
}

type Box = { type: string; start: number; body: number; end: number }

// ISO/IEC 14496-12. What is not listed is emptied: names, places, whole other files.
const TOP = new Set(['ftyp', 'moov', 'mdat', 'moof', 'mfra', 'sidx', 'styp', 'ssix', 'wide'])
const NESTED = new Set(['trak', 'mdia', 'minf', 'stbl'])
const EMPTIED = new Set(['udta', 'meta', 'uuid', 'free', 'skip', 'cprt', 'loci'])
const MOST_BOXES = 20_000
const SOUND = 'soun'
const VIDEO = 'vide'

/**
 * Reads the boxes of an MP4 without decoding anything, and empties in place those that tell of the maker, the place and
 * whatever else is not film. Null when it is damaged, cut off or no film.
 */
export function cleanMp4(path: string): Promise<Mp4Facts | null> {
  return FileWindow.use(path, clean)
}

type Walk = { window: FileWindow; facts: Mp4Facts; handler: string; boxes: number; seen: Set<string> }

async function clean(window: FileWindow): Promise<Mp4Facts | null> {
  const facts: Mp4Facts = { width: 0, height: 0, seconds: undefined, videoCodecs: [], soundCodecs: [] }
  const walk: Walk = { window, facts, handler: '', boxes: 0, seen: new Set() }
  let at = 0
  while (at < window.size) {
    const box = await boxAt(walk, at, window.size)
    if (!box) return null
    walk.seen.add(box.type)
    if (box.type === 'moov') {
      if (!(await walkInside(walk, box))) return null
    } else if (!TOP.has(box.type)) await empty(window, box)
    at = box.end
  }
  return walk.seen.has('moov') && (walk.seen.has('mdat') || walk.seen.has('moof')) ? facts : null
}

async function boxAt(walk: Walk, at: number, limit: number): Promise<Box | null> {
  if (++walk.boxes > MOST_BOXES) return null
  const head = await walk.window.bytes(at, 16)
  if (head.length < 8) return null
  const type = head.toString('latin1', 4, 8)
  const short = head.readUInt32BE(0)
  if (short === 1 && head.length < 16) return null
  const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? limit - at : short
  const body = at + (short === 1 ? 16 : 8)
  const end = at + size
  return Number.isSafeInteger(end) && end >= body && end <= limit ? { type, start: at, body, end } : null
}

async function walkInside(walk: Walk, outer: Box): Promise<boolean> {
  let at = outer.body
  while (at + 8 <= outer.end) {
    const box = await boxAt(walk, at, outer.end)
    if (!box) return false
    if (EMPTIED.has(box.type)) await empty(walk.window, box)
    else if (NESTED.has(box.type)) {
      if (!(await walkInside(walk, box))) return false
    } else await read(walk, box)
    at = box.end
  }
  return true
}

async function empty(window: FileWindow, box: Box): Promise<void> {
  await window.write(box.start + 4, Buffer.from('free'))
  await window.blank(box.body, box.end - box.body)
}

async function read(walk: Walk, box: Box): Promise<void> {
  const body = await walk.window.bytes(box.body, Math.min(96, box.end - box.body))
  const { facts } = walk
  const long = body[0] === 1
  if (box.type === 'mvhd' && body.length >= (long ? 32 : 20)) {
    const scale = body.readUInt32BE(long ? 20 : 12)
    const length = long ? Number(body.readBigUInt64BE(24)) : body.readUInt32BE(16)
    if (scale > 0 && length > 0 && length < 0xffff_ffff) facts.seconds = length / scale
  }
  if (box.type === 'tkhd' && body.length >= (long ? 96 : 84)) readSize(facts, body, long ? 52 : 40)
  if (box.type === 'hdlr' && body.length >= 12) walk.handler = body.toString('latin1', 8, 12)
  if (box.type === 'stsd' && body.length >= 16) {
    const codec = body.toString('latin1', 12, 16)
    if (walk.handler === VIDEO) facts.videoCodecs.push(codec)
    if (walk.handler === SOUND) facts.soundCodecs.push(codec)
  }
}

/** A matrix of nine numbers, then width and height in 65,536ths; a quarter turn exchanges the two. */
function readSize(facts: Mp4Facts, body: Buffer, matrix: number): void {
  const width = Math.round(body.readUInt32BE(matrix + 36) / 65_536)
  const height = Math.round(body.readUInt32BE(matrix + 40) / 65_536)
  if (width === 0 || height === 0) return
  const turned = body.readInt32BE(matrix) === 0 && body.readInt32BE(matrix + 4) !== 0
  Object.assign(facts, turned ? { width: height, height: width } : { width, height })
}
