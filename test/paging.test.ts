import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import type { Endpoint } from '#platform/http/endpoint.ts'
import { follow } from '#relationships/follow.ts'
import { endpoints } from '../src/endpoints.ts'
import { remoteActor } from './remote-actor.ts'
import { KEEPER_SCOPES } from './routes.ts'
import type { Answer, Client, World } from './world.ts'
import { databases, world } from './world.ts'

type Reader = 'bob' | 'carol' | 'keeper'
/** Lists that are paged by cursors: who reads them, with what in place of their ids. */
type Lists = Record<string, [reader: Reader, path: string]>

const asksForPages = ({ query }: Endpoint) =>
  query !== undefined &&
  'since_id' in (z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' }).properties ?? {})
const paged = endpoints.filter((endpoint) => endpoint.route.startsWith('GET ') && asksForPages(endpoint))

/** Lists of which another test fills pages. */
const elsewhere = ['GET /api/v1/timelines/link']

async function made<T = { id: string }>(answer: Promise<Answer>): Promise<T> {
  const { status, body, text } = await answer
  assert.ok(status < 300, `${status} ${text}`)
  return body as T
}

/** Gives bob, and carol who is locked, three of everything. */
async function fill(w: World): Promise<Lists> {
  const bob = w.as('bob')
  const keeper = w.as('alice', KEEPER_SCOPES)
  const carol = w.as('carol')
  const others = ['alice', 'carol', 'mallory'] as const
  const idOf = (name: (typeof others)[number] | 'bob') => String(w.cast[name].id)
  const account = (id: string, verb: string) => `/api/v1/accounts/${id}/${verb}`
  const status = (id: string, verb: string) => `/api/v1/statuses/${id}/${verb}`
  await made(carol.patch('/api/v2/notifications/policy', { for_not_following: 'filter' }))
  for (const name of ['alice', 'bob', 'mallory'] as const)
    await made(w.as(name).post('/api/v1/statuses', { status: '@carol look', visibility: 'public' }))
  await w.settle()
  const own = await made(bob.post('/api/v1/statuses', { status: 'seen #wall', visibility: 'public' }))
  for (const name of others) {
    await made(w.as(name).post(account(idOf('bob'), 'follow')))
    await made(w.as(name).post(status(own.id, 'favourite')))
    await made(w.as(name).post(status(own.id, 'reblog'), { visibility: 'public' }))
    await made(w.as(name).post(status(own.id, 'bookmark')))
    await made(w.as(name).post('/api/v1/statuses', { status: '@bob look', visibility: 'public' }))
    await made(w.as(name).post('/api/v1/statuses', { status: '@bob psst', visibility: 'direct' }))
    await made(bob.post(account(idOf(name), 'follow')))
  }
  await made(carol.post(`/api/v1/follow_requests/${idOf('bob')}/authorize`))
  for (const name of ['alice', 'mallory'] as const)
    await made(w.as(name).post(account(idOf('carol'), 'follow')))
  await follow(w.app, w.cast.dan, w.cast.carol)
  const list = await made(bob.post('/api/v1/lists', { title: 'Walls' }))
  const members = others.map(idOf)
  await made(bob.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: members }))
  for (const id of members) await made(bob.post(account(id, 'endorse')))
  for (const n of [1, 2, 3]) {
    const far = await saveRemoteAccount(w.app, remoteActor(`p${n}`, 'far.example'))
    await made(bob.post(account(String(far.id), 'block')))
    await made(carol.post(account(String(far.id), 'mute')))
    await made(bob.post('/api/v1/domain_blocks', { domain: `d${n}.example` }))
    await made(bob.post(`/api/v1/tags/tag${n}/follow`))
    const post = { status: `more #wall ${n}`, visibility: 'public' }
    const { id } = await made(w.as('alice').post('/api/v1/statuses', post))
    await made(bob.post(status(id, 'favourite')))
    await made(bob.post(status(id, 'bookmark')))
    await made(w.as('alice').post('/api/v1/statuses', { status: `quoting ${n}`, quoted_status_id: own.id }))
    for (const list of ['domain_allows', 'domain_blocks'])
      await made(keeper.post(`/api/v1/admin/${list}`, { domain: `k${n}.example` }))
    const at = new Date(w.app.now() + n * 3_600_000).toISOString()
    await made(bob.post('/api/v1/statuses', { status: 'later', scheduled_at: at }))
  }
  await w.settle()
  const { notification_groups } = await made<{ notification_groups: { type: string; group_key: string }[] }>(
    bob.get('/api/v2/notifications'),
  )
  const likes = notification_groups.find(({ type }) => type === 'favourite')?.group_key ?? ''
  const me = idOf('bob')
  return {
    'GET /api/v1/admin/accounts': ['keeper', '/api/v1/admin/accounts?local=true'],
    'GET /api/v2/admin/accounts': ['keeper', '/api/v2/admin/accounts?origin=local'],
    'GET /api/v1/admin/domain_allows': ['keeper', '/api/v1/admin/domain_allows'],
    'GET /api/v1/admin/domain_blocks': ['keeper', '/api/v1/admin/domain_blocks'],
    'GET /api/v1/blocks': ['bob', '/api/v1/blocks'],
    'GET /api/v1/mutes': ['carol', '/api/v1/mutes'],
    'GET /api/v1/domain_blocks': ['bob', '/api/v1/domain_blocks'],
    'GET /api/v1/followed_tags': ['bob', '/api/v1/followed_tags'],
    'GET /api/v1/follow_requests': ['carol', '/api/v1/follow_requests'],
    'GET /api/v1/accounts/:id/followers': ['bob', account(me, 'followers')],
    'GET /api/v1/accounts/:id/following': ['bob', account(me, 'following')],
    'GET /api/v1/accounts/:id/endorsements': ['bob', account(me, 'endorsements')],
    'GET /api/v1/accounts/:id/statuses': ['bob', account(idOf('alice'), 'statuses?exclude_replies=true')],
    'GET /api/v1/endorsements': ['bob', '/api/v1/endorsements'],
    'GET /api/v1/bookmarks': ['bob', '/api/v1/bookmarks'],
    'GET /api/v1/favourites': ['bob', '/api/v1/favourites'],
    'GET /api/v1/statuses/:id/favourited_by': ['bob', status(own.id, 'favourited_by')],
    'GET /api/v1/statuses/:id/reblogged_by': ['bob', status(own.id, 'reblogged_by')],
    'GET /api/v1/statuses/:id/quotes': ['bob', status(own.id, 'quotes')],
    'GET /api/v1/scheduled_statuses': ['bob', '/api/v1/scheduled_statuses'],
    'GET /api/v1/lists/:id/accounts': ['bob', `/api/v1/lists/${list.id}/accounts`],
    'GET /api/v1/timelines/home': ['bob', '/api/v1/timelines/home'],
    'GET /api/v1/timelines/list/:id': ['bob', `/api/v1/timelines/list/${list.id}`],
    'GET /api/v1/timelines/public': ['bob', '/api/v1/timelines/public?local=true'],
    'GET /api/v1/timelines/tag/:hashtag': ['bob', '/api/v1/timelines/tag/wall?local=true'],
    'GET /api/v1/conversations': ['bob', '/api/v1/conversations'],
    'GET /api/v1/notifications': ['bob', '/api/v1/notifications?exclude_types[]=poll'],
    'GET /api/v1/notifications/requests': ['carol', '/api/v1/notifications/requests'],
    'GET /api/v2/notifications': ['bob', '/api/v2/notifications'],
    'GET /api/v2/notifications/:group_key/accounts': ['bob', `/api/v2/notifications/${likes}/accounts`],
  }
}

/** What an answer lists, each by the name it has there. */
function itemsOf({ body }: Answer): string[] {
  const list = Array.isArray(body) ? body : (body as { notification_groups: unknown[] }).notification_groups
  return (list as (string | { id?: string; group_key?: string; name?: string })[]).map((item) =>
    typeof item === 'string' ? item : String(item.group_key ?? item.id ?? item.name),
  )
}

function linkOf({ headers }: Answer, rel: 'next' | 'prev'): URL | null {
  const found = new RegExp(`<([^>]+)>; rel="${rel}"`).exec(headers.get('link') ?? '')?.[1]
  return found === undefined ? null : new URL(found)
}

/** Follows the links of one direction, page by page, as long as there is something. */
async function leaf(client: Client, start: Answer, rel: 'next' | 'prev'): Promise<string[][]> {
  const pages: string[][] = []
  for (let at = linkOf(start, rel); at && pages.length < 50; ) {
    const answer = await client.get(at.pathname + at.search)
    assert.equal(answer.status, 200, answer.text)
    const items = itemsOf(answer)
    if (items.length === 0) break
    pages.push(items)
    at = linkOf(answer, rel)
  }
  return pages
}

for (const database of databases) {
  describe(`every list leads from page to page (${database})`, () => {
    let w: World
    let lists: Lists
    before(async () => {
      w = await world({ database })
      lists = await fill(w)
    })
    after(() => w.close())

    for (const { route } of paged.filter(({ route }) => !elsewhere.includes(route)))
      test(`${route} by its Link headers, to the end and back, with what else was asked`, async () => {
        const [reader, path] = lists[route] ?? assert.fail(`${route} is not filled`)
        const client = reader === 'keeper' ? w.as('alice', KEEPER_SCOPES) : w.as(reader)
        const all = itemsOf(await client.get(path))
        assert.ok(all.length >= 3, `${all.length} in ${path}`)
        const first = await client.get(`${path}${path.includes('?') ? '&' : '?'}limit=1`)
        assert.deepEqual(itemsOf(first), all.slice(0, 1))
        const asked = new URL(`https://here.example${path}`)
        for (const rel of ['next', 'prev'] as const) {
          const link = linkOf(first, rel)
          assert.ok(link, `${rel} of ${first.headers.get('link')}`)
          assert.equal(link.origin, 'https://here.example')
          assert.equal(link.searchParams.get('limit'), '1')
          for (const [name, value] of asked.searchParams) assert.equal(link.searchParams.get(name), value)
        }
        const on = await leaf(client, first, 'next')
        assert.deepEqual(on.flat(), all.slice(1))
        // Nothing is newer than the first, and from an older one the way back is there.
        assert.deepEqual(await leaf(client, first, 'prev'), [])
        const second = linkOf(first, 'next') as URL
        const back = linkOf(await client.get(second.pathname + second.search), 'prev') as URL
        assert.deepEqual(itemsOf(await client.get(back.pathname + back.search)), all.slice(0, 1))
      })
  })
}
