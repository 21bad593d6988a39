import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { mastodon } from 'masto'
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from 'masto'
import { plain } from '../pictures.ts'
import type { StreamingWorld } from '../streams.ts'
import { listening } from '../streams.ts'
import type { World } from '../world.ts'
import { databases, world } from '../world.ts'

const HOUR = 3_600_000

for (const database of databases) {
  describe(`masto.js on ${database}`, () => {
    let w: World
    let served: StreamingWorld
    let alice: mastodon.rest.Client
    let bob: mastodon.rest.Client
    const url = () => `http://127.0.0.1:${served.port}`
    const scopes = 'read write follow push'

    before(async () => {
      w = await world({ database })
      served = await listening(w)
      const clientOf = async (name: 'alice' | 'bob') =>
        createRestAPIClient({ url: url(), accessToken: await served.tokenOf(w.cast[name], scopes) })
      alice = await clientOf('alice')
      bob = await clientOf('bob')
    })
    after(async () => {
      await served.close()
      await w.close()
    })

    test('an app registers itself, gets a token and signs somebody up', async () => {
      const anyone = createRestAPIClient({ url: url() })
      const app = await anyone.v1.apps.create({
        clientName: 'Tusk',
        redirectUris: 'urn:ietf:wg:oauth:2.0:oob',
        scopes,
      })
      const token = await createOAuthAPIClient({ url: url() }).token.create({
        grantType: 'client_credentials',
        clientId: String(app.clientId),
        clientSecret: String(app.clientSecret),
        redirectUri: 'urn:ietf:wg:oauth:2.0:oob',
        scope: scopes,
      })
      const asApp = createRestAPIClient({ url: url(), accessToken: token.accessToken })
      const made = await asApp.v1.accounts.create({
        username: 'eve',
        email: 'eve@mail.example',
        password: 'eight good letters',
        agreement: true,
        locale: 'en',
      })
      assert.ok(made.accessToken)
      assert.equal((await anyone.v2.instance.fetch()).domain, 'here.example')
    })

    test('a post with a picture is written, edited, answered, favourited and shown to its author', async () => {
      const picture = await plain(60, 40).png().toBuffer()
      const file = new Blob([new Uint8Array(picture)], { type: 'image/png' })
      const media = await alice.v2.media.create({ file, description: 'rust' })
      const status = await alice.v1.statuses.create({ status: 'A wall #rust', mediaIds: [media.id] })
      assert.equal(status.mediaAttachments[0]?.description, 'rust')
      const edited = await alice.v1.statuses
        .$select(status.id)
        .update({ status: 'A red wall #rust', mediaIds: [media.id] })
      assert.ok(edited.editedAt)
      assert.equal((await alice.v1.statuses.$select(status.id).history.list()).length, 2)
      const reply = await bob.v1.statuses.create({ status: '@alice nice', inReplyToId: status.id })
      const liked = await bob.v1.statuses.$select(status.id).favourite()
      assert.equal(liked.favourited, true)
      await w.settle()
      const context = await alice.v1.statuses.$select(status.id).context.fetch()
      assert.deepEqual(
        context.descendants.map(({ id }) => id),
        [reply.id],
      )
      const told = await alice.v1.notifications.list()
      assert.deepEqual(told.map(({ type }) => type).sort(), ['admin.sign_up', 'favourite', 'mention'])
      const grouped = await alice.v2.notifications.list()
      assert.deepEqual(grouped.notificationGroups.map(({ type }) => type).sort(), [
        'admin.sign_up',
        'favourite',
        'mention',
      ])
    })

    test('a poll is voted on once, and its voter sees the counts', async () => {
      const poll = { options: ['tea', 'mate'], expiresIn: 600 }
      const status = await alice.v1.statuses.create({ status: 'What now?', poll })
      const voted = await bob.v1.polls.$select(String(status.poll?.id)).votes.create({ choices: [1] })
      assert.deepEqual([voted.voted, voted.ownVotes, voted.options[1]?.votesCount], [true, [1], 1])
    })

    test('the home and the author’s posts are paged to their end', async () => {
      for (let n = 0; n < 7; n++) await alice.v1.statuses.create({ status: `page ${n}` })
      await w.settle()
      for (const pages of [
        bob.v1.timelines.home.list({ limit: 3 }),
        bob.v1.accounts.$select(String(w.cast.alice.id)).statuses.list({ limit: 3 }),
      ]) {
        const seen: string[] = []
        for await (const page of pages) seen.push(...page.map(({ id }) => id))
        assert.equal(new Set(seen).size, seen.length)
        assert.ok(seen.length >= 9)
      }
    })

    test('lists, followed tags, scheduled posts, conversations and search do what they say', async () => {
      const list = await bob.v1.lists.create({ title: 'Walls' })
      await bob.v1.lists.$select(list.id).accounts.create({ accountIds: [String(w.cast.alice.id)] })
      assert.equal((await bob.v1.lists.$select(list.id).accounts.list())[0]?.acct, 'alice')
      assert.equal((await bob.v1.tags.$select('rust').follow()).following, true)
      assert.equal((await bob.v1.followedTags.list())[0]?.name, 'rust')
      const scheduledAt = new Date(w.app.now() + HOUR).toISOString()
      const scheduled = await bob.v1.statuses.create({ status: 'later', scheduledAt })
      assert.equal((await bob.v1.scheduledStatuses.list())[0]?.id, scheduled.id)
      await bob.v1.statuses.create({ status: '@alice between us', visibility: 'direct' })
      await w.settle()
      assert.equal((await alice.v1.conversations.list())[0]?.accounts[0]?.acct, 'bob')
      assert.equal((await bob.v2.search.list({ q: 'alice' })).accounts[0]?.acct, 'alice')
    })

    test('a profile is changed, and relationships are told', async () => {
      assert.equal(
        (await alice.v1.accounts.updateCredentials({ displayName: 'Alice A.' })).displayName,
        'Alice A.',
      )
      const [known] = await bob.v1.accounts.relationships.fetch({ id: [String(w.cast.alice.id)] })
      assert.equal(known?.following, true)
    })

    test('a new post is heard on the stream of the home', async () => {
      const accessToken = await served.tokenOf(w.cast.bob, scopes)
      const streaming = createStreamingAPIClient({
        streamingApiUrl: `ws://127.0.0.1:${served.port}/api/v1/streaming`,
        accessToken,
      })
      const user = streaming.user.subscribe()
      const heard = user.values()[Symbol.asyncIterator]().next()
      // The stream stands once this one, opened after it, does.
      await streaming.prepare()
      const { id } = await alice.v1.statuses.create({ status: 'on the air' })
      await served.settle()
      const { value } = await heard
      assert.equal(value.event, 'update')
      assert.equal(value.payload.id, id)
      user.unsubscribe()
      streaming.close()
    })
  })
}
