import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { World } from '../../../test/world.ts'
import { world } from '../../../test/world.ts'
import { readResource } from './well-known.ts'

type Jrd = {
  subject: string
  aliases: string[]
  links: { rel: string; href?: string; type?: string; template?: string }[]
}

describe('WebFinger, host-meta and NodeInfo', () => {
  let place: World
  before(async () => {
    place = await world({ settings: { WEB_DOMAIN: 'social.here.example', ALTERNATE_DOMAINS: 'old.example' } })
  })
  after(() => place.close())

  const finger = (resource: string) =>
    place.anyone.get(`/.well-known/webfinger?resource=${encodeURIComponent(resource)}`)
  const ask = (host: string, path: string) =>
    place.site.request(`https://${host}${path}`, { headers: { Host: host } })

  test('every form of an address finds the same person under the handle’s domain', async () => {
    const { alice } = place.cast
    for (const resource of [
      'acct:alice@here.example',
      'acct:ALICE@Here.Example',
      'acct:alice@social.here.example',
      'acct:alice@old.example',
      'acct:@alice@here.example',
      'alice@here.example',
      '@alice@here.example',
      'https://social.here.example/@alice',
      'https://social.here.example/users/alice',
      'https://here.example/@alice',
      alice.uri,
    ]) {
      const answer = await finger(resource)
      assert.equal(answer.status, 200, resource)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/jrd\+json/)
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      const jrd = JSON.parse(answer.text) as Jrd
      assert.equal(jrd.subject, 'acct:alice@here.example')
      assert.deepEqual(jrd.aliases, [alice.url, alice.uri])
      const self = jrd.links.find((link) => link.rel === 'self')
      assert.deepEqual(self, { rel: 'self', type: 'application/activity+json', href: alice.uri })
    }
  })

  test('the server itself has an address', async () => {
    for (const resource of [
      'acct:here.example@here.example',
      'acct:social.here.example@social.here.example',
      'https://social.here.example/',
      'https://social.here.example/actor',
    ]) {
      const jrd = JSON.parse((await finger(resource)).text) as Jrd
      assert.equal(jrd.subject, 'acct:here.example@here.example', resource)
      assert.ok(jrd.links.some(({ href }) => href === 'https://social.here.example/actor'))
    }
  })

  test('what cannot be read is 400, whom nobody knows 404, and nothing else ever (PAR-25)', async () => {
    const unreadable = [
      '',
      'a',
      'acct:',
      'acct:alice',
      'acct:al ice@here.example',
      'acct:alice%00@here.example',
      'acct:alice\0@here.example',
      'acct:a@b@here.example',
      'mailto:alice@here.example',
      'javascript:alert(1)',
      'ftp://here.example/@alice',
      'https://user:pass@here.example/@alice',
      'https://',
      `acct:${'a'.repeat(100_000)}@here.example`,
      'acct:älice@here.example',
      'acct:alice@here.example:99999999',
      'https://here.example/@al ice',
      'acct:alice@here.example\n',
      '@',
      '@@',
    ]
    for (const resource of unreadable)
      assert.equal((await finger(resource)).status, 400, resource.slice(0, 60))
    assert.equal((await place.anyone.get('/.well-known/webfinger')).status, 400)
    for (const resource of [
      'acct:nobody@here.example',
      'acct:alice@elsewhere.example',
      'acct:dan@here.example',
      'acct:dan@elsewhere.example',
      'https://here.example/@nobody',
      'https://elsewhere.example/@dan',
      'https://here.example/@alice/1/2',
      'https://social.here.example/ap/users/1',
      'https://social.here.example/@alice?x=1&y=%',
    ]) {
      const status = resource.includes('?x=1') ? 200 : 404
      assert.equal((await finger(resource)).status, status, resource)
    }
    assert.equal(readResource('acct:alice@here.example')?.kind, 'handle')
  })

  test('a split domain answers on both hosts, and `rel` narrows', async () => {
    for (const host of ['here.example', 'social.here.example', 'old.example']) {
      const answer = await ask(host, '/.well-known/webfinger?resource=acct:alice@here.example&rel=self')
      const jrd = (await answer.json()) as Jrd
      assert.deepEqual(
        jrd.links.map((link) => link.rel),
        ['self'],
        host,
      )
    }
    assert.equal(
      (await ask('stranger.example', '/.well-known/webfinger?resource=acct:alice@here.example')).status,
      404,
    )
  })

  test('host-meta leads to WebFinger in both languages', async () => {
    const xml = await place.anyone.get('/.well-known/host-meta')
    assert.equal(xml.headers.get('content-type'), 'application/xrd+xml; charset=utf-8')
    assert.ok(
      xml.text.includes('template="https://social.here.example/.well-known/webfinger?resource={uri}"'),
    )
    for (const answer of [
      await place.anyone.get('/.well-known/host-meta.json'),
      await place.anyone.get('/.well-known/host-meta', { Accept: 'application/json' }),
    ]) {
      const { links } = JSON.parse(answer.text) as Jrd
      assert.deepEqual(links[0]?.rel, 'lrdd')
    }
  })

  test('NodeInfo says who we are in two versions', async () => {
    const discovery = JSON.parse((await place.anyone.get('/.well-known/nodeinfo')).text) as Jrd
    assert.equal(discovery.links.length, 2)
    for (const { href, rel } of discovery.links) {
      const answer = await place.anyone.get(new URL(href ?? '').pathname)
      assert.ok(answer.headers.get('content-type')?.includes(`profile="${rel}#"`))
      const info = JSON.parse(answer.text)
      assert.equal(info.version, rel.slice(-3))
      assert.equal(info.software.name, 'hyrax')
      assert.deepEqual(info.protocols, ['activitypub'])
      assert.equal(info.usage.users.total, 4)
      assert.equal(info.openRegistrations, true)
      assert.equal(info.metadata.nodeName, 'Here')
    }
  })
})
