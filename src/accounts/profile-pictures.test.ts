import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { plain, pngBomb } from '../../test/pictures.ts'
import type { Answer } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-pictures-'))
after(() => rmSync(home, { recursive: true, force: true }))

type Shown = { avatar: string; header: string; avatar_description: string; header_description: string }
const shown = (answer: Answer) => answer.body as Shown

function form(fields: Record<string, string | Buffer>): FormData {
  const made = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') made.set(name, value)
    else made.set(name, new Blob([new Uint8Array(value)], { type: 'image/png' }), '../../picture.png')
  }
  return made
}

const CREDENTIALS = '/api/v1/accounts/update_credentials'

for (const database of databases) {
  describe(`profile pictures on ${database}`, async () => {
    const directory = join(home, database)
    const here = await world({ database, settings: { HYRAX_DATA: directory } })
    const { app, site, as, clock, settle } = here
    after(here.close)
    const patch = async (fields: Record<string, string | Buffer>) => {
      clock.advance(1000)
      return as('bob').patch(CREDENTIALS, form(fields))
    }
    const fetched = async (url: string) => site.request(url, { headers: { Host: 'here.example' } })
    const sizeOf = async (url: string) => {
      const { width, height } = await sharp(Buffer.from(await (await fetched(url)).arrayBuffer())).metadata()
      return [width, height]
    }
    const filesKept = () =>
      readdirSync(join(directory, 'media'), { recursive: true, withFileTypes: true }).filter((each) =>
        each.isFile(),
      ).length

    test('an avatar and a header are cut to shape and shown at an address with a random key', async () => {
      const answer = await patch({
        avatar: await plain(900, 600).jpeg().toBuffer(),
        header: await plain(3000, 2000).png().toBuffer(),
        avatar_description: ' A bee ',
        header_description: 'A hill',
      })
      assert.equal(answer.status, 200, answer.text)
      const { avatar, header, avatar_description, header_description } = shown(answer)
      assert.match(avatar, /^https:\/\/here\.example\/media\/[\w-]{22}\.jpg$/)
      assert.match(header, /^https:\/\/here\.example\/media\/[\w-]{22}\.png$/)
      assert.deepEqual([avatar_description, header_description], ['A bee', 'A hill'])
      assert.deepEqual(await sizeOf(avatar), [400, 400])
      assert.deepEqual(await sizeOf(header), [1500, 500])
      const seen = await here.anyone.get('/api/v1/accounts/lookup?acct=bob')
      assert.equal(shown(seen).avatar, avatar)
      const told = await app.db.selectFrom('job').select('payload').execute()
      assert.ok(told.length > 0, 'the change is announced')
    })

    test('a new avatar takes the place of the old one, whose address and bytes go', async () => {
      const before = shown(await as('bob').get('/api/v1/accounts/verify_credentials'))
      const kept = filesKept()
      const { avatar, header } = shown(
        await patch({ avatar: await plain(50, 50, '#00ff00').png().toBuffer() }),
      )
      assert.notEqual(avatar, before.avatar)
      assert.equal(header, before.header)
      await settle()
      assert.equal((await fetched(before.avatar)).status, 404)
      assert.equal((await fetched(avatar)).status, 200)
      assert.equal(filesKept(), kept)
    })

    test('a picture comes as text from clients that speak JSON alone, and is looked at all the same', async () => {
      const text = (bytes: Buffer, mime = 'image/png') => `data:${mime};base64,${bytes.toString('base64')}`
      const send = (fields: Record<string, string>) => as('bob').patch(CREDENTIALS, fields)
      const before = shown(await as('bob').get('/api/v1/accounts/verify_credentials'))
      clock.advance(1000)
      const { avatar } = shown(await send({ avatar: text(await plain(50, 50, '#0000ff').png().toBuffer()) }))
      assert.notEqual(avatar, before.avatar)
      assert.deepEqual(await sizeOf(avatar), [50, 50])
      const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
      for (const wrong of [
        text(drawing),
        text(drawing, 'image/svg+xml'),
        'data:image/png;base64,',
        'data:,x',
        'x',
      ])
        assert.equal((await send({ avatar: wrong })).status, 422, wrong)
      assert.equal(shown(await as('bob').get('/api/v1/accounts/verify_credentials')).avatar, avatar)
      await settle()
    })

    test('what is no usable picture is refused with 422 and changes nothing (MED-01, MED-02, MED-05)', async () => {
      const before = shown(await as('bob').get('/api/v1/accounts/verify_credentials'))
      const kept = filesKept()
      const refused: Record<string, Buffer> = {
        'is not a JPEG': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        'too many pixels': pngBomb(50_000),
        'is too large': Buffer.concat([await plain(9, 9).png().toBuffer(), Buffer.alloc(8 * 1024 * 1024)]),
      }
      for (const [sentence, avatar] of Object.entries(refused)) {
        const answer = await patch({ avatar, display_name: 'Mixed' })
        assert.equal(answer.status, 422, sentence)
        const { error, details } = answer.body as { error: string; details: Record<string, unknown> }
        assert.ok(error.startsWith('Validation failed: Avatar ') && error.includes(sentence), error)
        assert.deepEqual(Object.keys(details), ['avatar'])
      }
      const longWords = await patch({ header_description: 'x'.repeat(151) })
      assert.equal(longWords.status, 422)
      assert.equal((await patch({ avatar: 'https://example.com/a.png' })).status, 422)
      assert.deepEqual(shown(await as('bob').get('/api/v1/accounts/verify_credentials')), before)
      assert.equal(filesKept(), kept)
    })

    test('equal pictures of two people are deleted separately (MED-19)', async () => {
      const same = await plain(30, 30, '#123456').png().toBuffer()
      const first = shown(await patch({ avatar: same })).avatar
      const second = shown(await as('alice').patch(CREDENTIALS, form({ avatar: same }))).avatar
      clock.advance(1000)
      await as('alice').delete('/api/v1/profile/avatar')
      await settle()
      assert.equal((await fetched(second)).status, 404)
      assert.equal((await fetched(first)).status, 200)
    })

    test('deleting shows the picture that stands in and forgets the description', async () => {
      await patch({ avatar_description: 'Gone soon' })
      clock.advance(1000)
      const avatarless = await as('bob').delete('/api/v1/profile/avatar')
      assert.equal(avatarless.status, 200)
      assert.equal(shown(avatarless).avatar, 'https://here.example/avatars/original/missing.png')
      assert.equal(shown(avatarless).avatar_description, '')
      clock.advance(1000)
      const bare = await as('bob').delete('/api/v1/profile/header')
      assert.equal(shown(bare).header, 'https://here.example/headers/original/missing.png')
      await settle()
      assert.equal(filesKept(), 0)
      assert.deepEqual(await sizeOf(shown(bare).avatar), [400, 400])
    })
  })
}
