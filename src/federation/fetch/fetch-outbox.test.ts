import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const CONTEXT = 'https://www.w3.org/ns/activitystreams'
const DAY = 86_400_000

type Json = Record<string, unknown>

for (const database of databases) {
  describe(`profiles of other servers (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let made: (url: URL) => Json | undefined
    let w: World
    let pia: Stranger
    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      made = () => undefined
      w = await world({ database, http: network })
      network.host('p.test', async ({ url }) => {
        const document = documents.get(url.href) ?? made(url)
        const headers = { 'content-type': 'application/activity+json' }
        const body = Buffer.from(document ? JSON.stringify({ '@context': CONTEXT, ...document }) : '')
        return { status: document ? 200 : 404, headers, body }
      })
      pia = stranger(documents, 'p.test', 'pia')
      const ends = ['outbox', 'following', 'featured', 'featuredTags']
      const more = Object.fromEntries(ends.map((end) => [end, `${pia.uri}/${end}`]))
      documents.set(pia.uri, { ...documents.get(pia.uri), ...more })
    })
    afterEach(() => w.close())

    const collection = (end: string, fields: Json) =>
      documents.set(`${pia.uri}/${end}`, { id: `${pia.uri}/${end}`, type: 'OrderedCollection', ...fields })
    const publish = (label: string, more: Json = {}) => pia.activity('Create', pia.note(label, more))
    const look = async () => {
      const account = await w.app.fediverse.findAccount(pia.uri)
      await w.as('bob').get(`/api/v1/accounts/${account?.id}/statuses`)
      await w.settle()
      const { body } = await w.as('bob').get(`/api/v1/accounts/${account?.id}/statuses?limit=40`)
      return { account, posts: body as Status[] }
    }
    const words = (posts: Status[]) => posts.map((each) => each.content.replace(/<[^>]+>/g, ''))

    test('a profile that is looked at shows what was written before, by its own time, and tells nobody', async () => {
      const soon = new Date(w.app.now() - 60_000).toISOString()
      const mention = { tag: [{ type: 'Mention', href: w.cast.alice.uri }], published: soon }
      collection('outbox', {
        totalItems: 321,
        orderedItems: [
          publish('to alice', mention),
          publish('older', { published: '2026-01-02T03:04:05Z' }),
          publish('closed', { to: [`${pia.uri}/followers`], cc: [] }),
          pia.activity('Announce', 'https://else.test/1', { to: [PUBLIC] }),
          {
            ...publish('foreign'),
            object: { ...pia.note('theirs'), attributedTo: 'https://p.test/users/other' },
          },
        ],
      })
      const { account, posts } = await look()
      assert.deepEqual(words(posts), ['to alice', 'older'])
      assert.equal(posts[1]?.created_at, '2026-01-02T03:04:05.000Z')
      assert.deepEqual((await w.as('alice').get('/api/v1/notifications?types[]=mention')).body, [])
      const shown = (await w.as('bob').get(`/api/v1/accounts/${account?.id}`)).body as Account
      assert.equal(shown.statuses_count, 321)
      network.log.length = 0
      await look()
      assert.deepEqual(network.log, [], 'once is enough')
    })

    test('a follow asks for what was written before too', async () => {
      collection('outbox', { orderedItems: [publish('before')] })
      const account = await w.app.fediverse.findAccount(pia.uri)
      await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      await w.settle()
      const { body } = await w.anyone.get(`/api/v1/accounts/${account?.id}/statuses`)
      assert.deepEqual(words(body as Status[]), ['before'])
    })

    test('LOOP-04 an outbox without end is read for three pages and forty posts', async () => {
      made = ({ pathname, searchParams }) => {
        if (!pathname.endsWith('/outbox')) return undefined
        const n = Number(searchParams.get('page') ?? 0)
        const items = Array.from({ length: 5 }, (_, at) => publish(`page ${n} post ${at}`))
        const next = `${pia.uri}/outbox?page=${n + 1}`
        return n === 0
          ? { id: `${pia.uri}/outbox`, type: 'OrderedCollection', first: next }
          : { id: `${pia.uri}/outbox?page=${n}`, type: 'OrderedCollectionPage', orderedItems: items, next }
      }
      const { posts } = await look()
      assert.equal(posts.length, 15)
      const pages = network.log.filter((line) => line.includes('/outbox?page='))
      assert.ok(pages.length <= 3, pages.join('\n'))
    })

    test('numbers come from the collections, and who hides a network is taken at their word', async () => {
      collection('outbox', { totalItems: 7 })
      collection('followers', { totalItems: 1200 })
      collection('following', { totalItems: 34 })
      const { account } = await look()
      const shown = (await w.as('bob').get(`/api/v1/accounts/${account?.id}`)).body as Account
      assert.deepEqual([shown.statuses_count, shown.followers_count, shown.following_count], [7, 1200, 34])
      assert.equal(shown.hide_collections, true)
    })

    test('the hashtags a profile shows are read, and follow what its owner adds and takes away', async () => {
      const tag = (name: string) => ({ type: 'Hashtag', name, href: 'https://p.test/tags/x' })
      collection('featuredTags', { items: [tag('#Moss'), tag('#Ferns')] })
      const { account } = await look()
      const shown = async () =>
        ((await w.anyone.get(`/api/v1/accounts/${account?.id}/featured_tags`)).body as { name: string }[])
          .map((each) => each.name)
          .sort()
      assert.deepEqual(await shown(), ['Ferns', 'Moss'])
      const target = `${pia.uri}/featured`
      await pia.send(w, pia.activity('Add', tag('#Lichen'), { target }))
      await pia.send(w, pia.activity('Remove', tag('#Moss'), { target }))
      await w.settle()
      assert.deepEqual(await shown(), ['Ferns', 'Lichen'])
    })

    test('an account is read again a day after it was looked at, and a followed one after a week by itself', async () => {
      const { account } = await look()
      await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      await w.settle()
      const name = async () =>
        ((await w.anyone.get(`/api/v1/accounts/${account?.id}`)).body as Account).display_name
      documents.set(pia.uri, { ...documents.get(pia.uri), name: 'Pia the second' })
      w.clock.advance(DAY + 1)
      await look()
      assert.equal(await name(), 'Pia the second')
    })
  })
}
