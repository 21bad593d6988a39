import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { plain } from './pictures.ts'
import { browser } from './push-service.ts'
import { tokenFor } from './streams.ts'
import type { World } from './world.ts'
import { databases, world } from './world.ts'

const FORM = 'application/x-www-form-urlencoded'
type Fields = [name: string, value: string][]
type Sent = { type?: string; body?: string | FormData }

/** The same fields as apps send them: in a form, in parts, behind the path. */
const ways: Record<string, (fields: Fields) => { query: string; sent: Sent }> = {
  'a form': (fields) => ({ query: '', sent: { type: FORM, body: new URLSearchParams(fields).toString() } }),
  parts: (fields) => {
    const body = new FormData()
    for (const [name, value] of fields) body.append(name, value)
    return { query: '', sent: { body } }
  },
  'the query': (fields) => ({ query: `?${new URLSearchParams(fields)}`, sent: {} }),
}

for (const database of databases) {
  describe(`fields as apps send them (${database})`, () => {
    let w: World
    let token: string
    before(async () => {
      w = await world({ database })
      token = await tokenFor(w, w.cast.bob, 'read write follow push')
    })
    after(() => w.close())

    async function send(method: string, path: string, { type, body }: Sent = {}) {
      const headers: Record<string, string> = { Host: 'here.example', Authorization: `Bearer ${token}` }
      if (type) headers['Content-Type'] = type
      const init = { method, headers, ...(body === undefined ? {} : { body }) }
      const answer = await w.site.request(`https://here.example${path}`, init)
      const text = await answer.text()
      assert.equal(answer.status, 200, `${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    }
    const upload = async () => {
      const body = new FormData()
      body.append('file', new Blob([new Uint8Array(await plain(8, 8).png().toBuffer())]), 'a.png')
      return (await send('POST', '/api/v2/media', { body })).id as string
    }
    const json = (value: unknown): Sent => ({ type: 'application/json', body: JSON.stringify(value) })

    for (const [name, way] of Object.entries(ways)) {
      const ask = (method: string, path: string, fields: Fields) => {
        const { query, sent } = way(fields)
        return send(method, path + query, sent)
      }

      test(`${name}: a post with files, and empty fields that mean nothing`, async () => {
        const files = [await upload(), await upload()]
        const fields: Fields = [
          ['status', ''],
          ...files.map((id): [string, string] => ['media_ids[]', id]),
          ['sensitive', 'on'],
          ['visibility', ''],
          ['language', ''],
          ['in_reply_to_id', ''],
          ['scheduled_at', ''],
          ['spoiler_text', ''],
        ]
        const made = await ask('POST', '/api/v1/statuses', fields)
        assert.deepEqual(
          made.media_attachments.map(({ id }: { id: string }) => id),
          files,
        )
        assert.deepEqual([made.sensitive, made.visibility, made.in_reply_to_id], [true, 'public', null])
      })

      test(`${name}: a poll`, async () => {
        const { poll } = await ask('POST', '/api/v1/statuses', [
          ['status', `What, by ${name}?`],
          ['poll[options][]', 'tea'],
          ['poll[options][]', 'mate'],
          ['poll[expires_in]', '600'],
          ['poll[multiple]', '1'],
          ['poll[hide_totals]', 'true'],
        ])
        const titles = poll.options.map(({ title }: { title: string }) => title)
        assert.deepEqual([titles, poll.multiple], [['tea', 'mate'], true])
      })

      test(`${name}: a profile with numbered fields and a source`, async () => {
        const changed = await ask('PATCH', '/api/v1/accounts/update_credentials', [
          ['display_name', 'Bob B.'],
          ['bot', 'false'],
          ['locked', '0'],
          ['fields_attributes[0][name]', 'Wall'],
          ['fields_attributes[0][value]', 'red'],
          ['fields_attributes[1][name]', 'Rust'],
          ['fields_attributes[1][value]', 'brown'],
          ['source[privacy]', 'unlisted'],
          ['source[sensitive]', 'true'],
          ['source[language]', 'de'],
        ])
        const names = changed.fields.map((field: { name: string }) => field.name)
        assert.deepEqual([names, changed.locked, changed.bot], [['Wall', 'Rust'], false, false])
        const { privacy, sensitive, language } = changed.source
        assert.deepEqual([privacy, sensitive, language], ['unlisted', true, 'de'])
        const plainAgain: Fields = [
          ['source[privacy]', 'public'],
          ['source[sensitive]', 'false'],
        ]
        await ask('PATCH', '/api/v1/accounts/update_credentials', plainAgain)
      })

      test(`${name}: a filter with rows, lists of people, and where a device is told`, async () => {
        const filter = await ask('POST', '/api/v2/filters', [
          ['title', name],
          ['context[]', 'home'],
          ['context[]', 'public'],
          ['filter_action', 'hide'],
          ['expires_in', ''],
          ['keywords_attributes[][keyword]', 'one'],
          ['keywords_attributes[][whole_word]', 'true'],
          ['keywords_attributes[][keyword]', 'two'],
          ['keywords_attributes[][whole_word]', 'false'],
        ])
        const words = filter.keywords.map((row: { keyword: string; whole_word: boolean }) => [
          row.keyword,
          row.whole_word,
        ])
        assert.deepEqual(words, [
          ['one', true],
          ['two', false],
        ])
        assert.deepEqual([filter.context, filter.expires_at], [['home', 'public'], null])
        const list = await ask('POST', '/api/v1/lists', [
          ['title', name],
          ['replies_policy', 'none'],
          ['exclusive', 'true'],
        ])
        const alice = String(w.cast.alice.id)
        await ask('POST', `/api/v1/lists/${list.id}/accounts`, [['account_ids[]', alice]])
        assert.equal((await send('GET', `/api/v1/lists/${list.id}/accounts`))[0].id, alice)
        await ask('DELETE', `/api/v1/lists/${list.id}/accounts`, [['account_ids[]', alice]])
        assert.deepEqual(await send('GET', `/api/v1/lists/${list.id}/accounts`), [])
        const { keys } = browser()
        const told = await ask('POST', '/api/v1/push/subscription', [
          ['subscription[endpoint]', 'https://push.example/1'],
          ['subscription[keys][p256dh]', keys.p256dh],
          ['subscription[keys][auth]', keys.auth],
          ['data[policy]', 'followed'],
          ['data[alerts][mention]', 'true'],
          ['data[alerts][follow]', '0'],
        ])
        assert.deepEqual([told.alerts.mention, told.alerts.follow, told.policy], [true, false, 'followed'])
      })
    }

    test('JSON: the same fields as values, numbers as ids, nulls that mean nothing', async () => {
      const file = await upload()
      const made = await send(
        'POST',
        '/api/v1/statuses',
        json({
          status: null,
          media_ids: [Number(file)],
          sensitive: true,
          in_reply_to_id: null,
          scheduled_at: null,
          poll: null,
          language: null,
        }),
      )
      assert.equal(made.media_attachments[0].id, file)
      const fields = { 0: { name: 'Wall', value: 'red' }, 1: { name: '', value: '' } }
      const changed = await send(
        'PATCH',
        '/api/v1/accounts/update_credentials',
        json({ fields_attributes: fields }),
      )
      assert.deepEqual(
        changed.fields.map((field: { name: string }) => field.name),
        ['Wall'],
      )
    })

    test('one id where many may be asked for, and names with and without brackets', async () => {
      const { alice, carol } = w.cast
      for (const query of [`id=${alice.id}`, `id[]=${alice.id}`, `id[0]=${alice.id}`])
        assert.equal((await send('GET', `/api/v1/accounts/relationships?${query}`))[0].id, String(alice.id))
      const both = await send('GET', `/api/v1/accounts/relationships?id[]=${alice.id}&id[]=${carol.id}`)
      assert.equal(both.length, 2)
      assert.deepEqual(
        await send('GET', '/api/v1/notifications?types[]=mention&exclude_types[]=follow&limit='),
        [],
      )
    })

    test('a HEAD is answered as a GET, without its body', async () => {
      const headers = { Host: 'here.example', Authorization: `Bearer ${token}` }
      for (const path of ['/api/v1/timelines/home', '/api/v2/instance', '/.well-known/nodeinfo']) {
        const answer = await w.site.request(`https://here.example${path}`, { method: 'HEAD', headers })
        assert.deepEqual([answer.status, await answer.text()], [200, ''], path)
        assert.match(answer.headers.get('content-type') ?? '', /json/)
      }
    })
  })
}
