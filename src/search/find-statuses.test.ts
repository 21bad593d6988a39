import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, START, world } from '../../test/world.ts'
import { indexTodo } from './index-todo.ts'

const DAY = 86_400_000

for (const database of databases) {
  describe(`finding statuses (${database})`, () => {
    let w: World
    const ids: Record<string, string> = {}
    const post = async (who: Name, status: string, more: Record<string, unknown> = {}) => {
      w.clock.advance(1000)
      const { body } = await w.as(who).post('/api/v1/statuses', { status, visibility: 'public', ...more })
      return (body as Status).id
    }
    const index = async () => {
      await indexTodo(w.app)
      await w.settle()
    }
    const agree = (who: Name, indexable = true) =>
      w.as(who).patch('/api/v1/accounts/update_credentials', { indexable })
    const find = async (who: Name, q: string, more = '') => {
      const path = `/api/v2/search?type=statuses&q=${encodeURIComponent(q)}${more}`
      const { status, body } = await w.as(who).get(path)
      assert.equal(status, 200, q)
      const found = (body as { statuses: Status[] }).statuses.map((each) => each.id)
      return found.map((id) => Object.keys(ids).find((name) => ids[name] === id) ?? id)
    }

    before(async () => {
      w = await world({ database })
      await agree('alice')
      ids.moss = await post(
        'alice',
        'Moss likes the quiet RAIN, don’t you think? https://stones.example/path',
      )
      ids.reply = await post('alice', 'Rain again, and rain is loud', {
        in_reply_to_id: ids.moss,
        language: 'de',
      })
      ids.tokyo = await post('alice', '東京都の猫カフェへ行きました #猫 #Cats')
      ids.thai = await post('alice', 'ฉันชอบแมวสีดำ', { language: 'th' })
      ids.cafe = await post('alice', 'Café crème naïve', { sensitive: true, spoiler_text: 'Breakfast' })
      ids.secret = await post('alice', 'moss for followers', { visibility: 'private' })
      ids.shy = await post('bob', 'Bob never agreed to moss')
      ids.letter = await post('bob', '@carol a private word on moss', { visibility: 'direct' })
      await index()
    })
    after(() => w.close())

    test('all words must be there, in any case and without their accents, newest first', async () => {
      assert.deepEqual(await find('carol', 'rain'), ['reply', 'moss'])
      assert.deepEqual(await find('carol', 'rain MOSS'), ['moss'])
      assert.deepEqual(await find('carol', 'cafe creme'), ['cafe'])
      assert.deepEqual(await find('carol', 'breakfast'), ['cafe'])
      assert.deepEqual(await find('carol', 'stones.example'), ['moss'])
      assert.deepEqual(await find('carol', "don't"), ['moss'])
      assert.deepEqual(await find('carol', 'mos'), [])
    })

    test('a phrase stands together, and a minus leaves out', async () => {
      assert.deepEqual(await find('carol', '"quiet rain"'), ['moss'])
      assert.deepEqual(await find('carol', '"rain quiet"'), [])
      assert.deepEqual(await find('carol', 'rain -quiet'), ['reply'])
      assert.deepEqual(await find('carol', 'rain -"quiet rain"'), ['reply'])
      assert.deepEqual(await find('carol', '-is:reply rain'), ['moss'])
    })

    test('scripts without spaces are found by two letters, ideographs by one', async () => {
      assert.deepEqual(await find('carol', '東京'), ['tokyo'])
      assert.deepEqual(await find('carol', '猫'), ['tokyo'])
      assert.deepEqual(await find('carol', '猫カフェ 東京都'), ['tokyo'])
      assert.deepEqual(await find('carol', '京東'), [])
      assert.deepEqual(await find('carol', 'แมว'), ['thai'])
      assert.deepEqual(await find('carol', '#猫'), ['tokyo'])
      assert.deepEqual(await find('carol', '#cats'), ['tokyo'])
      assert.deepEqual(await find('carol', '#rain'), [])
    })

    test('operators narrow by author, property, language, day and place', async () => {
      const today = new Date(START).toISOString().slice(0, 10)
      const yesterday = new Date(START - DAY).toISOString().slice(0, 10)
      const cases: [Name, string, string[]][] = [
        ['carol', 'from:alice moss', ['moss']],
        ['carol', 'from:@alice@here.example moss', ['moss']],
        ['carol', 'from:@nobody moss', []],
        ['carol', 'rain -from:alice', []],
        ['bob', 'from:me moss', ['letter', 'shy']],
        ['carol', 'has:link', ['moss']],
        ['carol', 'rain -has:link', ['reply']],
        ['carol', 'is:reply', ['reply']],
        ['carol', 'is:sensitive', ['cafe']],
        ['carol', 'language:th', ['thai']],
        ['carol', 'rain language:de', ['reply']],
        ['carol', 'rain -language:de', ['moss']],
        ['carol', `moss during:${today}`, ['letter', 'moss']],
        ['carol', `moss before:${today}`, []],
        ['carol', `moss after:${yesterday}`, ['letter', 'moss']],
        ['carol', `moss after:${today}`, []],
        ['carol', `moss -after:${today}`, ['letter', 'moss']],
        ['carol', `moss -during:${today}`, []],
        ['carol', 'moss in:library', ['letter']],
        ['carol', 'moss in:public', ['moss']],
        ['carol', 'moss in:all', ['letter', 'moss']],
        ['carol', 'moss before:not-a-day', []],
        ['carol', 'moss is:nonsense', []],
      ]
      for (const [who, q, wanted] of cases) assert.deepEqual(await find(who, q), wanted, q)
    })

    test('account_id, max_id, min_id, limit and offset cut the page', async () => {
      assert.deepEqual(await find('carol', 'rain', `&account_id=${w.cast.bob.id}`), [])
      assert.deepEqual(await find('carol', 'rain', '&account_id=none'), [])
      assert.deepEqual(await find('carol', 'rain', `&account_id=${w.cast.alice.id}`), ['reply', 'moss'])
      assert.deepEqual(await find('carol', 'rain', `&max_id=${ids.reply}`), ['moss'])
      assert.deepEqual(await find('carol', 'rain', `&min_id=${ids.moss}`), ['reply'])
      assert.deepEqual(await find('carol', 'rain', '&limit=1'), ['reply'])
      assert.deepEqual(await find('carol', 'rain', '&limit=1&offset=1'), ['moss'])
    })

    test('PRIV-07 a private status is found by those it is for, and who marked it, as long as they may see it', async () => {
      assert.deepEqual(await find('carol', '"private word"'), ['letter'])
      assert.deepEqual(await find('bob', '"private word"'), ['letter'])
      assert.deepEqual(await find('mallory', '"private word"'), [])
      assert.deepEqual(await find('alice', 'followers'), ['secret'])
      assert.deepEqual(await find('bob', 'followers'), [])
      await w.as('bob').post(`/api/v1/statuses/${ids.secret}/bookmark`)
      await index()
      assert.deepEqual(await find('bob', 'followers'), ['secret'])
      assert.deepEqual(await find('bob', 'followers in:library'), ['secret'])
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/unfollow`)
      assert.deepEqual(await find('bob', 'followers'), [])
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
      await w.settle()
      await w.as('bob').post(`/api/v1/statuses/${ids.secret}/unbookmark`)
      assert.deepEqual(await find('bob', 'followers'), [])
    })

    test('who did not agree is found by nobody but those who marked it; agreeing and withdrawing count for what was written before', async () => {
      assert.deepEqual(await find('carol', 'never'), [])
      assert.deepEqual(await find('bob', 'never'), ['shy'])
      await w.as('carol').post(`/api/v1/statuses/${ids.shy}/favourite`)
      await index()
      assert.deepEqual(await find('carol', 'never'), ['shy'])
      await w.as('carol').post(`/api/v1/statuses/${ids.shy}/unfavourite`)
      assert.deepEqual(await find('carol', 'never'), [])
      await agree('bob')
      await index()
      assert.deepEqual(await find('carol', 'never'), ['shy'])
      await agree('bob', false)
      assert.deepEqual(await find('carol', 'never'), [], 'at once')
      await index()
      const left = await w.app.db.selectFrom('search_author').selectAll().execute()
      assert.ok(!left.some((row) => row.account_id === w.cast.bob.id))
    })

    test('blocks, mutes, limits and suspensions count at once', async () => {
      assert.deepEqual(await find('mallory', 'rain'), [], 'the author blocked them')
      await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/mute`)
      assert.deepEqual(await find('carol', 'rain'), [])
      await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/unmute`)
      const set = (change: { silenced_at?: number | null; suspended_at?: number | null }) =>
        w.app.inTransaction(async (tx) => {
          await tx.db.updateTable('account').set(change).where('id', '=', w.cast.alice.id).execute()
        })
      await set({ silenced_at: 1 })
      assert.deepEqual(await find('carol', 'rain'), [])
      assert.deepEqual(await find('bob', 'rain'), ['reply', 'moss'], 'a follower')
      await set({ silenced_at: null, suspended_at: 1 })
      assert.deepEqual(await find('bob', 'rain'), [])
      await set({ suspended_at: null })
    })

    test('an edit is found by its new words', async () => {
      await w.as('alice').put(`/api/v1/statuses/${ids.cafe}`, { status: 'Now it is about pebbles' })
      await index()
      assert.deepEqual(await find('carol', 'pebbles'), ['cafe'])
      assert.deepEqual(await find('carol', 'creme'), [])
    })

    test('PRIV-25 a deleted status is gone from the results and from the index at once', async () => {
      const id = await post('alice', 'soon gone pterodactyl')
      await index()
      assert.equal((await find('carol', 'pterodactyl')).length, 1)
      await w.as('alice').delete(`/api/v1/statuses/${id}`)
      assert.deepEqual(await find('carol', 'pterodactyl'), [])
      const { rows } = await w.app.dialect.fullText.ids('search_status', Number(id) - 1, 1).execute(w.app.db)
      assert.ok(!rows.some((row) => row.id === Number(id)))
    })

    test('no text is wrong syntax', async () => {
      const hostile = [
        '"',
        '""',
        '"""""',
        '-',
        '--',
        '-"',
        "'",
        "' or 1=1 --",
        '\\',
        "\\'",
        '(',
        ')',
        '((((',
        'a AND',
        'NOT',
        'OR OR',
        'NEAR(a b)',
        'a*',
        '*',
        '^a',
        'words:a',
        '{words}:a',
        '& | !',
        '<->',
        ':*',
        "'a':*",
        'from:',
        'from:@',
        'from:@@@',
        'has:',
        'before:',
        'in:',
        'before:9999-99-99',
        'during:0000',
        '__proto__:x',
        'constructor:x',
        '_p',
        '_u1',
        '#',
        '##',
        '#_',
        '\u0000',
        'a\u0000b',
        '\ud800',
        'x '.repeat(400),
        '"a b c d" '.repeat(60),
        'x'.repeat(900),
        '猫'.repeat(400),
        '-a -b -c',
        '🦔',
        '%',
        '_',
        '%_%',
        '\u202e\u200d',
      ]
      for (const q of hostile) {
        const { status } = await w.as('carol').get(`/api/v2/search?q=${encodeURIComponent(q.toWellFormed())}`)
        // A control character is refused at the door, whatever is asked.
        assert.equal(status, q.includes('\u0000') ? 400 : 200, q)
      }
      assert.deepEqual(await find('carol', '_p'), [], 'marks are not words')
    })

    test('without a token nothing is found by words, and neither resolve nor offset is allowed', async () => {
      const { body } = await w.anyone.get('/api/v2/search?q=rain')
      assert.deepEqual((body as { statuses: Status[] }).statuses, [])
      for (const more of ['resolve=true', 'offset=1'])
        assert.equal((await w.anyone.get(`/api/v2/search?q=rain&${more}`)).status, 401)
    })
  })
}
