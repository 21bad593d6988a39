type Decoded = { width: number; height: number; data: Uint8ClampedArray }

/** Decodes the first picture of a HEIC file, upright; throws for more than `mostPixels` before it decodes them. */
export async function decodeHeic(input: Buffer, mostPixels: number): Promise<Decoded> {
  // A decoder of a megabyte, loaded only where such a picture came.
  const { default: decode } = await import('heic-decode')
  const images = await decode.all({ buffer: input })
  try {
    const [first] = images
    if (!first) throw new Error('no picture in it')
    if (first.width * first.height > mostPixels) throw new Error('Input image exceeds pixel limit')
    return await first.decode()
  } finally {
    images.dispose()
  }
}
