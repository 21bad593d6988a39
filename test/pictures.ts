import { constants, crc32, deflateRawSync } from 'node:zlib'
import sharp from 'sharp'

/** A picture of one colour, which every decoder can read. */
export function plain(width: number, height: number, colour = '#a04010') {
  return sharp({ create: { width, height, channels: 3, background: colour } })
}

/** A JPEG as a telephone makes it: lying on its side (left half red, right half blue as stored), with the place it was taken at. */
export async function fromTelephone(): Promise<Buffer> {
  const half = await plain(300, 400, '#0000ff').png().toBuffer()
  return plain(600, 400, '#ff0000')
    .composite([{ input: half, left: 300, top: 0 }])
    .withExif({
      IFD0: { Make: 'TelephoneMaker', Orientation: '6' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '7/1 0/1 0/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
}

/** A HEIC of 32 × 32 points as a telephone makes it: its left half red, its right half blue. */
export function heic(): Buffer {
  const text = [
    'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA',
    'AAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAACAAIAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHOAAEAAAAAAAAAMQACAAEA',
    'AAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAA',
    'AADVaXBycAAAALNpcGNvAAAAc2h2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAe',
    'ugJAIQABACdCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprmwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAA',
    'AEAAAABAAAAAFGlzcGUAAAAAAAAAIAAAACAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAa',
    'aXJlZgAAAAAAAAAOZGltZwACAAEAAQAAADltZGF0AAAALSgBrxmA94RuP/uED+2VfysluX+3jQMANoR0d0oWpkhXPw/rpMyk',
    '2g7iqJLKkw==',
  ]
  return Buffer.from(text.join(''), 'base64')
}

/** A whole and valid PNG of `side` × `side` black points that weighs next to nothing. */
export function pngBomb(side: number): Buffer {
  const size = side * (1 + Math.ceil(side / 8))
  // A flushed block of zeros may stand again and again: gigabytes without compressing any.
  const unit = 1024 * 1024
  const block = deflateRawSync(Buffer.alloc(unit), { finishFlush: constants.Z_FULL_FLUSH })
  const rest = deflateRawSync(Buffer.alloc(size % unit))
  const sum = Buffer.alloc(4)
  // Adler-32 of zeros.
  sum.writeUInt32BE((size % 65521) * 65536 + 1)
  const body = [Buffer.from([0x78, 0x01]), ...Array<Buffer>(Math.floor(size / unit)).fill(block), rest, sum]
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head[8] = 1
  const start = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    start,
    chunk('IHDR', head),
    chunk('IDAT', Buffer.concat(body)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A GIF that says it is 65,535 × 65,535 and holds one point. */
export function gifBomb(): Buffer {
  return Buffer.from('474946383961ffffffff800000000000ffffff2c00000000ffffffff0002024401003b', 'hex')
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type), data])
  const framed = Buffer.alloc(content.length + 8)
  framed.writeUInt32BE(data.length, 0)
  content.copy(framed, 4)
  framed.writeUInt32BE(crc32(content), content.length + 4)
  return framed
}
