import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import type { OpenServer } from '#platform/http/server.ts'
import { openServer } from '#platform/http/server.ts'
import type { HttpClient } from '#platform/http-client.ts'
import { openHttpClient } from '#platform/http-client.ts'
import { openLog } from '#platform/log.ts'
import type { Status } from '#statuses/entities.ts'
import { randomFrom } from '../bench/random.ts'
import { freePort } from '../scripts/loopback/server.ts'
import type { Authority } from '../scripts/loopback/tls.ts'
import { makeAuthority } from '../scripts/loopback/tls.ts'
import type { DatabaseName } from './databases.ts'
import type { Weather } from './weather.ts'
import { openWeather } from './weather.ts'
import type { Client, World } from './world.ts'
import { databases, START, world } from './world.ts'

const LOOPBACK = ['127.0.0.0/8', '::1/128']
/** Rounds of bad weather, and how many more everything may take to arrive. */
const STORMY = 8
const MOST_ROUNDS = 80
/** What a round lasts: the sender tries again what was lost. */
const ROUND = 30_000
const HOUR = 3_600_000

/** A place behind its proxy; the world in it changes from one passage to the next. */
type Place = { label: string; port: number; server: OpenServer; weather: Weather; w: World }
type Stage = {
  alice: Client
  bob: Client
  /** A moment passes on both sides, so that what is done next is later. */
  moment(): void
  /** A post of alice's, as bob's server has it. */
  atBobs(uri: string): Promise<string>
  aliceAtBobs: string
  bobAtAlices: string
}
type Verb = { name: string; act(stage: Stage): Promise<void> }

const post = async (client: Client, fields: Record<string, unknown>) => {
  const answer = await client.post('/api/v1/statuses', fields)
  assert.equal(answer.status, 200, answer.text)
  return answer.body as Status
}
const ok = async (answering: ReturnType<Client['post']>) => {
  const answer = await answering
  assert.equal(answer.status, 200, answer.text)
}
const BEFORE = 'from before'

/** Everything that one member does that another server hears of; each twice over where it can be taken back. */
const verbs: Verb[] = [
  {
    name: 'posting, with every visibility',
    async act({ alice }) {
      for (const visibility of ['public', 'unlisted', 'private', 'direct'])
        await post(alice, { status: `@bob@there ${visibility}`, visibility })
      for (let n = 0; n < 6; n++) await post(alice, { status: `post ${n} #tag${n}` })
    },
  },
  {
    name: 'editing and deleting',
    async act({ alice, moment }) {
      const ids = []
      for (let n = 0; n < 4; n++) ids.push((await post(alice, { status: `draft ${n}` })).id)
      for (const version of [1, 2]) {
        moment()
        for (const id of ids) await ok(alice.put(`/api/v1/statuses/${id}`, { status: `version ${version}` }))
      }
      await ok(alice.delete(`/api/v1/statuses/${ids[0]}`))
      await ok(alice.delete(`/api/v1/statuses/${ids[1]}`))
    },
  },
  {
    name: 'answering in both directions',
    async act({ alice, bob, atBobs }) {
      const start = await post(alice, { status: 'who is there?' })
      const arrived = await atBobs(start.uri)
      for (let n = 0; n < 3; n++) await post(bob, { status: `answer ${n}`, in_reply_to_id: arrived })
      await post(alice, { status: 'and another thing', in_reply_to_id: start.id })
    },
  },
  {
    name: 'liking, and liking no longer, and liking again',
    async act({ bob, atBobs, moment }) {
      const id = await atBobs(BEFORE)
      for (const word of ['favourite', 'unfavourite', 'favourite']) {
        await ok(bob.post(`/api/v1/statuses/${id}/${word}`))
        moment()
      }
    },
  },
  {
    name: 'liking once and taking it back',
    async act({ bob, atBobs }) {
      const id = await atBobs(BEFORE)
      await ok(bob.post(`/api/v1/statuses/${id}/favourite`))
      await ok(bob.post(`/api/v1/statuses/${id}/unfavourite`))
    },
  },
  {
    name: 'boosting, and no longer, and again',
    async act({ bob, atBobs, moment }) {
      const id = await atBobs(BEFORE)
      for (const word of ['reblog', 'unreblog', 'reblog']) {
        await ok(bob.post(`/api/v1/statuses/${id}/${word}`))
        moment()
      }
    },
  },
  {
    name: 'boosting once and taking it back',
    async act({ bob, atBobs }) {
      const id = await atBobs(BEFORE)
      await ok(bob.post(`/api/v1/statuses/${id}/reblog`))
      await ok(bob.post(`/api/v1/statuses/${id}/unreblog`))
    },
  },
  {
    name: 'unfollowing',
    async act({ bob, aliceAtBobs }) {
      await ok(bob.post(`/api/v1/accounts/${aliceAtBobs}/unfollow`))
    },
  },
  {
    name: 'unfollowing and following again',
    async act({ bob, aliceAtBobs, moment }) {
      for (const word of ['unfollow', 'follow', 'unfollow', 'follow']) {
        await ok(bob.post(`/api/v1/accounts/${aliceAtBobs}/${word}`))
        moment()
      }
    },
  },
  {
    name: 'blocking',
    async act({ alice, bobAtAlices }) {
      await ok(alice.post(`/api/v1/accounts/${bobAtAlices}/block`))
    },
  },
  {
    name: 'blocking and thinking better of it',
    async act({ alice, bobAtAlices, moment }) {
      for (const word of ['block', 'unblock', 'block', 'unblock']) {
        await ok(alice.post(`/api/v1/accounts/${bobAtAlices}/${word}`))
        moment()
      }
    },
  },
  {
    name: 'changing the profile',
    async act({ alice, moment }) {
      for (const display_name of ['Alice I', 'Alice II', 'Alice III']) {
        moment()
        await ok(alice.patch('/api/v1/accounts/update_credentials', { display_name }))
      }
    },
  },
  {
    name: 'pinning, and taking down again',
    async act({ alice, moment }) {
      const [one, two] = [await post(alice, { status: 'pin one' }), await post(alice, { status: 'pin two' })]
      for (const [id, word] of [
        [one.id, 'pin'],
        [two.id, 'pin'],
        [one.id, 'unpin'],
      ]) {
        await ok(alice.post(`/api/v1/statuses/${id}/${word}`))
        moment()
      }
    },
  },
  {
    name: 'a poll, and votes on it',
    async act({ alice, bob, atBobs }) {
      const poll = { options: ['red', 'blue'], expires_in: 86_400 }
      const asked = await post(alice, { status: 'which?', poll })
      const id = await atBobs(asked.uri)
      const shown = (await bob.get(`/api/v1/statuses/${id}`)).body as Status
      await ok(bob.post(`/api/v1/polls/${shown.poll?.id}/votes`, { choices: ['1'] }))
    },
  },
]

for (const database of databases) {
  // One seed shows that the second database does the same; the first is cheap enough for more.
  const seeds = database === 'sqlite' ? [1, 2, 3] : [4]
  describe(`whatever befalls deliveries over HTTPS, both servers end up the same (${database})`, () => {
    let authority: Authority
    let http: HttpClient
    let here: Place
    let there: Place
    before(async () => {
      authority = await makeAuthority()
      http = openHttpClient({
        allowedPrivateAddresses: LOOPBACK,
        allowHttp: false,
        userAgent: 'Hyrax test',
        maxSockets: 16,
        ca: authority.cert,
        log: { info() {} },
      })
      here = await openPlace('here', authority)
      there = await openPlace('there', authority)
    })
    after(async () => {
      for (const place of [here, there]) {
        await place.weather.close()
        await place.server.close(100)
      }
      http.close()
      authority.remove()
    })

    for (const verb of verbs) {
      test(`${verb.name}`, async () => {
        const expected = await passage(verb, null)
        for (const seed of seeds) assert.deepEqual(await passage(verb, seed), expected, `seed ${seed}`)
      })
    }

    test('the weather was bad in every way', () => {
      for (const { weather } of [here, there]) {
        assert.deepEqual(weather.refused, [])
        for (const fate of ['is lost', 'answer is lost', 'comes twice', 'is held'] as const)
          assert.ok((weather.met.get(fate) ?? 0) > 0, fate)
      }
    })

    /** Lets a verb happen between two fresh servers and tells how both stand when everything arrived. */
    async function passage({ act }: Verb, seed: number | null) {
      here.w = await open(database, here, http)
      there.w = await open(database, there, http)
      try {
        const stage = await prepare(here.w, there.w)
        const random = randomFrom(seed ?? 0)
        if (seed !== null) for (const { weather } of [here, there]) weather.storm(random)
        await act(stage)
        await arrive(random)
        return await standing(stage, here.w, there.w)
      } finally {
        for (const { w, weather } of [here, there]) {
          weather.calm()
          await w.close()
        }
      }
    }

    async function arrive(random: () => number) {
      for (let round = 0; ; round++) {
        assert.ok(round < MOST_ROUNDS, 'something never arrives')
        if (round === STORMY) for (const { weather } of [here, there]) weather.calm()
        const places = random() < 0.5 ? [here, there] : [there, here]
        for (const { w } of places) await w.settle()
        const held = await Promise.all([here, there].map(({ weather }) => weather.release(random)))
        if (round >= STORMY && !held.includes(true) && (await owesNothing())) return
        for (const { w } of places) w.clock.advance(ROUND)
      }
    }

    async function owesNothing() {
      for (const { w } of [here, there]) {
        const jobs = await w.app.db
          .selectFrom('job')
          .select('id')
          // The end of a poll is owed too, but not today.
          .where('run_at', '<', w.app.now() + HOUR)
          .execute()
        if (jobs.length > 0) return false
      }
      return true
    }
  })
}

async function openPlace(label: string, authority: Authority): Promise<Place> {
  const port = await freePort()
  const place = { label, port } as Place
  place.server = await openServer({
    fetch: (request, env) => place.w.site.fetch(request, env),
    listen: { host: '127.0.0.1', port: 0 },
    log: openLog({ level: 'silent' }),
    trusted: [],
  })
  const to = place.server.port as number
  place.weather = await openWeather(authority, { name: `${label}.localhost`, port, to })
  return place
}

async function open(database: DatabaseName, { label, port }: Place, http: HttpClient): Promise<World> {
  const settings = { LOCAL_HTTPS: 'true', ALLOWED_PRIVATE_ADDRESSES: LOOPBACK.join(',') }
  const w = await world({ database, domain: `${label}.localhost:${port}`, http, settings })
  w.clock.advance(Date.now() - START)
  return w
}

/** bob of the one follows alice of the other, who posted before; both know each other. */
async function prepare(here: World, there: World): Promise<Stage> {
  const [alice, bob] = [here.as('alice'), there.as('bob')]
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) for (const each of [here, there]) await each.settle()
  }
  const aliceAtBobs = (await there.app.fediverse.findAccount(here.cast.alice.uri))?.id
  const bobAtAlices = (await here.app.fediverse.findAccount(there.cast.bob.uri))?.id
  await bob.post(`/api/v1/accounts/${aliceAtBobs}/follow`)
  await settle()
  await alice.post(`/api/v1/accounts/${bobAtAlices}/follow`)
  await settle()
  const first = await post(alice, { status: BEFORE })
  await settle()
  return {
    alice,
    bob,
    aliceAtBobs: String(aliceAtBobs),
    bobAtAlices: String(bobAtAlices),
    moment() {
      for (const each of [here, there]) each.clock.advance(1500)
    },
    async atBobs(uri) {
      const status = await there.app.fediverse.findStatus(uri === BEFORE ? first.uri : uri)
      assert.ok(status, uri)
      return String(status.id)
    },
  }
}

/** How things stand on both sides, in words that are the same for every passage. */
async function standing(stage: Stage, here: World, there: World) {
  const told = async (client: Client) => {
    const { body } = await client.get('/api/v1/notifications?limit=80')
    const all = body as { type: string; account: Account; status?: Status }[]
    return [
      ...new Set(all.map((each) => `${each.type} ${each.account.username} ${wordsOf(each.status)}`)),
    ].sort()
  }
  const relation = async (client: Client, id: string) => {
    const [found] = (await client.get(`/api/v1/accounts/relationships?id=${id}`)).body as Record<
      string,
      unknown
    >[]
    const { following, followed_by, blocking, blocked_by, requested } = found ?? {}
    return { following, followed_by, blocking, blocked_by, requested }
  }
  const account = async (client: Client, id: string) => {
    const { display_name, followers_count, following_count, statuses_count } = (
      await client.get(`/api/v1/accounts/${id}`)
    ).body as Account
    return { display_name, followers_count, following_count, statuses_count }
  }
  return {
    here: {
      posts: await postsOf(here),
      told: await told(stage.alice),
      relation: await relation(stage.alice, stage.bobAtAlices),
      alice: await account(stage.alice, String(here.cast.alice.id)),
    },
    there: {
      posts: await postsOf(there),
      told: await told(stage.bob),
      relation: await relation(stage.bob, stage.aliceAtBobs),
      bob: await account(stage.bob, String(there.cast.bob.id)),
      alice: { ...(await account(stage.bob, stage.aliceAtBobs)) },
      pinned: (
        (await stage.bob.get(`/api/v1/accounts/${stage.aliceAtBobs}/statuses?pinned=true`)).body as Status[]
      )
        .map(wordsOf)
        .sort(),
    },
  }
}

const wordsOf = (status?: Pick<Status, 'content'>) => status?.content.replace(/<[^>]+>/g, '') ?? ''

async function postsOf({ app }: World): Promise<string[]> {
  const rows = await app.db
    .selectFrom('status as s')
    .innerJoin('account as a', 'a.id', 's.account_id')
    .leftJoin('status as p', 'p.id', 's.in_reply_to_id')
    .leftJoin('status as o', 'o.id', 's.reblog_of_id')
    .leftJoin('poll as q', 'q.id', 's.poll_id')
    .select([
      'a.username',
      's.content',
      's.visibility',
      's.favourites_count',
      's.reblogs_count',
      's.replies_count',
    ])
    .select(['p.content as answers', 'o.content as boosts', 'q.voters_count as voters'])
    .execute()
  return rows
    .map((row) =>
      Object.values(row)
        .map((value) => String(value ?? '').replace(/<[^>]+>/g, ''))
        .join(' | '),
    )
    .sort()
}
