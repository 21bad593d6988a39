import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'
import { partBits } from './statuses.ts'

for (const database of databases) {
  test(`a page looks only for what a post has, and shows what an edit adds to it (${database})`, async () => {
    const w = await world({ database })
    const say = async (status: string) =>
      (await w.as('alice').post('/api/v1/statuses', { status })).body as Status
    const partsOf = async ({ id }: Status) =>
      (await w.app.db.selectFrom('status').select('parts').where('id', '=', Number(id)).executeTakeFirst())
        ?.parts
    const plain = await say('nothing but words')
    const rich = await say('@bob look at #moss')
    assert.equal(await partsOf(plain), 0)
    assert.equal(await partsOf(rich), partBits.mentions | partBits.tags)
    assert.deepEqual([rich.mentions.length, rich.tags.length, plain.tags.length], [1, 1, 0])
    w.clock.advance(1000)
    await w.as('alice').put(`/api/v1/statuses/${plain.id}`, { status: '@bob words about #lichen' })
    const shown = (await w.as('alice').get(`/api/v1/statuses/${plain.id}`)).body as Status
    assert.deepEqual([shown.mentions.length, shown.tags.map((tag) => tag.name)], [1, ['lichen']])
    await w.close()
  })
}
