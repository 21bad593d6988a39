import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { client, INSIDE, stage } from '../../test/http-stage.ts'
import { plain } from '../../test/pictures.ts'
import { world } from '../../test/world.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-guard-'))
after(() => rmSync(home, { recursive: true, force: true }))

describe('the media proxy and what it asks', async () => {
  const outside = await stage((request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' })
    if (request.url !== '/endless.png') return void response.end('<svg/>')
    const more = () => {
      while (response.write(Buffer.alloc(64 * 1024))) if (response.destroyed) return
      response.once('drain', more)
    }
    more()
  })
  const inside = await stage((_, response) => void response.end('secret'), INSIDE)
  const w = await world({
    http: client(),
    settings: { HYRAX_DATA: join(home, 'data'), RATE_LIMITS: 'on' },
  })
  after(w.close)
  const look = async (avatar_url: string) => {
    w.clock.advance(1000)
    const { dan } = w.cast
    await w.app.inTransaction((tx) =>
      tx.db
        .updateTable('account')
        .set({ avatar_url, updated_at: w.app.now() })
        .where('id', '=', dan.id)
        .execute(),
    )
    const { avatar } = (await w.anyone.get(`/api/v1/accounts/${dan.id}`)).body as { avatar: string }
    return w.anyone.get(new URL(avatar).pathname)
  }

  test('SSRF-01 SSRF-15 an avatar inside our own network is never asked for, and looks like any that is missing', async () => {
    const answers = [
      await look(`http://${INSIDE}:${inside.port}/a.png`),
      await look('http://10.0.0.9/a.png'),
      await look('http://localhost/a.png'),
      await look(`http://pictures.example:${outside.port}/drawing.png`),
    ]
    for (const answer of answers) {
      assert.deepEqual(
        [answer.status, answer.headers.get('location')],
        [302, '/avatars/original/missing.png'],
      )
    }
    assert.equal(inside.seen.length, 0)
  })

  test('MED-21 an endless avatar is cut off, and nothing of it stays', async () => {
    const answer = await look(`http://pictures.example:${outside.port}/endless.png`)
    assert.equal(answer.status, 302)
    const left = readdirSync(join(home, 'data'), { recursive: true, withFileTypes: true })
    assert.deepEqual(
      left.filter((each) => each.isFile()),
      [],
    )
  })

  test('MED-20 the thirty-first upload in half an hour is refused', async () => {
    const picture = await plain(4, 4).png().toBuffer()
    const statuses: number[] = []
    for (let n = 0; n < 31; n++) {
      const form = new FormData()
      // What is no picture counts as well, and costs the test less.
      form.set('file', new Blob([n === 0 ? new Uint8Array(picture) : 'words']), 'a.png')
      statuses.push((await w.as('bob').post('/api/v2/media', form)).status)
    }
    assert.deepEqual([statuses[0], statuses[29], statuses[30]], [200, 422, 429])
  })
})
