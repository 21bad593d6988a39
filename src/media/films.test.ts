import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { sniffMedia } from '#platform/media-sniff.ts'
import { draw, ffmpegHere, movingGif, mp3, mp4, wav, webm } from '../../test/films.ts'
import { plain } from '../../test/pictures.ts'
import { type Answer, databases, world } from '../../test/world.ts'
import type { MediaAttachment } from './present-media.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-films-'))
after(() => rmSync(home, { recursive: true, force: true }))

function form(file: Buffer, more: Record<string, string | Buffer> = {}): FormData {
  const made = new FormData()
  made.set('file', new Blob([new Uint8Array(file)]), 'film')
  for (const [field, value] of Object.entries(more)) {
    if (typeof value === 'string') made.set(field, value)
    else made.set(field, new Blob([new Uint8Array(value)]), 'thumbnail.png')
  }
  return made
}
const shown = (answer: Answer) => answer.body as MediaAttachment
const errorOf = (answer: Answer) => (answer.body as { error: string }).error

async function place(name: string, settings: Record<string, string> = {}, database = databases[0]) {
  const data = join(home, name)
  const opened = await world({ database: database ?? 'sqlite', settings: { HYRAX_DATA: data, ...settings } })
  after(opened.close)
  const { app } = opened
  const bytesAt = async (url: string | null) => {
    const key = /media\/([\w-]{22})/.exec(url ?? '')?.[1] ?? ''
    const row = await app.db.selectFrom('blob').selectAll().where('key', '=', key).executeTakeFirstOrThrow()
    return readFileSync(app.blobs.pathOf(row.hash))
  }
  const kept = () =>
    readdirSync(data, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).length
  return { ...opened, bytesAt, kept }
}

describe('films and sounds without ffmpeg', async () => {
  const { as, anyone, bytesAt, kept, settle } = await place('plain')
  const alice = as('alice')
  const upload = async (bytes: Buffer, more: Record<string, string | Buffer> = {}) => {
    const answer = await alice.post('/api/v2/media', form(bytes, more))
    assert.equal(answer.status, 200, answer.text)
    return shown(answer)
  }

  test('MED-04 an MP4 is kept as it came but for its maker and place, and measured', async () => {
    const sent = mp4()
    const media = await upload(sent, { thumbnail: await plain(50, 30).png().toBuffer() })
    assert.equal(media.type, 'video')
    assert.match(media.url ?? '', /\.mp4$/)
    assert.deepEqual(media.meta?.original, {
      width: 640,
      height: 360,
      size: '640x360',
      aspect: 640 / 360,
      duration: 7,
    })
    assert.deepEqual([media.meta?.length, media.meta?.duration], ['0:00:07.00', 7])
    assert.equal(media.meta?.small?.size, '50x30')
    const bytes = await bytesAt(media.url)
    assert.equal(bytes.length, sent.length)
    assert.ok(!bytes.includes('+51.5') && !bytes.includes('TelephoneMaker') && bytes.includes('filmfilm'))
  })

  test('without sound it is a gifv, without picture a sound', async () => {
    assert.equal((await upload(mp4({ sound: false }))).type, 'gifv')
    assert.equal((await upload(mp4({ video: '' }))).type, 'audio')
    assert.equal((await upload(mp4({ video: '', brand: 'M4A ' }))).type, 'audio')
  })

  test('a WebM is measured', async () => {
    const media = await upload(webm())
    assert.deepEqual([media.type, media.meta?.original?.size, media.preview_url], ['gifv', '320x180', null])
  })

  test('a sound has its duration, and the cover it brought as preview', async () => {
    const song = await upload(await mp3())
    assert.equal(song.type, 'audio')
    assert.ok(Math.abs((song.meta?.duration ?? 0) - 2) < 0.1)
    assert.deepEqual([song.meta?.small?.size, song.preview_url?.endsWith('.png')], ['40x40', true])
    const silence = await upload(wav(3))
    assert.deepEqual([silence.meta?.duration, silence.preview_url, silence.url?.slice(-4)], [3, null, '.wav'])
  })

  test('MED-03 an animation stays one, with a still preview and nothing that is not picture', async () => {
    const media = await upload(await movingGif())
    assert.equal(media.type, 'image')
    assert.match(media.url ?? '', /\.gif$/)
    const bytes = await bytesAt(media.url)
    assert.equal((await sharp(bytes, { animated: true }).metadata()).pages, 2)
    assert.ok(!bytes.includes('TelephoneMaker') && !bytes.includes('script'))
    assert.equal((await sharp(await bytesAt(media.preview_url)).metadata()).pages, undefined)
  })

  test('a range of a film is served', async () => {
    const media = await upload(mp4({ seconds: 8 }))
    const answer = await anyone.get(new URL(media.url ?? '').pathname, { Range: 'bytes=4-7' })
    assert.deepEqual(
      [answer.status, answer.text, answer.headers.get('content-type')],
      [206, 'ftyp', 'video/mp4'],
    )
  })

  test('MED-05 MED-10 what is cut off, too long, too large or unplayable is refused and leaves nothing', async () => {
    await settle()
    const before = kept()
    const gif = await movingGif()
    const delay = gif.indexOf(Buffer.from('21f904', 'hex'))
    const long = Buffer.from(gif)
    for (let at = delay; at !== -1; at = long.indexOf(Buffer.from('21f904', 'hex'), at + 1)) {
      long.writeUInt16LE(65_000, at + 4)
    }
    // Ten hours: the same two pictures again and again.
    const body = long.subarray(delay, long.indexOf(Buffer.from('!\xfe', 'latin1')))
    const tenHours = Buffer.concat([
      long.subarray(0, delay),
      ...Array<Buffer>(28).fill(body),
      Buffer.from(';'),
    ])
    const bad: [Buffer, RegExp][] = [
      [mp4().subarray(0, 900), /damaged or cut off/],
      [mp4().subarray(0, 300), /damaged or cut off/],
      [mp4({ video: 'mp4v' }), /browsers do not play/],
      [mp4({ brand: 'qt  ' }), /send it as MP4/],
      [tenHours, /too long an animation/],
      [gif.subarray(0, 60), /damaged or cut off/],
      [await movingGif(1200), /too many pixels for an animation/],
      [Buffer.from('ID3\x03\0\0\0\0\0\x0anothing at all'), /damaged or cut off/],
      [Buffer.from('OggS and then something else'), /damaged or cut off/],
      [Buffer.concat([webm().subarray(0, 40)]), /damaged or cut off/],
    ]
    for (const [bytes, pattern] of bad) {
      const answer = await alice.post('/api/v2/media', form(bytes))
      assert.equal(answer.status, 422, String(pattern))
      assert.match(errorOf(answer), pattern)
    }
    await settle()
    assert.equal(kept(), before)
  })

  test('the instance announces what it takes', async () => {
    const announced = (await anyone.get('/api/v2/instance')).body as {
      configuration: { media_attachments: Record<string, unknown> & { supported_mime_types: string[] } }
    }
    const { supported_mime_types: types, ...limits } = announced.configuration.media_attachments
    assert.deepEqual(limits, {
      description_limit: 10_000,
      image_size_limit: 16_777_216,
      image_matrix_limit: 33_177_600,
      video_size_limit: 103_809_024,
      video_frame_rate_limit: 120,
      video_matrix_limit: 8_294_400,
    })
    assert.ok(
      types.includes('image/heic') && types.includes('video/mp4') && !types.includes('video/quicktime'),
    )
  })
})

describe('sniffMedia', () => {
  test('MED-06 only what is let in has a name', () => {
    const kindOf = (text: string) => sniffMedia(Buffer.from(text, 'latin1'))
    for (const stranger of [
      '#EXTM3U',
      'ffconcat version 1.0',
      'RIFFxxxxAVI LIST',
      '\x1aE\xdf\xa3matroska',
      '\0\0\0\x14ftypjp2 ',
      'FLV\x01',
      '\xff\xff\xff\xff',
      '',
    ]) {
      assert.equal(kindOf(stranger), null, stranger)
    }
    assert.deepEqual(kindOf('\xff\xf1\x50\x80'), { kind: 'sound', format: 'aac' })
    assert.deepEqual(kindOf('\xff\xfb\x90\x00'), { kind: 'sound', format: 'mp3' })
  })
})

const ffmpeg = ffmpegHere()
for (const database of databases) {
  describe(`films and sounds with ffmpeg on ${database}`, {
    skip: ffmpeg ? false : 'there is no ffmpeg here',
  }, async () => {
    if (!ffmpeg) return
    const { as, anyone, bytesAt, settle, kept } = await place(`ffmpeg-${database}`, ffmpeg, database)
    const alice = as('alice')
    const film = (name: string, line: string) => {
      const path = join(home, name)
      draw(ffmpeg.FFMPEG_BINARY, path, line)
      return readFileSync(path)
    }
    const picture = '-f lavfi -i testsrc=size=320x180:rate=25:duration=1'
    const sound = '-f lavfi -i sine=duration=1'

    test('a film is taken in at once, 206 while it is worked on, and then plays everywhere', async () => {
      const sent = film(
        'a.webm',
        `${picture} ${sound} -c:v libvpx -c:a libvorbis -metadata title=TelephoneMaker`,
      )
      const answer = await alice.post(
        '/api/v2/media',
        form(sent, { description: 'Stripes', focus: '0.5,0.5' }),
      )
      assert.deepEqual([answer.status, shown(answer).url, shown(answer).type], [202, null, 'video'])
      const path = `/api/v1/media/${shown(answer).id}`
      const waiting = await alice.get(path)
      assert.deepEqual([waiting.status, shown(waiting).url], [206, null])
      await settle()
      const ready = await alice.get(path)
      assert.equal(ready.status, 200, ready.text)
      const media = shown(ready)
      assert.deepEqual([media.type, media.description, media.meta?.fps], ['video', 'Stripes', 25])
      assert.deepEqual(
        [media.meta?.original?.size, media.meta?.original?.frame_rate, media.meta?.focus],
        ['320x180', '25/1', { x: 0.5, y: 0.5 }],
      )
      assert.match(media.blurhash ?? '', /^U/)
      assert.equal(media.meta?.small?.size, '320x180')
      const bytes = await bytesAt(media.url)
      assert.equal(sniffMedia(bytes)?.format, 'mp4')
      assert.ok(!bytes.includes('TelephoneMaker'))
      assert.equal((await anyone.get(new URL(media.preview_url ?? '').pathname)).status, 200)
    })

    test('who uses the older address waits; a film without sound and an animation become gifv', async () => {
      const silent = film('b.mp4', `${picture} -c:v libx264 -pix_fmt yuv420p`)
      const moved = await alice.post(
        '/api/v1/media',
        form(silent, { thumbnail: await plain(9, 9).png().toBuffer() }),
      )
      assert.deepEqual(
        [moved.status, shown(moved).type, shown(moved).meta?.small?.size],
        [200, 'gifv', '9x9'],
      )
      const gif = await alice.post('/api/v1/media', form(await movingGif()))
      assert.deepEqual([gif.status, shown(gif).type, shown(gif).url?.slice(-4)], [200, 'gifv', '.mp4'])
    })

    test('a sound becomes an MP3', async () => {
      const answer = await alice.post('/api/v1/media', form(film('c.flac', `${sound} -c:a flac`)))
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual([shown(answer).type, shown(answer).url?.slice(-4)], ['audio', '.mp3'])
      assert.ok(Math.abs((shown(answer).meta?.duration ?? 0) - 1) < 0.2)
    })

    test('MED-08 MED-10 what cannot be converted says so to its owner, and the queue goes on', async () => {
      await settle()
      const before = kept()
      const fast = film(
        'd.mp4',
        '-f lavfi -i color=size=64x64:rate=500:duration=1 -c:v libx264 -pix_fmt yuv420p',
      )
      const cut = film('e.webm', `${picture} -c:v libvpx`).subarray(0, 300)
      for (const [bytes, reason] of [
        [fast, /too many frames/],
        [cut, /damaged or cut off|too much work/],
        [mp4(), /damaged or cut off|too much work/],
      ] as const) {
        const answer = await alice.post('/api/v2/media', form(bytes))
        assert.equal(answer.status, 202)
        await settle()
        const failed = await alice.get(`/api/v1/media/${shown(answer).id}`)
        assert.equal(failed.status, 422)
        assert.match(errorOf(failed), reason)
        assert.equal((await alice.delete(`/api/v1/media/${shown(answer).id}`)).status, 200)
      }
      await settle()
      assert.equal(kept(), before)
      assert.equal((await alice.post('/api/v1/media', form(await plain(8, 8).png().toBuffer()))).status, 200)
    })
  })
}
