import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import type { Entity, MegalodonInterface } from 'megalodon'
import generator, { detector } from 'megalodon'
import { openBrowser } from '../browser.ts'
import type { Name } from '../cast.ts'
import { plain } from '../pictures.ts'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage } from './stage.ts'

for (const database of databases) {
  describe(`megalodon (${database})`, () => {
    let stage: ClientStage
    let alice: MegalodonInterface
    let bob: MegalodonInterface
    const as = (name: Name) => generator('mastodon', stage.url, stage.tokens[name])
    const idOf = (name: Name) => String(stage.w.cast[name].id)
    before(async () => {
      stage = await clientStage(database)
      alice = as('alice')
      bob = as('bob')
    })
    after(() => stage.close())

    test('it takes the server for one of Mastodon’s kind', async () => {
      const from = (path: string) =>
        fetch(stage.url + path).then(async (answer) => ({ data: await answer.json() }))
      const get = (url: string) => from(new URL(url).pathname)
      assert.equal(
        await detector(stage.url, { get } as unknown as Parameters<typeof detector>[1]),
        'mastodon',
      )
    })

    test('an app registers and gets a token for a code', async () => {
      const nobody = generator('mastodon', stage.url)
      const app = await nobody.registerApp('Whale', { scopes: ['read', 'write'] })
      assert.ok(app.url)
      const browser = openBrowser(stage.w)
      await browser.enter('bob')
      const asked = new URL(app.url)
      const page = await browser.get(asked.pathname + asked.search)
      const decided = await browser.submit(page, '/oauth/authorize', { decision: 'allow' })
      const shown = await browser.follow(decided)
      const code = /<output[^>]*>([^<]+)<\/output>/.exec(shown.text)?.[1] ?? ''
      const token = await nobody.fetchAccessToken(app.client_id, app.client_secret, code)
      const signedIn = generator('mastodon', stage.url, token.access_token)
      assert.equal((await signedIn.verifyAccountCredentials()).data.username, 'bob')
      assert.equal((await signedIn.verifyAppCredentials()).data.name, 'Whale')
      await signedIn.revokeToken(app.client_id, app.client_secret, token.access_token)
      await assert.rejects(signedIn.verifyAccountCredentials(), { message: /401/ })
    })

    test('a post with a picture and one with a poll are made, answered, voted on and edited', async () => {
      // A file that is read as it is sent: nobody knows its length before.
      const file = Object.assign(Readable.from([await plain(60, 40).png().toBuffer()]), { path: 'wall.png' })
      const media = await alice.uploadMedia(file, { description: 'rust' })
      const made = await alice.postStatus('A wall #rust', { media_ids: [media.data.id], language: 'en' })
      const status = made.data as Entity.Status
      assert.equal(status.media_attachments[0]?.description, 'rust')
      const edited = await alice.editStatus(status.id, { status: 'A red wall', media_ids: [media.data.id] })
      assert.match(edited.data.content, /red wall/)
      await bob.favouriteStatus(status.id)
      await bob.reblogStatus(status.id)
      await bob.bookmarkStatus(status.id)
      assert.equal((await bob.getBookmarks({ limit: 2 })).data[0]?.id, status.id)
      assert.equal((await alice.getStatusFavouritedBy(status.id)).data[0]?.acct, 'bob')
      const asked = await alice.postStatus('What now?', {
        poll: { options: ['tea', 'mate'], expires_in: 600, multiple: true },
      })
      const voted = await bob.votePoll(String((asked.data as Entity.Status).poll?.id), [0, 1])
      assert.deepEqual(
        voted.data.options.map(({ votes_count }) => votes_count),
        [1, 1],
      )
      // It sends a time only when that lies ahead on the clock of this machine.
      const later = await alice.postStatus('later', { scheduled_at: '2999-01-01T00:00:00.000Z' })
      assert.equal((await alice.getScheduledStatuses()).data[0]?.id, later.data.id)
      await alice.cancelScheduledStatus(later.data.id)
    })

    test('timelines go on from page to page, and notifications, talks and searches are read', async () => {
      for (let n = 0; n < 5; n++) await alice.postStatus(`page ${n} #wall`)
      await bob.postStatus('@alice psst', { visibility: 'direct' })
      await stage.w.settle()
      const seen = new Set<string>()
      for (let before: string | undefined; ; ) {
        const { data } = await bob.getTagTimeline('wall', { limit: 2, ...(before ? { max_id: before } : {}) })
        if (data.length === 0) break
        for (const { id } of data) seen.add(id)
        before = data.at(-1)?.id
      }
      assert.equal(seen.size, 5)
      assert.equal((await bob.getHomeTimeline({ limit: 3 })).data.length, 3)
      const kinds = (await alice.getNotifications()).data.map(({ type }) => type)
      assert.deepEqual([...new Set(kinds)].sort(), ['favourite', 'reblog'])
      const [talk] = (await alice.getConversationTimeline()).data
      assert.equal((await alice.readConversation(String(talk?.id))).data.unread, false)
      const found = (await bob.search('alice', { type: 'accounts', resolve: true })).data
      assert.equal(found.accounts[0]?.acct, 'alice')
      assert.equal((await bob.lookupAccount('alice')).data.id, idOf('alice'))
    })

    test('lists, filters, markers, hashtags, profiles and people are kept', async () => {
      const list = (await bob.createList('Walls')).data
      await bob.addAccountsToList(list.id, [idOf('alice')])
      assert.equal((await bob.getAccountsInList(list.id)).data[0]?.acct, 'alice')
      assert.equal((await bob.getListTimeline(list.id)).data[0]?.account.acct, 'alice')
      await bob.deleteAccountsFromList(list.id, [idOf('alice')])
      await bob.deleteList(list.id)
      assert.deepEqual((await bob.getLists()).data, [])
      const filter = (await bob.createFilter('spoiler', ['home'], { whole_word: true, expires_in: '600' }))
        .data
      assert.equal((await bob.getFilter(filter.id)).data.phrase, 'spoiler')
      await bob.deleteFilter(filter.id)
      assert.deepEqual((await bob.getFilters()).data, [])
      const [newest] = (await bob.getHomeTimeline()).data
      await bob.saveMarkers({ home: { last_read_id: String(newest?.id) } })
      const marker = (await bob.getMarkers(['home'])).data as Entity.Marker
      assert.equal(marker.home?.last_read_id, newest?.id)
      assert.equal((await bob.followTag('rust')).data.following, true)
      assert.equal((await bob.getFollowedTags()).data[0]?.name, 'rust')
      const changed = await alice.updateCredentials({ display_name: 'Alice A.', note: 'walls' })
      assert.equal(changed.data.display_name, 'Alice A.')
      const carol = idOf('carol')
      assert.equal((await bob.followAccount(carol)).data.requested, true)
      assert.equal((await as('carol').getFollowRequests()).data[0]?.id, idOf('bob'))
      await as('carol').acceptFollowRequest(idOf('bob'))
      assert.equal((await bob.getRelationship(carol)).data.following, true)
      assert.equal((await bob.muteAccount(carol, true)).data.muting, true)
      assert.equal((await bob.unmuteAccount(carol)).data.muting, false)
      assert.equal((await bob.report(carol, { comment: 'hm' })).data.comment, 'hm')
      assert.equal((await bob.getInstance()).data.uri, 'here.example')
      assert.ok((await bob.getPreferences()).data['posting:default:visibility'])
    })

    test('a home is heard on a socket: posts, edits, mentions and what is gone', async (t) => {
      // Its timers outlive the stream; they shall not keep the test waiting.
      const { setTimeout } = globalThis
      t.mock.method(globalThis, 'setTimeout', (...given: Parameters<typeof setTimeout>) =>
        setTimeout(...given).unref(),
      )
      // The server names its address of wss://, which leads nowhere here.
      const listener = as('bob')
      listener.streamingURL = async () => `ws://127.0.0.1:${stage.served.port}`
      const stream = (await listener.userStreaming()) as unknown as EventEmitter & { stop(): void }
      await once(stream, 'connect')
      const next = async (event: string) => (await once(stream, event))[0]
      const heard = Promise.all([next('update'), next('notification')])
      const { id } = (await alice.postStatus('@bob on the air')).data
      await stage.served.settle()
      const [update, told] = (await heard) as [Entity.Status, Entity.Notification]
      assert.deepEqual([update.id, told.type, told.status?.id], [id, 'mention', id])
      const changed = next('status_update')
      await alice.editStatus(id, { status: '@bob on the air again' })
      await stage.served.settle()
      assert.equal(((await changed) as Entity.Status).id, id)
      const gone = next('delete')
      await alice.deleteStatus(id)
      await stage.served.settle()
      assert.equal(await gone, id)
      stream.stop()
    })
  })
}
