import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import type { Tag } from '#hashtags/present-tag.ts'
import type { Status } from '#statuses/entities.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { buildOnce, checkIndex, rebuild } from './index-jobs.ts'
import { indexTodo } from './index-todo.ts'

type Found = { accounts: Account[]; statuses: Status[]; hashtags: Tag[] }

for (const database of databases) {
  describe(`search (${database})`, () => {
    let w: World
    let post: Status
    const index = async () => {
      await indexTodo(w.app)
      await w.settle()
    }
    const ask = async (q: string, more = '', who = w.as('bob')) => {
      const { status, body } = await who.get(`/api/v2/search?q=${encodeURIComponent(q)}${more}`)
      assert.equal(status, 200, q)
      return body as Found
    }
    const people = async (q: string, more = '') =>
      (await ask(q, `&type=accounts${more}`)).accounts.map((each) => each.acct)

    before(async () => {
      w = await world({ database })
      const say = { display_name: 'Alice of Ødegård', note: 'Geologist and baker', discoverable: true }
      await w.as('alice').patch('/api/v1/accounts/update_credentials', say)
      await w.as('carol').patch('/api/v1/accounts/update_credentials', {
        display_name: '山田花子 Alicette',
        note: 'Geologist, unseen',
        discoverable: false,
      })
      const status = 'Words #Mosses #Moss'
      post = (await w.as('alice').post('/api/v1/statuses', { status })).body as Status
      await rebuild(w.app)
      await w.settle()
      await index()
    })
    after(() => w.close())

    test('accounts are found by the beginning of handle and name, the followed and the exact first', async () => {
      assert.deepEqual(await people('ali'), ['alice', 'carol'])
      assert.deepEqual(await people('Alice'), ['alice', 'carol'])
      assert.deepEqual(await people('@alice@here.example'), ['alice'])
      assert.deepEqual(await people('odegard'), [], 'ø is a letter of its own')
      assert.deepEqual(await people('Ødegard'), ['alice'], 'å is an a with a ring')
      assert.deepEqual(await people('花子'), ['carol'])
      assert.deepEqual(await people('山'), ['carol'])
      assert.deepEqual(await people('dan'), ['dan@elsewhere.example'])
      assert.deepEqual(await people('dan@else'), ['dan@elsewhere.example'])
      assert.deepEqual(await people('ali', '&following=true'), ['alice'])
      assert.deepEqual(await people('ali', '&limit=1&offset=1'), ['carol'])
      assert.deepEqual(await people('nobody'), [])
    })

    test('a bio is searched for those who want to be discovered', async () => {
      assert.deepEqual(await people('geologist'), ['alice'])
      assert.deepEqual(await people('baker geologist'), ['alice'])
    })

    test('limited accounts are found by their handle and by their followers only, suspended ones by nobody', async () => {
      const set = (change: { silenced_at?: number | null; suspended_at?: number | null }) =>
        w.app.inTransaction(async (tx) => {
          await tx.db.updateTable('account').set(change).where('id', '=', w.cast.carol.id).execute()
        })
      await set({ silenced_at: 1 })
      assert.deepEqual(await people('carolina'), [])
      assert.deepEqual(await people('alicette'), [])
      assert.deepEqual(await people('carol'), ['carol'])
      await set({ silenced_at: null, suspended_at: 1 })
      assert.deepEqual(await people('carol'), [])
      await set({ suspended_at: null })
    })

    test('addresses of ours lead to what they show in all their forms, without a request', async () => {
      const id = post.id
      const forms = [
        post.uri,
        post.url as string,
        `https://here.example/@alice@here.example/${id}`,
        `https://here.example/web/statuses/${id}`,
        `https://here.example/web/@alice/${id}`,
        `https://here.example/deck/@alice/${id}`,
        `https://here.example/users/alice/statuses/${id}`,
      ]
      for (const form of forms)
        for (const who of [w.as('bob'), w.anyone])
          assert.equal((await ask(form, '', who)).statuses[0]?.id, id, form)
      for (const form of [
        '@alice',
        'users/alice',
        'web/@alice',
        '@alice@here.example',
        `web/accounts/${w.cast.alice.id}`,
      ]) {
        const found = await ask(`https://here.example/${form}`)
        assert.deepEqual(
          found.accounts.map((each) => each.acct),
          ['alice'],
          form,
        )
      }
      assert.equal((await ask('https://here.example/tags/moss')).hashtags[0]?.name, 'Moss')
      assert.equal((await ask('https://elsewhere.example/@dan')).accounts[0]?.acct, 'dan@elsewhere.example')
      for (const q of ['https://here.example/%E0%A4%A', 'https://', 'http://[', 'https://here.example/@/1']) {
        const found = await ask(q)
        assert.deepEqual([found.accounts, found.statuses], [[], []], q)
      }
    })

    test('PRIV-07 the address of a private status leads nowhere for those who may not see it', async () => {
      const { body } = await w
        .as('alice')
        .post('/api/v1/statuses', { status: '@carol psst', visibility: 'direct' })
      const secret = body as Status
      for (const q of [secret.uri, `https://here.example/web/statuses/${secret.id}`]) {
        assert.equal((await ask(q, '&resolve=true', w.as('carol'))).statuses.length, 1)
        assert.equal((await ask(q, '&resolve=true')).statuses.length, 0)
        assert.equal((await ask(q, '', w.anyone)).statuses.length, 0)
      }
    })

    test('hashtags are found by their beginning, the exact one first; an unused one is answered where it is asked for', async () => {
      const tags = async (q: string) => (await ask(q, '&type=hashtags')).hashtags.map((each) => each.name)
      assert.deepEqual(await tags('mos'), ['Moss', 'Mosses'])
      assert.deepEqual(await tags('#MOSS'), ['Moss', 'Mosses'])
      assert.deepEqual(await tags('#mosses'), ['Mosses'])
      assert.deepEqual(await tags('#Brandnew'), ['Brandnew'])
      assert.deepEqual(await tags('brandnew'), [])
      assert.deepEqual(await tags('#12'), [])
      const [moss, mosses] = (await ask('mos', '&type=hashtags')).hashtags
      assert.equal(moss?.history.length, 7)
      const day = String(Math.floor(w.app.now() / 86_400_000) * 86_400)
      assert.deepEqual(moss?.history[0], { day, uses: '1', accounts: '1' })
      assert.deepEqual([mosses?.history[1]?.uses, mosses?.following], ['0', false])
    })

    test('what is asked wrongly is refused', async () => {
      assert.equal((await w.as('bob').get('/api/v2/search?q=a&limit=-1')).status, 400)
      assert.equal((await w.as('bob').get('/api/v2/search?q=a&offset=-1')).status, 400)
      assert.equal((await w.anyone.get('/api/v2/search?q=a&offset=1')).status, 401)
      assert.equal((await w.as('bob', 'read:accounts').get('/api/v2/search?q=a')).status, 403)
      assert.deepEqual(await ask(''), { accounts: [], statuses: [], hashtags: [], collections: [] })
    })

    test('accounts/search answers accounts alone', async () => {
      const { body } = await w.as('bob').get('/api/v1/accounts/search?q=alice&limit=1')
      assert.deepEqual(
        (body as Account[]).map((each) => each.acct),
        ['alice'],
      )
    })

    test('the index is built once, holds what was there before it, and loses what is gone', async () => {
      await w.app.inTransaction(async (tx) => {
        await tx.dialect.fullText.drop('search_status', [Number(post.id)]).execute(tx.db)
        const ghost = { id: 12345, words: ['ghost'], marks: ['_p'] }
        await tx.dialect.fullText.put('search_status', [ghost]).execute(tx.db)
        await tx.db.deleteFrom('meta').where('name', '=', 'search index').execute()
      })
      await buildOnce(w.app)
      await w.settle()
      const { rows } = await w.app.dialect.fullText.ids('search_status', 0, 100).execute(w.app.db)
      const ids = rows.map((row) => row.id)
      assert.ok(ids.includes(Number(post.id)) && !ids.includes(12345))
      await w.app.inTransaction(async (tx) => {
        const ghost = { id: 54321, words: ['ghost'], marks: ['_p'] }
        await tx.dialect.fullText.put('search_status', [ghost]).execute(tx.db)
      })
      await checkIndex(w.app)
      await w.settle()
      const left = await w.app.dialect.fullText.ids('search_status', 0, 1).execute(w.app.db)
      assert.notEqual(left.rows[0]?.id, 54321)
      await buildOnce(w.app)
      const jobs = await w.app.db.selectFrom('job').select('kind').where('kind', 'like', 'build%').execute()
      assert.deepEqual(jobs, [])
    })
  })
}
