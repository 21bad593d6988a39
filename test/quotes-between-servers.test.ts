import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from './network.ts'
import { openNetwork } from './network.ts'
import type { Client, World } from './world.ts'
import { databases, world } from './world.ts'

type Shown = { state: string; quoted_status: Status | null } | null
type Notification = { type: string; account: Account; status?: Status }

for (const database of databases) {
  describe(`quotes between two servers (${database})`, () => {
    let network: Network
    let here: World
    let there: World
    let alice: Client
    let bob: Client
    /** Somebody there who follows bob, and somebody here who follows alice: what they are shown is what travelled. */
    let carol: Client

    beforeEach(async () => {
      network = openNetwork()
      here = await world({ database, domain: 'here.example', http: network })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('here.example', here.site)
      network.host('there.example', there.site)
      alice = here.as('alice')
      bob = there.as('bob')
      carol = here.as('carol')
      const found = await find(carol, '@bob@there.example')
      await carol.post(`/api/v1/accounts/${found.accounts[0]?.id}/follow`)
      await settle()
    })
    afterEach(async () => {
      await here.close()
      await there.close()
    })

    const settle = async () => {
      for (let turn = 0; turn < 6; turn++) {
        await here.settle()
        await there.settle()
      }
    }
    const find = async (client: Client, query: string) => {
      const { body } = await client.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(query)}`)
      return body as { accounts: Account[]; statuses: Status[] }
    }
    const post = async (client: Client, fields: Record<string, unknown>) => {
      const answer = await client.post('/api/v1/statuses', { visibility: 'public', ...fields })
      assert.equal(answer.status, 200, answer.text)
      await settle()
      return answer.body as Status
    }
    /** A status as another server knows it. */
    const copyOf = async (client: Client, { uri }: Status) => {
      const [copy] = (await find(client, uri)).statuses
      assert.ok(copy, uri)
      return copy
    }
    const again = async (client: Client, { id }: Status) =>
      (await client.get(`/api/v1/statuses/${id}`)).body as Status
    const quoteOf = async (client: Client, status: Status) => (await again(client, status)).quote as Shown
    const told = async (client: Client, type: string) =>
      (await client.get(`/api/v1/notifications?types[]=${type}`)).body as Notification[]
    const document = async (uri: string) => {
      const site = uri.startsWith(here.app.domains.all()[0]?.origin ?? '') ? here.site : there.site
      const headers = { Accept: 'application/activity+json', Host: new URL(uri).host }
      const answer = await site.request(uri, { headers })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
    /** bob quotes what alice wrote. */
    const quoteAlice = async (
      fields: Record<string, unknown> = {},
      quoting: Record<string, unknown> = {},
    ) => {
      const one = await post(alice, { status: 'one', ...fields })
      const copy = await copyOf(bob, one)
      const two = await post(bob, { status: 'look', quoted_status_id: copy.id, ...quoting })
      return { one, copy, two }
    }

    test('who may quote travels with the post', async () => {
      const policies = { public: ['public'], followers: ['followers'], nobody: [] }
      for (const [quote_approval_policy, automatic] of Object.entries(policies)) {
        const one = await post(alice, { status: 'one', quote_approval_policy })
        const copy = await copyOf(bob, one)
        assert.deepEqual(copy.quote_approval.automatic, automatic)
        assert.equal(copy.quote_approval.current_user, automatic[0] === 'public' ? 'automatic' : 'denied')
      }
    })

    test('whoever is quoted is asked, their server says yes, and all see the quote', async () => {
      const { one, two } = await quoteAlice()
      assert.deepEqual(two.quote, { state: 'pending', quoted_status: null })
      const shown = await quoteOf(bob, two)
      assert.equal(shown?.state, 'accepted')
      assert.equal(shown?.quoted_status?.uri, one.uri)
      const [notification] = await told(alice, 'quote')
      assert.equal(notification?.account.acct, 'bob@there.example')
      assert.equal((notification?.status?.quote as Shown)?.quoted_status?.id, one.id)
      assert.equal((await again(alice, one)).quotes_count, 1)
      const [arrived] = (await carol.get('/api/v1/timelines/home')).body as Status[]
      assert.equal(arrived?.uri, two.uri)
    })

    test('the consent has a document of its own, which is gone when it is taken back (ACT-29)', async () => {
      const { one, two } = await quoteAlice()
      const note = (await document(two.uri)).body
      assert.equal(note.quote, one.uri)
      const stamp = String(note.quoteAuthorization)
      assert.ok(stamp.startsWith(`${one.account.uri}/quote_authorizations/`), stamp)
      const { body } = await document(stamp)
      assert.equal(body.type, 'QuoteAuthorization')
      assert.equal(body.attributedTo, one.account.uri)
      assert.equal(body.interactingObject, two.uri)
      assert.equal(body.interactionTarget, one.uri)
      const copy = await copyOf(alice, two)
      await alice.post(`/api/v1/statuses/${one.id}/quotes/${copy.id}/revoke`)
      await settle()
      assert.equal((await document(stamp)).status, 410)
      assert.deepEqual(await quoteOf(bob, two), { state: 'revoked', quoted_status: null })
      assert.deepEqual(await quoteOf(carol, copy), { state: 'revoked', quoted_status: null })
      assert.equal((await document(two.uri)).body.quote, undefined)
    })

    test('servers that know no quotes read where it leads', async () => {
      const { one, two } = await quoteAlice()
      const { content, contentMap, tag } = (await document(two.uri)).body
      const line = `<p class="quote-inline">RE: <a href="${one.url}">${one.url}</a></p><p>look</p>`
      assert.equal(content, line)
      assert.deepEqual(contentMap, { en: line })
      const [link] = tag as Record<string, string>[]
      assert.equal(link?.href, one.uri)
      assert.equal((await again(bob, two)).content, '<p>look</p>')
    })

    test('what may not be quoted is refused when asked for all the same (ACT-27)', async () => {
      const one = await post(alice, { status: 'one' })
      const copy = await copyOf(bob, one)
      await alice.put(`/api/v1/statuses/${one.id}/interaction_policy`, { quote_approval_policy: 'nobody' })
      // There the old policy is known still.
      await here.settle()
      const two = await post(bob, { status: 'look', quoted_status_id: copy.id })
      assert.deepEqual(await quoteOf(bob, two), { state: 'rejected', quoted_status: null })
      assert.deepEqual(await told(alice, 'quote'), [])
      assert.equal((await again(alice, one)).quotes_count, 0)
    })

    test('a policy that changed is told to those who have the post', async () => {
      const found = await find(bob, '@alice@here.example')
      await bob.post(`/api/v1/accounts/${found.accounts[0]?.id}/follow`)
      await settle()
      const one = await post(alice, { status: 'one' })
      const copy = await copyOf(bob, one)
      here.clock.advance(1000)
      await alice.put(`/api/v1/statuses/${one.id}/interaction_policy`, { quote_approval_policy: 'nobody' })
      await settle()
      const now = await again(bob, copy)
      assert.deepEqual(now.quote_approval.automatic, [])
      assert.equal(now.edited_at, null)
    })

    test('the end of what is quoted ends the quote on both sides, and the end of a quote is counted', async () => {
      const { one, two } = await quoteAlice()
      const other = await post(bob, { status: 'more', quoted_status_id: (await copyOf(bob, one)).id })
      assert.equal((await again(alice, one)).quotes_count, 2)
      await bob.delete(`/api/v1/statuses/${other.id}`)
      await settle()
      assert.equal((await again(alice, one)).quotes_count, 1)
      await alice.delete(`/api/v1/statuses/${one.id}`)
      await settle()
      assert.deepEqual(await quoteOf(bob, two), { state: 'deleted', quoted_status: null })
      const copy = await copyOf(carol, two)
      assert.deepEqual(copy.quote, { state: 'deleted', quoted_status: null })
    })

    test('an edit of what is quoted is told to whoever quoted it, elsewhere too', async () => {
      const { one, two } = await quoteAlice()
      here.clock.advance(5000)
      there.clock.advance(5000)
      await alice.put(`/api/v1/statuses/${one.id}`, { status: 'other words' })
      await settle()
      const [notification] = await told(bob, 'quoted_update')
      assert.equal(notification?.account.acct, 'alice@here.example')
      assert.equal(notification?.status?.id, two.id)
      assert.equal((await quoteOf(bob, two))?.quoted_status?.content, '<p>other words</p>')
    })

    test('an edit of a quote keeps it, and its consent', async () => {
      const { one, two } = await quoteAlice()
      here.clock.advance(5000)
      there.clock.advance(5000)
      await bob.put(`/api/v1/statuses/${two.id}`, { status: 'better' })
      await settle()
      const copy = await copyOf(carol, two)
      assert.match(copy.content, /better/)
      assert.equal((copy.quote as Shown)?.quoted_status?.uri, one.uri)
    })

    test('a quote that is for few is asked for with the post in it, and read by whoever is quoted', async () => {
      const { one, two } = await quoteAlice({}, { visibility: 'private' })
      assert.equal((await quoteOf(bob, two))?.state, 'accepted')
      const [notification] = await told(alice, 'quote')
      assert.equal(notification?.status?.visibility, 'private')
      assert.equal((await again(alice, one)).quotes_count, 0)
      const { id } = await there.app.db
        .selectFrom('quote')
        .select('approval_uri as id')
        .executeTakeFirstOrThrow()
      assert.equal((await document(String(id))).status, 404)
      assert.equal((await here.as('mallory').get(`/api/v1/statuses/${notification?.status?.id}`)).status, 404)
    })

    test('a third server finds the quote with its consent, whichever way it comes upon it', async () => {
      const third = await world({ database, domain: 'third.example', http: network })
      network.host('third.example', third.site)
      const { one, two } = await quoteAlice()
      const dora = third.as('alice')
      const copy = await copyOf(dora, two)
      await third.settle()
      assert.equal((await quoteOf(dora, copy))?.quoted_status?.uri, one.uri)
      await third.close()
    })
  })
}
