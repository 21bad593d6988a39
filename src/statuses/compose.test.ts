import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Name } from '../../test/cast.ts'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'

for (const database of databases) {
  describe(`what a member types (${database})`, () => {
    let w: World
    let network: Network
    const received: string[] = []
    before(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
      network.host('elsewhere.example', async ({ body }) => {
        received.push(body.toString())
        return { status: 202, headers: {}, body: Buffer.alloc(0) }
      })
    })
    after(() => w.close())

    const send = (who: Name, fields: Record<string, unknown>, headers = {}) =>
      w.as(who).post('/api/v1/statuses', fields, headers)
    const post = async (who: Name, fields: Record<string, unknown>) => {
      const answer = await send(who, fields)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }

    const mentionCases: [string, string[]][] = [
      ['@alice', ['alice']],
      ['hello @alice, good', ['alice']],
      ['@Alice', ['alice']],
      ['@ALICE@here.example', ['alice']],
      ['@alice@HERE.EXAMPLE', ['alice']],
      ['@dan@elsewhere.example', ['dan@elsewhere.example']],
      ['@Dan@Elsewhere.Example', ['dan@elsewhere.example']],
      ['@dan@elsewhere.example.', ['dan@elsewhere.example']],
      ['@dan@elsewhere.example...', ['dan@elsewhere.example']],
      ['@dan@elsewhere.example, @alice', ['alice', 'dan@elsewhere.example']],
      ['@dan@elsewhere.example:443', ['dan@elsewhere.example']],
      ['@dan@elsewhere.example/', ['dan@elsewhere.example']],
      ['@dan@elsewhere.example!', ['dan@elsewhere.example']],
      ['(@dan@elsewhere.example)', ['dan@elsewhere.example']],
      ['"@alice"', ['alice']],
      ['[@alice]', ['alice']],
      ['{@alice}', ['alice']],
      ['«@alice»', ['alice']],
      ['「@alice」', ['alice']],
      ['.@alice', ['alice']],
      [',@alice', ['alice']],
      [':@alice', ['alice']],
      ['-@alice', ['alice']],
      ['*@alice*', ['alice']],
      ['#@alice', ['alice']],
      ['🎉@alice', ['alice']],
      ['@alice🎉', ['alice']],
      ['@alice.', ['alice']],
      ['@alice-', ['alice']],
      ['@alice?!', ['alice']],
      ['@alice\n@carol', ['alice', 'carol']],
      ['@alice@alice', []],
      ['@@alice', ['alice']],
      ['@alice @alice @alice', ['alice']],
      ['@alice/@carol', ['alice']],
      ['@carol@here.example @carol', ['carol']],
      ['@aliceさん', ['alice']],
      ['mail alice@here.example', []],
      ['alice@here.example', []],
      ['x@alice', []],
      ['é@alice', []],
      ['日本@alice', []],
      ['1@alice', []],
      ['_@alice', []],
      ['/@alice', []],
      ['=@alice', []],
      ['https://x.example/@alice', []],
      ['https://x.example/?to=@alice', []],
      ['https://alice@here.example/', []],
      ['@', []],
      ['@ alice', []],
      ['@@', []],
      ['@nobody', []],
      ['@nobody@here.example', []],
      ['@aliceé', []],
      ['@alice_', []],
      ['@alic', []],
      ['@alicealice', []],
      ['＠alice', []],
      ['@\u0430lice', []],
      ['@al\u200bice', []],
      ['@alice\u200b', ['alice']],
    ]

    test('UNI-07 mentions are those that Mastodon finds', async () => {
      const found: [string, string[]][] = []
      for (const [status] of mentionCases) {
        const { mentions } = await post('bob', { status, visibility: 'unlisted' })
        found.push([status, mentions.map(({ acct }) => acct).sort()])
      }
      assert.deepEqual(found, mentionCases)
    })

    test('UNI-06 a tag is one on both databases, however it is written', async () => {
      const tags = [
        ['Äpfel', 'ÄPFEL', 'a\u0308pfel', 'äpfel'],
        ['Ελλάδα', 'ΕΛΛΆΔΑ', 'ελλάδα'],
        ['ПРИВЕТ', 'привет'],
        ['Ñandú', 'ñandú', 'ÑANDÚ'],
      ]
      for (const spellings of tags) {
        const ids: string[] = []
        for (const name of spellings) ids.push((await post('bob', { status: `#${name}` })).id)
        for (const name of spellings) {
          const path = `/api/v1/timelines/tag/${encodeURIComponent(name)}`
          const shown = (await w.as('bob').get(path)).body as Status[]
          assert.deepEqual(shown.map(({ id }) => id).sort(), [...ids].sort(), name)
        }
      }
    })

    test('defaults and odd values are read as clients mean them', async () => {
      const cases: [Record<string, unknown>, Partial<Status>][] = [
        [{ status: 'a' }, { visibility: 'public', sensitive: false, language: 'en', spoiler_text: '' }],
        [{ status: 'a', language: 'de' }, { language: 'de' }],
        [{ status: 'a', language: 'zh-cn' }, { language: 'zh-CN' }],
        [{ status: 'a', language: 'xx' }, { language: 'en' }],
        [{ status: 'a', language: 'not a code' }, { language: 'en' }],
        [{ status: 'a', language: '' }, { language: 'en' }],
        [
          { status: 'a', spoiler_text: 'cw' },
          { sensitive: true, spoiler_text: 'cw' },
        ],
        [{ spoiler_text: 'only a warning' }, { content: '<p>.</p>', sensitive: true }],
        [{ status: 'a', sensitive: 'true' }, { sensitive: true }],
        [{ status: 'a', visibility: '' }, { visibility: 'public' }],
        [{ status: 'a', in_reply_to_id: '' }, { in_reply_to_id: null }],
        [{ status: '*a*', content_type: 'text/markdown' }, { content: '<p><em>a</em></p>' }],
        [{ status: 'a', local_only: '1' }, { local_only: true }],
      ]
      for (const [fields, expected] of cases) {
        const shown = await post('bob', fields)
        for (const [name, value] of Object.entries(expected))
          assert.deepEqual(shown[name as keyof Status], value, `${JSON.stringify(fields)} ${name}`)
      }
    })

    test('what is no post is refused with the reason', async () => {
      const cases: [Record<string, unknown>, number][] = [
        [{}, 422],
        [{ status: ' \n ' }, 422],
        [{ status: 'x'.repeat(501) }, 422],
        [{ status: 'x'.repeat(490), spoiler_text: 'y'.repeat(11) }, 422],
        [{ status: 'a', visibility: 'secret' }, 422],
        [{ status: 'a', content_type: 'text/html' }, 422],
        [{ status: 'a', in_reply_to_id: '123' }, 404],
        [{ status: 'a', in_reply_to_id: 'x' }, 404],
      ]
      for (const [fields, status] of cases) {
        const answer = await send('bob', fields)
        assert.equal(answer.status, status, `${JSON.stringify(fields).slice(0, 60)} ${answer.text}`)
      }
      assert.equal((await send('bob', { status: `https://e.example/${'x'.repeat(900)}` })).status, 200)
    })

    test('a post that would reach others than those meant is refused with their accounts', async () => {
      const { alice, carol } = w.cast
      const answer = await send('bob', { status: '@alice @carol hi', allowed_mentions: [String(alice.id)] })
      assert.equal(answer.status, 422)
      const { error, unexpected_accounts } = answer.body as {
        error: string
        unexpected_accounts: { id: string }[]
      }
      assert.equal(error, 'Post would be sent to unexpected accounts')
      assert.deepEqual(
        unexpected_accounts.map((each) => each.id),
        [String(carol.id)],
      )
      assert.equal((await send('bob', { status: '@alice hi', allowed_mentions: [] })).status, 422)
      await post('bob', { status: '@alice hi', allowed_mentions: [String(alice.id), String(carol.id)] })
    })

    test('two requests with one Idempotency-Key at once make one post', async () => {
      const twice = () => send('bob', { status: 'once' }, { 'Idempotency-Key': 'both' })
      const answers = await Promise.all([twice(), twice(), twice()])
      assert.deepEqual(
        answers.map((each) => each.status),
        [200, 200, 200],
      )
      assert.equal(new Set(answers.map((each) => (each.body as Status).id)).size, 1)
      const other = await send('alice', { status: 'mine' }, { 'Idempotency-Key': 'both' })
      assert.notEqual((other.body as Status).id, (answers[0]?.body as Status | undefined)?.id)
    })

    test('a local-only post, its answers, boost, edit and end never leave the server, and members alone see it', async () => {
      await w.settle()
      received.length = 0
      const shown = await post('alice', {
        status: 'just us here @dan@elsewhere.example #here',
        local_only: true,
      })
      const reply = await post('bob', { status: '@dan@elsewhere.example indeed', in_reply_to_id: shown.id })
      assert.equal(reply.local_only, true)
      const path = `/api/v1/statuses/${shown.id}`
      assert.equal((await w.as('bob').post(`${path}/reblog`)).status, 200)
      assert.equal((await w.as('bob').post(`${path}/favourite`)).status, 200)
      await w.as('alice').put(path, { status: 'just us @dan@elsewhere.example' })
      await w.settle()
      assert.equal((await w.as('carol').get(path)).status, 200)
      assert.equal((await w.anyone.get(path)).status, 404)
      for (const list of ['/api/v1/timelines/public', `/api/v1/accounts/${w.cast.alice.id}/statuses`]) {
        const ids = ((await w.anyone.get(list)).body as Status[]).map((each) => each.id)
        assert.equal(ids.includes(shown.id), false, list)
      }
      const accept = { Accept: 'application/activity+json' }
      assert.equal((await w.anyone.get(new URL(shown.uri).pathname, accept)).status, 404)
      assert.equal((await w.anyone.get(`${new URL(shown.uri).pathname}/activity`, accept)).status, 404)
      const outbox = await w.anyone.get(`/ap/users/${w.cast.alice.id}/outbox?page=true`, accept)
      assert.equal(outbox.text.includes(shown.uri), false)
      await w.as('bob').post(`${path}/unreblog`)
      await w.as('alice').delete(path)
      await w.settle()
      assert.deepEqual(received, [])
    })

    test('a boost takes the audience it was given, or the usual one, and is refused where none may be', async () => {
      const open = await post('alice', { status: 'open' })
      const boost = async (who: Name, id: string, fields = {}) =>
        w.as(who).post(`/api/v1/statuses/${id}/reblog`, fields)
      const shown = (await boost('bob', open.id, { visibility: 'unlisted' })).body as Status
      assert.deepEqual([shown.visibility, shown.reblog?.id], ['unlisted', open.id])
      assert.equal(((await boost('bob', open.id)).body as Status).id, shown.id)
      // carol is locked: what she does not say is for her followers.
      assert.equal(((await boost('carol', open.id)).body as Status).visibility, 'private')
      const own = await post('bob', { status: 'for followers', visibility: 'private' })
      assert.equal(
        ((await boost('bob', own.id, { visibility: 'public' })).body as Status).visibility,
        'private',
      )
      const direct = await post('bob', { status: '@alice psst', visibility: 'direct' })
      assert.equal((await boost('bob', direct.id)).status, 422)
      assert.equal((await boost('alice', direct.id)).status, 422)
      assert.equal((await boost('carol', direct.id)).status, 404)
      const back = (await w.as('bob').post(`/api/v1/statuses/${open.id}/unreblog`)).body as Status
      assert.deepEqual([back.id, back.reblogged], [open.id, false])
    })

    test('up to twenty posts are read at once, those that may not be seen left out', async () => {
      const open = await post('alice', { status: 'open' })
      const closed = await post('alice', { status: 'closed', visibility: 'private' })
      const ask = (ids: string[]) =>
        w.as('carol').get(`/api/v1/statuses?${ids.map((id) => `id[]=${id}`).join('&')}`)
      assert.deepEqual(
        ((await ask([closed.id, open.id, open.id, '7', 'x'])).body as Status[]).map((each) => each.id),
        [open.id],
      )
      assert.equal((await ask(Array.from({ length: 21 }, (_, at) => String(at)))).status, 422)
      assert.deepEqual((await w.as('carol').get('/api/v1/statuses')).body, [])
    })
  })
}
