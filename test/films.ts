import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import sharp from 'sharp'
import { plain } from './pictures.ts'

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const zeros = (count: number) => Buffer.alloc(count)
const box = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([int32(body.length + 8), Buffer.from(type, 'latin1'), body])
}

function track(handler: string, codec: string, width: number, height: number): Buffer {
  const matrix = Buffer.concat([int32(65_536), zeros(12), int32(65_536), zeros(12), int32(0x40000000)])
  const tkhd = box('tkhd', zeros(40), matrix, int32(width * 65_536), int32(height * 65_536))
  const hdlr = box('hdlr', zeros(8), Buffer.from(handler), zeros(13))
  const stsd = box('stsd', zeros(4), int32(1), box(codec, zeros(70)))
  return box('trak', tkhd, box('mdia', hdlr, box('minf', box('stbl', stsd))))
}

/** An MP4 in form only: boxes as a telephone writes them, with the place it was taken at, and nothing to decode. */
export function mp4({ seconds = 7, sound = true, video = 'avc1', brand = 'isom' } = {}): Buffer {
  const mvhd = box('mvhd', zeros(12), int32(1000), int32(seconds * 1000), zeros(80))
  const place = box('udta', box('\xa9xyz', Buffer.from('+51.5000+007.0000/')))
  const tracks = [
    ...(video ? [track('vide', video, 640, 360)] : []),
    ...(sound ? [track('soun', 'mp4a', 0, 0)] : []),
  ]
  return Buffer.concat([
    box('ftyp', Buffer.from(brand), zeros(4), Buffer.from('isommp42')),
    box('moov', mvhd, ...tracks, place),
    box('uuid', Buffer.from('<x:xmpmeta>TelephoneMaker</x:xmpmeta>')),
    box('mdat', Buffer.alloc(5000, 'film')),
  ])
}

const element = (id: string, body: Buffer) =>
  Buffer.concat([
    Buffer.from(id, 'hex'),
    Buffer.from([0x10 | (body.length >> 24), body.length >> 16, body.length >> 8, body.length]),
    body,
  ])

/** A WebM in form only: headers of one picture track and nothing to decode. */
export function webm(): Buffer {
  const double = Buffer.alloc(8)
  double.writeDoubleBE(4000)
  const text = (value: string) => Buffer.from(value)
  const header = element(
    '1a45dfa3',
    Buffer.concat([element('4282', text('webm')), element('4287', Buffer.from([2]))]),
  )
  const info = element(
    '1549a966',
    Buffer.concat([element('2ad7b1', Buffer.from([0x0f, 0x42, 0x40])), element('4489', double)]),
  )
  const size = element(
    'e0',
    Buffer.concat([element('b0', Buffer.from([1, 64])), element('ba', Buffer.from([180]))]),
  )
  const entry = element(
    'ae',
    Buffer.concat([
      element('d7', Buffer.from([1])),
      element('83', Buffer.from([1])),
      element('86', text('V_VP8')),
      size,
    ]),
  )
  return Buffer.concat([header, element('18538067', Buffer.concat([info, element('1654ae6b', entry)]))])
}

/** A WAV of so many seconds of silence. */
export function wav(seconds: number): Buffer {
  const head = Buffer.alloc(44)
  const size = seconds * 8000
  head.write('RIFF')
  head.writeUInt32LE(36 + size, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(size, 40)
  return Buffer.concat([head, Buffer.alloc(size, 128)])
}

/** An MP3 of two seconds of silence with a cover of 40 × 40 points. */
export async function mp3(): Promise<Buffer> {
  const cover = await plain(40, 40).png().toBuffer()
  const picture = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), cover])
  const frame = Buffer.concat([Buffer.from('APIC'), int32(picture.length), zeros(2), picture])
  const size = Buffer.from([21, 14, 7, 0].map((shift) => (frame.length >> shift) & 0x7f))
  const sound = Buffer.concat([Buffer.from('fffb9000', 'hex'), zeros(413)])
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), size, frame, ...Array<Buffer>(77).fill(sound)])
}

/** A GIF that moves, with words in it that are not picture. */
export async function movingGif(side = 24): Promise<Buffer> {
  const frames = await Promise.all(
    ['#ff0000', '#0000ff'].map((colour) => plain(side, side, colour).png().toBuffer()),
  )
  const made = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [500, 500] })
    .toBuffer()
  const words = Buffer.from('!\xfe\x0eTelephoneMaker\0', 'latin1')
  return Buffer.concat([made.subarray(0, -1), words, Buffer.from(';<script>')])
}

/** Settings that name the ffmpeg of this machine; undefined where there is none. */
export function ffmpegHere(): { FFMPEG_BINARY: string; FFPROBE_BINARY: string } | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  const [ffmpeg, ffprobe] = [find('ffmpeg'), find('ffprobe')]
  return ffmpeg && ffprobe ? { FFMPEG_BINARY: ffmpeg, FFPROBE_BINARY: ffprobe } : undefined
}

/** A film drawn by ffmpeg into a file. */
export function draw(ffmpeg: string, path: string, line: string): void {
  execFileSync(ffmpeg, ['-v', 'error', '-y', ...line.split(' '), path])
}
