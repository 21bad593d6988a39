import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ownApplication } from '#auth/apps.ts'
import { createToken } from '#auth/tokens.ts'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import { indexTodo } from '../src/search/index-todo.ts'
import { plain } from './pictures.ts'
import type { Answer, Client, World } from './world.ts'
import { databases, world } from './world.ts'

const kinds = ['public', 'unlisted', 'private', 'direct'] as const
type Kind = (typeof kinds)[number]
/** A word that stands in every part of the posts of one kind, and nowhere else. */
const words: Record<Kind, string> = {
  public: 'openwindow',
  unlisted: 'quietwindow',
  private: 'closedwindow',
  direct: 'sealedwindow',
}
const viewers = ['anybody', 'an app', 'alice', 'carol', 'mallory'] as const
type ViewerName = (typeof viewers)[number]

/** Bob's posts that each may read: carol follows him, alice is named in the direct ones, mallory is blocked. */
const readable: Record<ViewerName, readonly Kind[]> = {
  anybody: ['public', 'unlisted'],
  'an app': ['public', 'unlisted'],
  alice: ['public', 'unlisted', 'direct'],
  carol: ['public', 'unlisted', 'private'],
  mallory: [],
}

type Post = { id: string; url: string; uri: string; poll: { id: string } | null }

async function made<T = { id: string }>(answer: Promise<Answer>): Promise<T> {
  const { status, body, text } = await answer
  assert.ok(status < 300, `${status} ${text}`)
  return body as T
}

/** Bob writes, edits, boosts and pins posts of one kind with their word in each part. */
async function write(w: World, kind: Kind): Promise<Post[]> {
  const bob = w.as('bob')
  const word = words[kind]
  const status = `${kind === 'direct' ? '@alice ' : ''}${word} #wall https://link.example/${word}`
  const more = { visibility: kind, spoiler_text: `about ${word}` }
  const poll = { options: [`${word} yes`, `${word} no`], expires_in: 3600 }
  const asked = await made<Post>(bob.post('/api/v1/statuses', { status, poll, ...more }))
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(await plain(8, 8).png().toBuffer())]), `${word}.png`)
  form.append('description', `a picture of ${word}`)
  const { id } = await made(bob.post('/api/v2/media', form))
  const seen = await made<Post>(bob.post('/api/v1/statuses', { status: 'before', media_ids: [id], ...more }))
  await made(
    bob.put(`/api/v1/statuses/${seen.id}`, { status, media_ids: [id], spoiler_text: `about ${word}` }),
  )
  const reply = { status, in_reply_to_id: asked.id, ...more }
  const answer = await made<Post>(bob.post('/api/v1/statuses', reply))
  if (kind !== 'direct') {
    await made(bob.post(`/api/v1/statuses/${seen.id}/reblog`))
    await made(bob.post(`/api/v1/statuses/${seen.id}/pin`))
  }
  return [asked, seen, answer]
}

for (const database of databases) {
  describe(`who sees what (${database})`, () => {
    let w: World
    const posts: Post[] = []
    const clients = {} as Record<ViewerName | 'bob', Client>
    /** Every address where a post could be read, with the ids of all of them. */
    const doors = new Map<string, { path: string; headers?: Record<string, string> }[]>()

    before(async () => {
      w = await world({ database })
      const token = await createToken(w.app, {
        applicationId: (await ownApplication(w.app, 'hyrax-command-line')).id,
        userId: null,
        scopes: ['read'],
      })
      const asApp: Client = {
        ...w.anyone,
        get: (path, headers) => w.anyone.get(path, { Authorization: `Bearer ${token}`, ...headers }),
      }
      Object.assign(clients, { anybody: w.anyone, 'an app': asApp })
      for (const name of ['alice', 'bob', 'carol', 'mallory'] as const) clients[name] = w.as(name)
      const bobs = String(w.cast.bob.id)
      await made(
        clients.bob.patch('/api/v1/accounts/update_credentials', { indexable: true, discoverable: true }),
      )
      for (const name of ['carol', 'mallory'] as const)
        await made(clients[name].post(`/api/v1/accounts/${bobs}/follow`))
      for (const kind of kinds) posts.push(...(await write(w, kind)))
      // Who is blocked had marked what they could see then.
      for (const { id } of posts.slice(0, 9))
        for (const verb of ['favourite', 'bookmark'])
          for (const name of ['carol', 'mallory'] as const)
            await made(clients[name].post(`/api/v1/statuses/${id}/${verb}`))
      const list = await made(clients.carol.post('/api/v1/lists', { title: 'Walls' }))
      await made(clients.carol.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: [bobs] }))
      await made(clients.bob.post(`/api/v1/accounts/${w.cast.mallory.id}/block`))
      await indexTodo(w.app)
      await w.settle()
      addDoors(bobs, list.id)
    })
    after(() => w.close())

    function addDoors(bobs: string, listId: string): void {
      for (const endpoint of endpoints) {
        const { method, path } = routeOf(endpoint)
        if (method !== 'GET' || path.includes('/streaming')) continue
        let ids = [bobs]
        if (path.includes('/statuses/:id')) ids = posts.map(({ id }) => id)
        else if (path.includes('/polls/')) ids = posts.flatMap(({ poll }) => poll?.id ?? [])
        else if (path.includes('/timelines/list/')) ids = [listId]
        else if (/tags\/|timelines\/tag/.test(path)) ids = ['wall']
        const to = ids.map((id) => ({ path: path.replace(/:[^/]+/g, id) }))
        doors.set(endpoint.route, path.includes(':') ? to : to.slice(0, 1))
      }
      const each = (make: (post: Post) => string) => posts.map((post) => ({ path: make(post) }))
      const at = (address: string) => new URL(address).pathname
      const activity = { Accept: 'application/activity+json' }
      doors.set(
        'many at once',
        each(({ id }) => `/api/v1/statuses?id[]=${id}`),
      )
      doors.set(
        'search by word',
        Object.values(words).map((word) => ({ path: `/api/v2/search?q=${word}` })),
      )
      doors.set(
        'search by address',
        each(({ url }) => `/api/v2/search?resolve=true&q=${encodeURIComponent(url)}`),
      )
      doors.set(
        'search by uri',
        each(({ uri }) => `/api/v2/search?resolve=true&q=${encodeURIComponent(uri)}`),
      )
      doors.set(
        'oEmbed',
        each(({ url }) => `/api/oembed?url=${encodeURIComponent(url)}`),
      )
      doors.set(
        'the link',
        Object.values(words).map((word) => ({
          path: `/api/v1/timelines/link?url=https://link.example/${word}`,
        })),
      )
      doors.set('only media', [{ path: `/api/v1/accounts/${bobs}/statuses?only_media=true` }])
      doors.set('pinned', [{ path: `/api/v1/accounts/${bobs}/statuses?pinned=true` }])
      doors.set('tagged', [{ path: `/api/v1/accounts/${bobs}/statuses?tagged=wall` }])
      doors.set(
        'documents',
        posts.map(({ uri }) => ({ path: at(uri), headers: activity })),
      )
      doors.set(
        'activities',
        posts.map(({ uri }) => ({ path: `${at(uri)}/activity`, headers: activity })),
      )
      doors.set(
        'replies',
        posts.map(({ uri }) => ({ path: `${at(uri)}/replies`, headers: activity })),
      )
      const actor = at(String(w.cast.bob.uri))
      const shelves = ['/outbox', '/outbox?page=true', '/collections/featured', '/collections/tags']
      doors.set(
        'collections',
        shelves.map((tail) => ({ path: actor + tail, headers: activity })),
      )
      const html = { Accept: 'text/html' }
      const pages = [
        '/',
        '/@bob',
        '/@bob/media',
        '/@bob/with_replies',
        '/@bob.rss',
        '/tags/wall',
        '/tags/wall.rss',
      ]
      doors.set(
        'pages',
        pages.map((path) => ({ path, headers: html })),
      )
      doors.set(
        'page of a post',
        posts.map(({ url }) => ({ path: at(url), headers: html })),
      )
      doors.set(
        'embed',
        posts.map(({ url }) => ({ path: `${at(url)}/embed`, headers: html })),
      )
    }

    const heard = async (viewer: ViewerName | 'bob', door: string) => {
      const texts: string[] = []
      for (const { path, headers } of doors.get(door) ?? []) {
        const { status, text } = await clients[viewer].get(path, headers)
        assert.ok(status < 500, `${path}: ${text}`)
        texts.push(text)
      }
      return texts.join('\n')
    }

    // Pages and documents know no token: all of these are strangers there.
    const byCookie = new Set([
      'pages',
      'page of a post',
      'embed',
      'documents',
      'activities',
      'replies',
      'collections',
    ])

    for (const viewer of viewers)
      test(`PRIV-01 PRIV-02 PRIV-06 PRIV-08 PRIV-16 PRIV-26 BLK-02 no door shows ${viewer} what is not theirs to read`, async () => {
        for (const door of doors.keys()) {
          const text = await heard(viewer, door)
          const open = byCookie.has(door) ? readable.anybody : readable[viewer]
          for (const kind of kinds)
            if (!open.includes(kind)) assert.ok(!text.includes(words[kind]), `${door} shows ${kind} posts`)
        }
      })

    test('and what is theirs, each of them does see', async () => {
      for (const viewer of viewers)
        for (const kind of readable[viewer])
          assert.ok(
            (await heard(viewer, 'GET /api/v1/statuses/:id')).includes(words[kind]),
            `${viewer} ${kind}`,
          )
      for (const door of [
        'GET /api/v1/timelines/home',
        'GET /api/v1/timelines/list/:id',
        'GET /api/v1/favourites',
      ])
        assert.ok((await heard('carol', door)).includes(words.private), door)
      assert.ok((await heard('alice', 'GET /api/v1/conversations')).includes(words.direct))
      for (const door of ['pages', 'documents', 'collections', 'embed'])
        assert.ok((await heard('anybody', door)).includes(words.public), door)
    })
  })
}
