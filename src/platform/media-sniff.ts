import type { PictureFormat } from './images-sniff.ts'
import { sniffPicture } from './images-sniff.ts'

export type FilmFormat = 'mp4' | 'quicktime' | 'webm' | 'ogv'
export type SoundFormat = 'mp3' | 'm4a' | 'ogg' | 'flac' | 'wav' | 'aac'
export type Sniffed =
  | { kind: 'picture'; format: PictureFormat }
  | { kind: 'film'; format: FilmFormat }
  | { kind: 'sound'; format: SoundFormat }

/** What films and sounds are served as. */
export const SERVED: Readonly<Record<FilmFormat | SoundFormat, string>> = {
  mp4: 'video/mp4',
  quicktime: 'video/quicktime',
  webm: 'video/webm',
  ogv: 'video/ogg',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  wav: 'audio/wav',
  aac: 'audio/aac',
}

const FILM_BRAND = /^(?:isom|iso[2-9]|mp4[12v]|avc1|av01|M4V[ HP]|dash|MSNV|mmp4|cmfc|f4v |3g[2gp].)$/

/** What the bytes begin as, whatever they are called; null for everything that is not let in. */
export function sniffMedia(head: Uint8Array): Sniffed | null {
  const format = sniffPicture(head)
  if (format) return { kind: 'picture', format }
  const text = Buffer.from(head.subarray(0, 256)).toString('latin1')
  const film = sniffFilm(text)
  if (film) return { kind: 'film', format: film }
  const sound = sniffSound(head, text)
  return sound && { kind: 'sound', format: sound }
}

function sniffFilm(text: string): FilmFormat | null {
  if (text.startsWith('\x1aE\xdf\xa3')) return text.includes('webm') ? 'webm' : null
  if (text.startsWith('OggS') && text.includes('\x80theora')) return 'ogv'
  if (!text.startsWith('ftyp', 4)) return null
  const brand = text.slice(8, 12)
  if (brand === 'qt  ') return 'quicktime'
  return FILM_BRAND.test(brand) ? 'mp4' : null
}

function sniffSound(head: Uint8Array, text: string): SoundFormat | null {
  if (text.startsWith('OggS')) return 'ogg'
  if (text.startsWith('fLaC')) return 'flac'
  if (text.startsWith('RIFF') && text.startsWith('WAVE', 8)) return 'wav'
  if (text.startsWith('ftypM4A ', 4) || text.startsWith('ftypM4B ', 4)) return 'm4a'
  if (text.startsWith('ID3')) return 'mp3'
  const [first = 0, second = 0, third = 0] = head
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null
  // The layer bits: none is ADTS, 01 is layer three; bit rate 1111 is no sound at all.
  if ((second & 0xf6) === 0xf0) return 'aac'
  return (second & 0x06) === 0x02 && third >> 4 !== 0xf ? 'mp3' : null
}
