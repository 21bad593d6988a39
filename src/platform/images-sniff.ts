/** What a picture may be; anything else is refused unseen. */
export type PictureFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'heic'

const HEIC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'])

/** What kind of picture the bytes begin as, whatever they are called; null for everything that is not let in. */
export function sniffPicture(bytes: Uint8Array): PictureFormat | null {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif'
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp'
  return head.startsWith('ftyp', 4) ? sniffBrands(bytes, head) : null
}

// ISO/IEC 14496-12: the box's length, 'ftyp', the major brand, a version, then the compatible brands.
function sniffBrands(bytes: Uint8Array, head: string): PictureFormat | null {
  if (bytes.length < 16) return null
  const length = Math.min(Buffer.from(bytes.subarray(0, 4)).readUInt32BE(), head.length)
  const brands = [head.slice(8, 12)]
  for (let at = 16; at + 4 <= length; at += 4) brands.push(head.slice(at, at + 4))
  if (brands.includes('avif')) return 'avif'
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? 'heic' : null
}
