import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Answer, World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Collection, CollectionItem } from './present-collection.ts'

type Told = { type: string; collection?: Collection }[]

for (const database of databases) {
  describe(`collections (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
      for (const who of ['alice', 'bob'] as const)
        await w.as(who).patch('/api/v1/accounts/update_credentials', { discoverable: true })
      await w.as('carol').patch('/api/v1/accounts/update_credentials', { discoverable: false })
    })
    after(() => w.close())

    const at = '/api/v1/collections'
    const one = (answer: Answer) => (answer.body as { collection: Collection }).collection
    const many = (answer: Answer) =>
      (answer.body as { collections: Collection[] }).collections.map((each) => each.name)
    const make = async (fields: Record<string, unknown>, who: 'alice' | 'bob' = 'bob') =>
      one(await w.as(who).post(at, fields))
    const add = (collection: Collection, id: number) =>
      w.as('bob').post(`${at}/${collection.id}/items`, { account_id: String(id) })
    const itemOf = (answer: Answer) => (answer.body as { collection_item: CollectionItem }).collection_item

    test('are made, read by anybody, changed and taken apart by their owner', async () => {
      const made = await make({
        name: ' Birds ',
        description: 'Feathers & <wings>',
        language: 'en',
        discoverable: true,
        tag_name: '#Birding',
        account_ids: [String(w.cast.alice.id)],
      })
      const origin = w.app.domains.all()[0]?.origin
      assert.equal(made.uri, `${w.cast.bob.uri}/collections/${made.id}`)
      assert.deepEqual(
        [made.name, made.description, made.language, made.local, made.sensitive, made.discoverable],
        ['Birds', 'Feathers &amp; &lt;wings&gt;', 'en', true, false, true],
      )
      assert.deepEqual(made.tag, { name: 'Birding', url: `${origin}/tags/birding` })
      assert.equal(made.item_count, 1)
      assert.deepEqual(
        made.items.map(({ account_id, state }) => [account_id, state]),
        [[String(w.cast.alice.id), 'accepted']],
      )
      const read = await w.anyone.get(`${at}/${made.id}`)
      const { collection, accounts } = read.body as {
        collection: Collection
        accounts: { username: string }[]
      }
      assert.deepEqual(collection, made)
      assert.deepEqual(accounts.map((each) => each.username).sort(), ['alice', 'bob'])
      const put = one(await w.as('bob').put(`${at}/${made.id}`, { name: 'Owls', tag_name: '' }))
      assert.deepEqual([put.name, put.tag, put.language], ['Owls', null, 'en'])
      const patched = one(await w.as('bob').patch(`${at}/${made.id}`, { sensitive: true }))
      assert.deepEqual([patched.name, patched.sensitive], ['Owls', true])
      assert.equal((await w.as('bob').delete(`${at}/${made.id}`)).status, 200)
      assert.equal((await w.anyone.get(`${at}/${made.id}`)).status, 404)
    })

    test('are documents for other servers, with the agreement of each who is in', async () => {
      const fields = { name: 'Outside', discoverable: true, tag_name: 'birds' }
      const made = await make({ ...fields, account_ids: [String(w.cast.alice.id)] })
      const read = async (uri: unknown) => {
        const { pathname } = new URL(String(uri))
        return (await w.anyone.get(pathname, { Accept: 'application/activity+json' })).body
      }
      const actor = (await read(w.cast.bob.uri)) as { featuredCollections: string }
      const list = (await read(actor.featuredCollections)) as { items: { id: string }[] }
      assert.deepEqual(
        list.items.map((each) => each.id),
        [made.uri],
      )
      type Item = { id: string; featuredObject: string; featureAuthorization: string }
      const document = (await read(made.uri)) as { type: string; name: string; orderedItems: Item[] }
      assert.deepEqual([document.type, document.name], ['FeaturedCollection', 'Outside'])
      const [item] = document.orderedItems
      assert.equal(item?.featuredObject, w.cast.alice.uri)
      assert.equal(((await read(item?.id)) as Item).featuredObject, w.cast.alice.uri)
      const agreed = (await read(item?.featureAuthorization)) as Record<string, unknown>
      assert.deepEqual([agreed.interactingObject, agreed.interactionTarget], [made.uri, w.cast.alice.uri])
      const elsewhere = made.uri.replace(String(w.cast.bob.id), String(w.cast.alice.id))
      assert.deepEqual(await read(elsewhere), { error: 'Record not found' })
      assert.deepEqual(await read(made.url), document)
      const page = await w.anyone.get(`/collections/${made.id}`, { Accept: 'text/html' })
      assert.equal(page.status, 200)
      assert.match(page.text, /Outside.*@bob.*@alice/s)
      assert.match(page.headers.get('link') ?? '', /collections\/\d+>; rel="alternate"/)
      for (const Accept of ['text/html', 'application/activity+json'])
        assert.equal((await w.anyone.get('/collections/1', { Accept })).status, 404)
      const found = await w.as('carol').get(`/api/v2/search?q=${encodeURIComponent(made.uri)}`)
      assert.deepEqual(many(found), ['Outside'])
      await w.as('bob').delete(`${at}/${made.id}`)
    })

    test('hold twenty-five accounts and no more', async () => {
      const { app, cast } = w
      const made = await make({ name: 'Full', account_ids: [String(cast.bob.id)] })
      const at = { state: 'accepted', created_at: app.now(), updated_at: app.now() } as const
      for (let n = 0; n < 24; n++) {
        const item = { id: app.newId(), collection_id: Number(made.id), account_id: 1000 + n, ...at }
        await app.inTransaction((tx) => tx.db.insertInto('collection_item').values(item).execute())
      }
      assert.equal((await add(made, cast.alice.id)).status, 422)
    })

    test('the trial addresses answer the same and say that they are deprecated', async () => {
      const made = await make({ name: 'Trial' })
      const path = `/api/v1_alpha/collections/${made.id}`
      const answer = await w.as('bob').get(path)
      assert.deepEqual(answer.body, (await w.as('bob').get(`${at}/${made.id}`)).body)
      assert.match(answer.headers.get('deprecation') ?? '', /^@\d+$/)
      assert.equal((await w.as('bob').get(`${at}/${made.id}`)).headers.get('deprecation'), null)
      assert.equal((await w.as('bob').delete(path)).status, 200)
    })

    test('odd words are refused', async () => {
      for (const fields of [
        {},
        { name: ' ' },
        { name: 'x'.repeat(41) },
        { name: 'x', description: 'x'.repeat(101) },
        { name: 'x', tag_name: 'two words' },
      ])
        assert.equal((await w.as('bob').post(at, fields)).status, 422, JSON.stringify(fields))
    })

    test('nobody is put in who does not want to be found, is of elsewhere, or keeps apart', async () => {
      const made = await make({ name: 'Careful' })
      const table: [string, number, number][] = [
        ['not to be found', w.cast.carol.id, 403],
        ['of elsewhere', w.cast.dan.id, 403],
        ['nobody', 1, 404],
        ['who wants to be found', w.cast.alice.id, 200],
        ['twice', w.cast.alice.id, 422],
      ]
      for (const [who, id, status] of table) assert.equal((await add(made, id)).status, status, who)
      const refused = await w.as('bob').post(at, { name: 'x', account_ids: [String(w.cast.carol.id)] })
      assert.equal(refused.status, 403)
      const apart = await w.as('mallory').post(at, { name: 'x', account_ids: [String(w.cast.alice.id)] })
      assert.equal(apart.status, 403)
      const approval = async (who: 'alice' | 'carol' | 'dan') => {
        const { body } = await w.as('bob').get(`/api/v1/accounts/${w.cast[who].id}`)
        return (body as { feature_approval: unknown }).feature_approval
      }
      assert.deepEqual(await approval('alice'), {
        automatic: ['public'],
        manual: [],
        current_user: 'automatic',
      })
      assert.deepEqual(await approval('carol'), { automatic: [], manual: [], current_user: 'denied' })
      assert.deepEqual(await approval('dan'), { automatic: [], manual: [], current_user: 'missing' })
    })

    test('who is put in is told, told of changes, and may go for a day', async () => {
      const made = await make({ name: 'Told' })
      const item = itemOf(await add(made, w.cast.alice.id))
      await w.as('bob').patch(`${at}/${made.id}`, { name: 'Told more' })
      await w.settle()
      const told = async () =>
        ((await w.as('alice').get('/api/v1/notifications')).body as Told).filter(
          (each) => each.collection?.id === made.id,
        )
      assert.deepEqual((await told()).map((each) => each.type).sort(), [
        'added_to_collection',
        'collection_update',
      ])
      const mine = `/api/v1/accounts/${w.cast.alice.id}/in_collections`
      assert.ok(many(await w.as('alice').get(mine)).includes('Told more'))
      assert.equal((await w.as('bob').get(mine)).status, 403)
      const revoke = `${at}/${made.id}/items/${item.id}/revoke`
      assert.equal((await w.as('bob').post(revoke)).status, 403)
      assert.equal((await w.as('alice').post(revoke)).status, 200)
      assert.deepEqual(await told(), [])
      assert.ok(!many(await w.as('alice').get(mine)).includes('Told more'))
      const left = (await w.as('bob').get(`${at}/${made.id}`)).body as { collection: Collection }
      assert.equal(left.collection.item_count, 0)
      assert.equal((await add(made, w.cast.alice.id)).status, 422)
    })

    test('a block takes both out of each other’s collections and hides these', async () => {
      const made = await make({ name: 'Parted', discoverable: true, account_ids: [String(w.cast.alice.id)] })
      await w.as('alice').post(`/api/v1/accounts/${w.cast.bob.id}/block`)
      const shown = (await w.as('bob').get(`${at}/${made.id}`)).body as { collection: Collection }
      assert.deepEqual(shown.collection.items, [])
      assert.equal((await w.as('alice').get(`${at}/${made.id}`)).status, 404)
      assert.deepEqual(many(await w.as('alice').get(`/api/v1/accounts/${w.cast.bob.id}/collections`)), [])
      await w.as('alice').post(`/api/v1/accounts/${w.cast.bob.id}/unblock`)
    })

    test('AZ-12 other people’s collections cannot be changed and the undiscoverable are not listed', async () => {
      const hidden = await make({ name: 'Hidden' }, 'alice')
      const open = await make(
        { name: 'Open', discoverable: true, account_ids: [String(w.cast.bob.id)] },
        'alice',
      )
      const item = open.items[0]?.id
      const stranger = w.as('bob')
      const answers = [
        await stranger.put(`${at}/${open.id}`, { name: 'mine' }),
        await stranger.patch(`${at}/${open.id}`, { name: 'mine' }),
        await stranger.delete(`${at}/${open.id}`),
        await stranger.post(`${at}/${open.id}/items`, { account_id: String(w.cast.bob.id) }),
        await stranger.delete(`${at}/${open.id}/items/${item}`),
        await stranger.post(`${at}/${hidden.id}/items/${item}/revoke`),
        await stranger.get(`${at}/none`),
      ]
      assert.deepEqual(
        answers.map((each) => each.status),
        answers.map(() => 404),
      )
      for (const answer of [
        await w.anyone.post(at, { name: 'x' }),
        await w.anyone.delete(`${at}/${open.id}`),
      ])
        assert.equal(answer.status, 401)
      assert.equal((await w.as('bob', 'read').post(at, { name: 'x' })).status, 403)
      const list = `/api/v1/accounts/${w.cast.alice.id}/collections`
      assert.deepEqual(many(await w.anyone.get(list)), ['Open'])
      assert.deepEqual(many(await w.as('alice').get(list)), ['Open', 'Hidden'])
      const page = await w.as('alice').get(`${list}?limit=1`)
      assert.match(page.headers.get('link') ?? '', /limit=1&offset=1>; rel="next"/)
      assert.deepEqual(many(await w.as('alice').get(`${list}?limit=1&offset=1`)), ['Hidden'])
    })

    test('a member makes as many as their role allows', async () => {
      const me = (await w.as('carol').get('/api/v1/accounts/verify_credentials')).body as {
        role: { collection_limit: number }
      }
      assert.equal(me.role.collection_limit, 10)
      for (let n = 0; n < 10; n++)
        assert.equal((await w.as('carol').post(at, { name: `number ${n}` })).status, 200)
      assert.equal((await w.as('carol').post(at, { name: 'one more' })).status, 422)
    })
  })
}
