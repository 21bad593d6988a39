import assert from 'node:assert/strict'
import type { Name } from './cast.ts'
import { plain } from './pictures.ts'
import type { Answer, Client, World } from './world.ts'

/** The ids by which the things of one member are asked for, as often as a path has a name. */
export type Belongings = Record<
  | 'list'
  | 'filter'
  | 'olderFilter'
  | 'keyword'
  | 'filterStatus'
  | 'scheduled'
  | 'media'
  | 'followRequest'
  | 'notification'
  | 'notificationGroup'
  | 'notificationRequest'
  | 'conversation'
  | 'privateStatus'
  | 'privatePoll'
  | 'featuredTag'
  | 'collection'
  | 'collectionItem',
  string[]
>

type Made = { id: string }
const made = async (answer: Promise<Answer>): Promise<Record<string, unknown> & Made> => {
  const { status, body, text } = await answer
  assert.ok(status < 300, `${status} ${text}`)
  return body as Record<string, unknown> & Made
}
const first = async (client: Client, path: string) => ((await client.get(path)).body as Made[])[0]?.id ?? ''

/** Gives a member one of everything that only they may touch. */
export async function belongingsOf(w: World, name: Name): Promise<Belongings> {
  const own = w.as(name)
  const carol = w.as('carol')
  const me = String(w.cast[name].id)
  const others = String(w.cast.carol.id)
  const account = '/api/v1/accounts'
  await made(own.patch(`${account}/update_credentials`, { locked: true, discoverable: true }))
  await made(carol.patch(`${account}/update_credentials`, { discoverable: true }))
  await made(own.patch('/api/v2/notifications/policy', { for_not_following: 'accept' }))
  const seen = await made(own.post('/api/v1/statuses', { status: 'seen', visibility: 'public' }))
  await made(carol.post(`/api/v1/statuses/${seen.id}/favourite`))
  await w.settle()
  const notification = await first(own, '/api/v1/notifications')
  await made(own.patch('/api/v2/notifications/policy', { for_not_following: 'filter' }))
  await made(carol.post('/api/v1/statuses', { status: `@${name} look`, visibility: 'public' }))
  await made(carol.post('/api/v1/statuses', { status: `@${name} psst`, visibility: 'direct' }))
  await made(carol.post(`${account}/${me}/follow`))
  await w.settle()
  const poll = { options: ['a', 'b'], expires_in: 3600 }
  const secret = await made(
    own.post('/api/v1/statuses', { status: 'secret #wall', visibility: 'private', poll }),
  )
  const list = await made(own.post('/api/v1/lists', { title: 'Walls' }))
  await made(own.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: [String(w.cast.alice.id)] }))
  const filter = await made(
    own.post('/api/v2/filters', {
      title: 'Spoilers',
      context: ['home'],
      keywords_attributes: [{ keyword: 'ending' }],
    }),
  )
  const held = await made(own.post(`/api/v2/filters/${filter.id}/statuses`, { status_id: seen.id }))
  const later = await made(
    own.post('/api/v1/statuses', {
      status: 'later',
      scheduled_at: new Date(w.app.now() + 9e6).toISOString(),
    }),
  )
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(await plain(8, 8).png().toBuffer())]), 'a.png')
  const media = await made(own.post('/api/v2/media', form))
  const featured = await made(own.post('/api/v1/featured_tags', { name: 'wall' }))
  const { collection } = (await made(
    own.post('/api/v1/collections', { name: 'Painters', account_ids: [others] }),
  )) as unknown as { collection: Made & { items: Made[] } }
  const keyword = (filter.keywords as Made[])[0]?.id ?? ''
  const groups = (await own.get('/api/v2/notifications')).body as {
    notification_groups: { group_key: string }[]
  }
  return {
    list: [list.id],
    filter: [filter.id],
    olderFilter: [await first(own, '/api/v1/filters')],
    keyword: [keyword],
    filterStatus: [held.id],
    scheduled: [later.id],
    media: [media.id],
    followRequest: [others],
    notification: [notification],
    notificationGroup: [groups.notification_groups[0]?.group_key ?? ''],
    notificationRequest: [await first(own, '/api/v1/notifications/requests')],
    conversation: [await first(own, '/api/v1/conversations')],
    privateStatus: [secret.id],
    privatePoll: [(secret.poll as Made).id],
    featuredTag: [featured.id],
    collection: [collection.id],
    collectionItem: [collection.id, collection.items[0]?.id ?? ''],
  }
}

/** All that a member keeps, as they read it. */
export async function everythingOf(own: Client, ids: Belongings): Promise<unknown> {
  const paths = [
    '/api/v1/lists',
    `/api/v1/lists/${ids.list[0]}/accounts`,
    '/api/v2/filters',
    '/api/v1/filters',
    '/api/v1/scheduled_statuses',
    `/api/v1/media/${ids.media[0]}`,
    '/api/v1/follow_requests',
    '/api/v1/notifications',
    '/api/v1/notifications/requests',
    '/api/v2/notifications/policy',
    '/api/v1/conversations',
    `/api/v1/statuses/${ids.privateStatus[0]}`,
    '/api/v1/featured_tags',
    `/api/v1/collections/${ids.collection[0]}`,
    '/api/v1/markers?timeline[]=home',
    '/api/v1/followed_tags',
    '/api/v1/bookmarks',
    '/api/v1/mutes',
    '/api/v1/blocks',
    '/api/v1/preferences',
  ]
  const read: Record<string, unknown> = {}
  for (const path of paths) {
    const { status, body, text } = await own.get(path)
    assert.equal(status, 200, `${path} ${text}`)
    read[path] = body
  }
  return read
}
