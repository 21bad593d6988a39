import type { PictureFormat } from './images-sniff.ts'

// What the server and the child that draws say to each other.

/** `cover` fills the shape and cuts off what stands out; `inside` keeps everything. */
export type PictureWish = { width: number; height: number; fit: 'cover' | 'inside' }

/** One picture of that shape from the bytes on stdin. */
export type ShapeTask = PictureWish & { kind: 'shape'; format: PictureFormat; mostPixels: number }

/** A picture and its preview, of no more points than these, from a file into files. */
export type CopiesTask = {
  kind: 'copies'
  format: PictureFormat
  mostPixels: number
  input: string
  /** Left out where only a preview is wanted. */
  original?: { path: string; pixels: number }
  preview: { path: string; pixels: number }
}

export type ChildTask = ShapeTask | CopiesTask

/** A picture that was made. */
export type Drawn = { mime: string; width: number; height: number }
export type DrawnCopies = { original: Drawn | null; preview: Drawn; blurhash: string; frames: number }

export type PictureFault = 'pixels' | 'damaged' | 'heavy'
export type ChildAnswer = Drawn | DrawnCopies | { fault: PictureFault }
