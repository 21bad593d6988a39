import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { fromTelephone, gifBomb, heic, plain, pngBomb } from '../../test/pictures.ts'
import { resizePicture } from './images.ts'
import { sniffPicture } from './images-sniff.ts'

const square = { width: 400, height: 400, fit: 'cover' } as const
const refused = (pattern: RegExp) => (error: unknown) => {
  assert.match(String(error), pattern)
  assert.equal((error as { kind?: string }).kind, 'invalid')
  return true
}

describe('resizePicture', { concurrency: 2 }, () => {
  test('a large picture is cut to the wished shape', async () => {
    const made = await resizePicture(await plain(1200, 800).jpeg().toBuffer(), square)
    assert.deepEqual([made.mime, made.width, made.height], ['image/jpeg', 400, 400])
    assert.equal(sniffPicture(made.bytes), 'jpeg')
  })

  test('a small picture gets the shape at its own size', async () => {
    const made = await resizePicture(await plain(90, 60).png().toBuffer(), square)
    assert.deepEqual([made.mime, made.width, made.height], ['image/png', 60, 60])
  })

  test('what need not be cut keeps its proportions and is never enlarged', async () => {
    const source = await plain(90, 60).webp().toBuffer()
    const made = await resizePicture(source, { width: 300, height: 30, fit: 'inside' })
    assert.deepEqual([made.mime, made.width, made.height], ['image/webp', 45, 30])
  })

  test('of an animation the first frame stays', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) => plain(50, 50, colour).png().toBuffer()),
    )
    const made = await resizePicture(
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
      square,
    )
    assert.deepEqual([made.mime, made.width, made.height], ['image/png', 50, 50])
    const [red = 0, , blue = 0] = await sharp(made.bytes).removeAlpha().raw().toBuffer()
    assert.ok(red > 200 && blue < 50)
  })

  test('AVIF is read and becomes JPEG', async () => {
    const made = await resizePicture(await plain(64, 64).avif({ effort: 0 }).toBuffer(), square)
    assert.equal(made.mime, 'image/jpeg')
  })

  test('HEIC is read and becomes JPEG', async () => {
    const made = await resizePicture(heic(), square)
    assert.deepEqual([made.mime, made.width, made.height], ['image/jpeg', 32, 32])
    const raw = await sharp(made.bytes).raw().toBuffer()
    assert.ok((raw[0] ?? 0) > 200 && (raw[31 * 3 + 2] ?? 0) > 200, 'red is left, blue is right')
  })

  test('a picture from a telephone stands upright and tells no place (MED-04)', async () => {
    const source = await fromTelephone()
    assert.ok(source.includes('TelephoneMaker'))
    const made = await resizePicture(source, { width: 800, height: 800, fit: 'inside' })
    assert.deepEqual([made.width, made.height], [400, 600])
    assert.ok(!made.bytes.includes('TelephoneMaker') && !made.bytes.includes('Exif'))
    const { exif, xmp, iptc, orientation } = await sharp(made.bytes).metadata()
    assert.deepEqual([exif, xmp, iptc, orientation], [undefined, undefined, undefined, undefined])
    const raw = await sharp(made.bytes).raw().toBuffer()
    assert.ok((raw[0] ?? 0) > 200, 'red is on top')
    assert.ok((raw.at(-1) ?? 0) > 200, 'blue is below')
  })

  test('what hangs on a picture does not come along (MED-03)', async () => {
    const tail = '<script>alert(1)</script>'
    const source = Buffer.concat([await plain(80, 80).jpeg().toBuffer(), Buffer.from(tail)])
    const made = await resizePicture(source, square)
    assert.ok(!made.bytes.includes('script'))
  })

  test('drawings, documents and rare kinds are refused unseen (MED-01, MED-02, MED-06)', async () => {
    const strangers = [
      '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
      '<!doctype html><script>1</script>',
      '%!PS-Adobe-3.0 EPSF-3.0',
      'push graphic-context\nviewbox 0 0 640 480',
      '8BPS\0\x01',
      '\0\0\x01\0\x01\0',
      '\0\0\0\x0cjP  \r\n\x87\n',
      '',
    ].map((text) => Buffer.from(text, 'latin1'))
    for (const bytes of [...strangers, await plain(9, 9).tiff().toBuffer()]) {
      await assert.rejects(resizePicture(bytes, square, 'avatar'), refused(/Avatar is not a JPEG, PNG/))
    }
  })

  test('bombs are refused within two seconds (MED-05)', async () => {
    const bombs = [pngBomb(50_000), pngBomb(5_800), gifBomb()]
    for (const bomb of bombs) {
      const start = performance.now()
      await assert.rejects(resizePicture(bomb, square), refused(/too many pixels/))
      assert.ok(performance.now() - start < 2000)
    }
  })

  test('a picture that is cut off is refused, of whatever kind', async () => {
    const noise = sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        noise: { type: 'gaussian', mean: 120, sigma: 60 },
        background: '#000',
      },
    })
    for (const whole of [await noise.clone().jpeg().toBuffer(), await noise.clone().png().toBuffer()]) {
      await assert.rejects(
        resizePicture(whole.subarray(0, whole.length / 2), square),
        refused(/damaged or cut off/),
      )
    }
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0', 'latin1')
    await assert.rejects(resizePicture(heic, square), refused(/damaged or cut off/))
  })
})
