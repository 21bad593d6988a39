import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { savePreferences, userByAccount } from '#auth/users.ts'
import type { Status } from '#statuses/entities.ts'
import type { StreamingWorld } from '../../test/streams.ts'
import { listening, wordsOf } from '../../test/streams.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const STREAM = '/api/v1/streaming'

for (const database of databases) {
  describe(`streams (${database})`, () => {
    let w: World
    let s: StreamingWorld
    before(async () => {
      w = await world({ database })
      s = await listening(w)
    })
    after(async () => {
      await s.close()
      await w.close()
    })

    const post = async (who: 'alice' | 'bob' | 'carol' | 'mallory', status: string, more = {}) => {
      w.clock.advance(1000)
      const answer = await w.as(who).post('/api/v1/statuses', { status, visibility: 'public', ...more })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const open = async (who: 'alice' | 'bob' | 'carol' | 'mallory', query: string, scopes?: string) =>
      s.socket(`${STREAM}?${query}`, { token: await s.tokenOf(w.cast[who], scopes) })

    test('a home hears own posts and those of followed accounts, and a public stream what all may see', async () => {
      const home = await open('bob', 'stream=user')
      const all = await open('mallory', 'stream=public')
      await post('carol', 'a stranger')
      const mine = await post('bob', 'mine')
      const update = await home.next()
      assert.deepEqual([update.event, update.stream], ['update', ['user']])
      assert.equal((JSON.parse(update.payload ?? '') as Status).id, mine.id)
      assert.equal((JSON.parse(update.payload ?? '') as Status).favourited, false)
      assert.equal(wordsOf(await all.next()), 'a stranger')
      const second = await all.next()
      assert.equal(wordsOf(second), 'mine')
      assert.equal('favourited' in JSON.parse(second.payload ?? ''), false)
      await w.as('bob').put(`/api/v1/statuses/${mine.id}`, { status: 'mine, mended' })
      assert.deepEqual((await home.next()).event, 'status.update')
      assert.deepEqual((await all.next()).event, 'status.update')
      await w.as('bob').delete(`/api/v1/statuses/${mine.id}`)
      for (const stream of [home, all]) {
        const gone = await stream.next()
        assert.deepEqual([gone.event, gone.payload], ['delete', mine.id])
        stream.close()
      }
    })

    test('a public stream brings the languages its reader chose', async () => {
      const reader = await userByAccount(w.app, w.cast.mallory.id)
      assert.ok(reader)
      await savePreferences(w.app, reader, { chosen_languages: ['de'] })
      const chosen = await open('mallory', 'stream=public')
      await post('carol', 'good day', { language: 'en' })
      await post('carol', 'guten Tag', { language: 'de' })
      assert.equal(wordsOf(await chosen.next()), 'guten Tag')
      chosen.close()
      await savePreferences(w.app, reader, { chosen_languages: [] })
    })

    test('PRIV-09 private and direct posts reach only the homes of those who may read them, never a public stream', async () => {
      const [home, stranger, all, tagged] = [
        await open('bob', 'stream=user'),
        await open('carol', 'stream=user'),
        await open('carol', 'stream=public'),
        await open('carol', 'stream=hashtag&tag=Secret'),
      ]
      const quiet = await post('alice', 'for followers #secret', { visibility: 'private' })
      await post('alice', '@bob for you #secret', { visibility: 'direct' })
      await post('alice', '@carol not for bob #secret', { visibility: 'direct' })
      await post('alice', 'unlisted #secret', { visibility: 'unlisted' })
      await w.as('alice').delete(`/api/v1/statuses/${quiet.id}`)
      await post('alice', 'for all #secret')
      await post('carol', 'my own')
      const heard: string[] = []
      for (let n = 0; n < 4; n++) heard.push(wordsOf(await nextUpdate(home)))
      assert.deepEqual(heard, [
        'for followers #secret',
        '@bob for you #secret',
        'unlisted #secret',
        'for all #secret',
      ])
      assert.equal(wordsOf(await all.next()), 'for all #secret')
      const one = await tagged.next()
      assert.deepEqual([wordsOf(one), one.stream], ['for all #secret', ['hashtag', 'Secret']])
      assert.equal(wordsOf(await nextUpdate(stranger)), 'my own')
      for (const stream of [home, stranger, all, tagged]) stream.close()
    })

    test('BLK-09 BLK-01 nobody hears whom they block or mute, or who blocks them, nor talk that mentions them', async () => {
      const [blocked, muting] = [await open('mallory', 'stream=public'), await open('bob', 'stream=public')]
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/mute`)
      await post('alice', 'not for mallory')
      await post('carol', 'muted by bob')
      await post('alice', '@carol hello')
      await post('mallory', 'the last')
      assert.equal(wordsOf(await blocked.next()), 'muted by bob')
      assert.equal(wordsOf(await muting.next()), 'not for mallory')
      assert.equal(wordsOf(await muting.next()), 'the last')
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/unmute`)
      for (const stream of [blocked, muting]) stream.close()
    })

    test('UNI-03 public streams divide by place, media and hashtag; answers to others are in hashtags only', async () => {
      const token = await s.tokenOf(w.cast.mallory)
      const socket = await s.socket('/', { token })
      for (const stream of ['public:local', 'public:remote', 'public:media', 'public:local', 'nonsense'])
        socket.say({ type: 'subscribe', stream })
      socket.say({ type: 'subscribe', stream: 'hashtag:local', tag: 'ＣＡＴＳ' })
      socket.say({ type: 'subscribe', stream: 'hashtag' })
      assert.deepEqual(await socket.next(), { error: 'Unknown stream type', status: 400 })
      assert.deepEqual(await socket.next(), { error: 'Missing tag name parameter', status: 400 })
      const first = await post('carol', 'one #cats')
      await post('bob', '@carol no #cats', { in_reply_to_id: first.id })
      const seen = [await socket.next(), await socket.next(), await socket.next()]
      assert.deepEqual(
        seen.map((each) => [each.stream, wordsOf(each)]),
        [
          [['public:local'], 'one #cats'],
          [['hashtag:local', 'ＣＡＴＳ'], 'one #cats'],
          [['hashtag:local', 'ＣＡＴＳ'], '@carol no #cats'],
        ],
      )
      socket.say({ type: 'unsubscribe', stream: 'public:local' })
      socket.say({ type: 'unsubscribe', stream: 'hashtag:local', tag: 'cats' })
      socket.say({ type: 'dance' })
      socket.say({ type: 'subscribe', stream: 'public' })
      socket.say({ type: 'subscribe' })
      assert.equal((await socket.next()).error, 'Unknown stream type')
      await post('carol', 'two #cats')
      assert.deepEqual((await socket.next()).stream, ['public'])
      socket.close()
    })

    test('AZ-09 a list hears its members, answers as its owner chose, and opens for its owner alone', async () => {
      await s.settle()
      const [own, direct] = [await open('bob', 'stream=direct'), w.as('bob')]
      const made = (await direct.post('/api/v1/lists', { title: 'friends' })).body as { id: string }
      await direct.post(`/api/v1/lists/${made.id}/accounts`, { account_ids: [w.cast.alice.id] })
      const list = await open('bob', `stream=list&list=${made.id}`)
      const stranger = await open('carol', `stream=list&list=${made.id}`)
      assert.deepEqual(await stranger.next(), { error: 'List not found', status: 404 })
      assert.equal((await w.as('carol').get(`${STREAM}/list?list=${made.id}`)).status, 404)
      const other = await post('carol', 'not on the list')
      await post('alice', '@carol an answer', { in_reply_to_id: other.id })
      await post('bob', 'mine')
      const listed = await post('alice', 'on the list')
      const frame = await list.next()
      assert.deepEqual([frame.stream, wordsOf(frame)], [['list', made.id], 'on the list'])
      await w.as('alice').delete(`/api/v1/statuses/${listed.id}`)
      assert.deepEqual((await list.next()).payload, listed.id)
      const secret = await post('alice', '@bob psst', { visibility: 'direct' })
      await s.settle()
      const talk = await own.next()
      assert.equal(talk.event, 'conversation')
      assert.equal(JSON.parse(talk.payload ?? '').last_status.id, secret.id)
      const next = await post('alice', 'on the list again')
      await s.settle()
      assert.equal(JSON.parse((await list.next()).payload ?? '').id, next.id)
      for (const stream of [own, list, stranger]) stream.close()
    })

    test('a boost and an edit reach homes with what each did to the post before', async () => {
      const liked = await post('carol', 'worth it')
      await w.as('bob').post(`/api/v1/statuses/${liked.id}/favourite`)
      const home = await open('bob', 'stream=user')
      const boost = (await w.as('alice').post(`/api/v1/statuses/${liked.id}/reblog`)).body as Status
      const update = JSON.parse((await nextUpdate(home)).payload ?? '') as Status
      assert.deepEqual([update.id, update.favourited, update.reblog?.favourited], [boost.id, true, true])
      await w.as('alice').post(`/api/v1/statuses/${liked.id}/unreblog`)
      assert.equal((await home.next()).payload, boost.id)
      home.close()
    })

    test('a notification comes as itself, to tokens that may read notifications, whether or not home is heard', async () => {
      const [user, only, blind] = [
        await open('alice', 'stream=user'),
        await open('alice', 'stream=user:notification', 'read:notifications'),
        await open('alice', 'stream=user', 'read:statuses'),
      ]
      const liked = await post('alice', 'like this')
      await w.as('bob').post(`/api/v1/statuses/${liked.id}/favourite`)
      await s.settle()
      await post('alice', 'the last')
      assert.equal((await user.next()).event, 'update')
      for (const stream of [user, only]) {
        const frame = await stream.next()
        assert.equal(frame.event, 'notification')
        const told = JSON.parse(frame.payload ?? '') as { type: string; account: { username: string } }
        assert.deepEqual([told.type, told.account.username], ['favourite', 'bob'])
      }
      assert.deepEqual([(await blind.next()).event, wordsOf(await blind.next())], ['update', 'the last'])
      for (const stream of [user, only, blind]) stream.close()
    })
  })
}

async function nextUpdate(stream: { next(): Promise<{ event?: string; payload?: string }> }) {
  for (;;) {
    const frame = await stream.next()
    if (frame.event === 'update') return frame
  }
}
