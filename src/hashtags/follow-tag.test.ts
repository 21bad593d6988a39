import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Tag } from './present-tag.ts'

for (const database of databases) {
  describe(`following hashtags (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const follow = async (name: string) => w.as('bob').post(`/api/v1/tags/${encodeURIComponent(name)}/follow`)
    const followed = async () =>
      ((await w.as('bob').get('/api/v1/followed_tags')).body as Tag[]).map((tag) => tag.name)

    test('a hashtag can be followed before anybody used it, under any spelling, once', async () => {
      const made = (await follow('ÉtéIndien')).body as Tag
      assert.equal(made.following, true)
      assert.equal(made.name, 'ÉtéIndien')
      assert.equal((await follow('étéindien')).status, 200)
      assert.equal((await follow('日本語')).status, 200)
      assert.deepEqual(await followed(), ['日本語', 'ÉtéIndien'])
      const shown = (await w.as('bob').get('/api/v1/tags/%C3%A9t%C3%A9indien')).body as Tag
      assert.equal(shown.following, true)
      assert.equal(shown.id, made.id)
    })

    test('a hashtag is shown on the profile and taken off again, from its own page too', async () => {
      const shown = (await w.as('bob').post('/api/v1/tags/mountains/feature')).body as Tag
      assert.equal(shown.featuring, true)
      assert.equal((await w.as('bob').post('/api/v1/tags/Mountains/feature')).status, 200)
      const { body } = await w.as('bob').get('/api/v1/featured_tags')
      assert.deepEqual(
        (body as { name: string }[]).map((each) => each.name),
        ['mountains'],
      )
      const gone = (await w.as('bob').post('/api/v1/tags/mountains/unfeature')).body as Tag
      assert.equal(gone.featuring, false)
      assert.equal((await w.as('bob').post('/api/v1/tags/mountains/unfeature')).status, 200)
    })

    test('AZ-07 one member’s following changes nobody else’s', async () => {
      await follow('mine')
      await w.as('carol').post('/api/v1/tags/mine/follow')
      await w.as('carol').post('/api/v1/tags/mine/unfollow')
      assert.ok((await followed()).includes('mine'))
      assert.deepEqual((await w.as('carol').get('/api/v1/followed_tags')).body, [])
      await w.as('bob').post('/api/v1/tags/mine/unfollow')
    })

    test('visitors are told nothing of following, and an unused hashtag is shown as if it were there', async () => {
      const { body } = await w.anyone.get('/api/v1/tags/neverused')
      assert.equal((body as Tag).name, 'neverused')
      assert.equal('following' in (body as Tag), false)
      assert.equal((await w.anyone.get('/api/v1/tags/not%20one')).status, 404)
      assert.equal((await follow('not one')).status, 422)
    })

    test('following ends, and pages of followed hashtags lead to the end', async () => {
      for (let n = 0; n < 5; n++) await follow(`tag${n}`)
      const ended = (await w.as('bob').post('/api/v1/tags/tag0/unfollow')).body as Tag
      assert.equal(ended.following, false)
      const seen: string[] = []
      let path: string | undefined = '/api/v1/followed_tags?limit=2'
      while (path) {
        const { body, headers } = await w.as('bob').get(path)
        seen.push(...(body as Tag[]).map((tag) => tag.name))
        path = /<https?:\/\/[^/]+([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      }
      assert.deepEqual(seen, await followed())
      assert.equal(seen.includes('tag0'), false)
    })
  })
}
