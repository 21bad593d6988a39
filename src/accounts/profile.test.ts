import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CredentialAccount } from '#auth/present-credentials.ts'
import { follow } from '#relationships/follow.ts'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import { remoteActor } from '../../test/remote-actor.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { FeaturedTag } from './featured-tags.ts'
import type { Account } from './present-account.ts'
import { saveRemoteAccount } from './save-account.ts'

type Problem = { error: string; details: Record<string, { error: string }[]> }

const page = (html: string) => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: Buffer.from(html),
})

for (const database of databases) {
  describe(`profile (${database})`, () => {
    let w: World
    let network: Network
    before(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
    })
    after(() => w.close())

    const patch = (body: Record<string, unknown>) =>
      w.as('bob').patch('/api/v1/accounts/update_credentials', body)

    test('everything of a profile can be set at once and reads back as it was typed', async () => {
      const answer = await patch({
        display_name: 'Bob',
        note: 'hello',
        bot: 'true',
        discoverable: true,
        indexable: true,
        show_media: false,
        show_media_replies: false,
        show_featured: false,
        attribution_domains: ['https://Blog.example/', 'bücher.example', 'blog.example'],
        fields_attributes: {
          '0': { name: 'Home', value: 'https://bob.example/' },
          '1': { name: 'b', value: 'c' },
        },
        source: { privacy: 'unlisted', sensitive: 'on', language: 'de', quote_policy: 'followers' },
      })
      const body = answer.body as CredentialAccount
      assert.deepEqual(body.source.attribution_domains, ['blog.example', 'xn--bcher-kva.example'])
      assert.equal(body.source.privacy, 'unlisted')
      assert.equal(body.source.sensitive, true)
      assert.equal(body.source.language, 'de')
      assert.equal(body.source.quote_policy, 'followers')
      assert.deepEqual(
        [body.bot, body.show_media, body.show_media_replies, body.show_featured],
        [true, false, false, false],
      )
      assert.equal(body.source.fields[0]?.value, 'https://bob.example/')
      assert.match(body.fields[0]?.value ?? '', /^<a href="https:\/\/bob\.example\/".* rel="me nofollow/)
      const profile = (await w.as('bob').get('/api/v1/profile')).body as Record<string, unknown>
      assert.equal(profile.note, 'hello')
      assert.equal(profile.formatted_note, '<p>hello</p>')
      assert.equal(profile.avatar, null)
      const preferences = (await w.as('bob').get('/api/v1/preferences')).body as Record<string, unknown>
      assert.equal(preferences['posting:default:quote_policy'], 'followers')
      assert.equal(preferences['reading:autoplay:gifs'], false)
      for (const method of ['patch', 'put'] as const) {
        const changed = (await w.as('bob')[method]('/api/v1/profile', { bot: false })).body as {
          bot: boolean
        }
        assert.equal(changed.bot, false)
      }
    })

    test('what passes a limit is refused with the field’s name, and nothing is changed', async () => {
      const cases: [Record<string, unknown>, string][] = [
        [{ display_name: 'x'.repeat(31) }, 'display_name'],
        [{ note: 'x'.repeat(501) }, 'note'],
        [{ avatar_description: 'x'.repeat(151) }, 'avatar_description'],
        [{ fields_attributes: [{ name: 'x'.repeat(256), value: 'y' }] }, 'fields'],
        [{ attribution_domains: ['not a domain'] }, 'attribution_domains'],
        [
          { attribution_domains: Array.from({ length: 101 }, (_, n) => `d${n}.example`) },
          'attribution_domains',
        ],
        [{ source: { privacy: 'secret' } }, 'source.privacy'],
        [{ source: { language: 'not one' } }, 'source.language'],
      ]
      for (const [body, field] of cases) {
        const answer = await patch({ bot: true, ...body })
        assert.equal(answer.status, 422, JSON.stringify(body))
        const { error, details } = answer.body as Problem
        assert.match(error, /^Validation failed: /)
        assert.match(details[field]?.[0]?.error ?? '', /^ERR_/, answer.text)
      }
      const now = (await w.as('bob').get('/api/v1/accounts/verify_credentials')).body as CredentialAccount
      assert.equal(now.bot, false)
    })

    test('ORG-29 a link is proven by the page linking back with rel=me, and stays so while it is not changed', async () => {
      const me = (await w.anyone.get(`/api/v1/accounts/${w.cast.bob.id}`)).body as Account
      network.host('yes.example', async () => page(`<p><a rel="nofollow me" href="${me.url}">me</a>`))
      network.host('head.example', async () => page(`<link href="${me.url}" rel=me>`))
      network.host('no.example', async () => page(`<a rel="nofollow" href="${me.url}">him</a>`))
      network.host('other.example', async () => page('<a rel=me href="https://there.example/@bob">me</a>'))
      const links = [
        'https://yes.example/',
        'https://head.example/me',
        'https://no.example/',
        'https://other.example/',
      ]
      await patch({ fields_attributes: links.map((value, n) => ({ name: `l${n}`, value })) })
      await w.settle()
      const proofs = async () =>
        ((await w.anyone.get(`/api/v1/accounts/${w.cast.bob.id}`)).body as Account).fields.map(
          (field) => field.verified_at !== null,
        )
      assert.deepEqual(await proofs(), [true, true, false, false])
      network.down.add('yes.example')
      await patch({
        display_name: 'Robert',
        fields_attributes: links.map((value, n) => ({ name: `l${n}`, value })),
      })
      await w.settle()
      assert.deepEqual(await proofs(), [true, true, false, false])
      await patch({ fields_attributes: [{ name: 'l0', value: 'https://yes.example/new' }] })
      await w.settle()
      assert.deepEqual(await proofs(), [false])
    })

    test('SSRF-01 plain http and decorated links are never asked for', async () => {
      const before = network.log.length
      await patch({
        fields_attributes: [
          { name: 'a', value: 'http://yes.example/' },
          { name: 'b', value: 'see https://yes.example/' },
        ],
      })
      const value = '<a href="https://yes.example/">https://bank.example/</a>'
      const fields = JSON.stringify([{ name: 'a', value }])
      await saveRemoteAccount(w.app, { ...remoteActor('frank', 'far.example'), fields })
      w.clock.advance(3600_000)
      await w.settle()
      assert.deepEqual(network.log.slice(before), [])
    })

    test('a link of somebody elsewhere is looked at too, within ten minutes, and a refresh keeps the proof', async () => {
      network.host('grace.example', async () => page('<a rel=me href="https://far.example/@grace">x</a>'))
      const value =
        '<a href="https://grace.example/" rel="me"><span>https://</span><span>grace.example/</span></a>'
      const actor = { ...remoteActor('grace', 'far.example'), fields: JSON.stringify([{ name: 'a', value }]) }
      const { id } = await saveRemoteAccount(w.app, actor)
      w.clock.advance(600_000)
      await w.settle()
      await saveRemoteAccount(w.app, actor)
      const shown = (await w.anyone.get(`/api/v1/accounts/${id}`)).body as Account
      assert.notEqual(shown.fields[0]?.verified_at, null)
      assert.equal('noindex' in shown, false)
    })

    test('whoever stops answering follows by hand lets those in who wait', async () => {
      const { bob, carol } = w.cast
      assert.equal(await follow(w.app, bob, carol), 'requested')
      await w.as('carol').patch('/api/v1/accounts/update_credentials', { locked: false })
      await w.settle()
      const shown = (await w.anyone.get(`/api/v1/accounts/${carol.id}`)).body as Account
      assert.deepEqual([shown.locked, shown.followers_count], [false, 1])
    })

    test('a profile shows ten hashtags at most, each with how much of the public writing carries it', async () => {
      const bob = w.as('bob')
      const say = (status: string, visibility = 'public') =>
        bob.post('/api/v1/statuses', { status, visibility })
      await say('#Rust and #cats')
      await say('#cats again')
      await say('#cats for you', 'private')
      const suggested = (await bob.get('/api/v1/featured_tags/suggestions')).body as { name: string }[]
      assert.deepEqual(suggested.map((tag) => tag.name).sort(), ['Rust', 'cats'])
      const made = (await bob.post('/api/v1/featured_tags', { name: '#Cats' })).body as FeaturedTag
      assert.deepEqual([made.name, made.statuses_count, made.last_status_at], ['Cats', '2', '2026-06-01'])
      const third = (await say('#cats more')).body as { id: string }
      await w.settle()
      const list = async () =>
        (await w.anyone.get(`/api/v1/accounts/${w.cast.bob.id}/featured_tags`)).body as FeaturedTag[]
      assert.equal((await list())[0]?.statuses_count, '3')
      await bob.delete(`/api/v1/statuses/${third.id}`)
      await w.settle()
      assert.equal((await list())[0]?.statuses_count, '2')
      for (const name of ['cats', '', 'no tag', '1234']) {
        assert.equal((await bob.post('/api/v1/featured_tags', { name })).status, 422, name)
      }
      for (let n = 0; n < 9; n++) await bob.post('/api/v1/featured_tags', { name: `tag${n}` })
      assert.equal((await bob.post('/api/v1/featured_tags', { name: 'eleventh' })).status, 422)
      assert.equal((await w.as('alice').delete(`/api/v1/featured_tags/${made.id}`)).status, 404)
      assert.deepEqual((await bob.delete(`/api/v1/featured_tags/${made.id}`)).body, {})
      assert.equal(
        ((await bob.get('/api/v1/profile')).body as { featured_tags: unknown[] }).featured_tags.length,
        9,
      )
    })
  })
}
