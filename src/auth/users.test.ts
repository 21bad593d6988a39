import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { HostedDomain } from '#app.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { UserRow } from './users.ts'
import {
  readPreferences,
  savePreferences,
  userByAccount,
  userById,
  userByName,
  userBySignIn,
} from './users.ts'

test('preferences that an older or newer server wrote read as the defaults', () => {
  const defaults = readPreferences({ settings: '{}' })
  assert.deepEqual(defaults, {
    visibility: null,
    sensitive: false,
    language: null,
    quotePolicy: 'public',
    expandMedia: 'default',
    expandSpoilers: false,
    autoplayGifs: false,
    timeZone: null,
    chosenLanguages: [],
  })
  const odd = { visibility: 'everybody', sensitive: 'yes', language: 7, expandMedia: null, more: 1 }
  assert.deepEqual(readPreferences({ settings: JSON.stringify(odd) }), defaults)
})

for (const database of databases) {
  describe(`people (${database})`, () => {
    let w: World
    let domain: HostedDomain
    let bob: UserRow
    before(async () => {
      w = await world({ database })
      domain = w.app.domains.all()[0] as HostedDomain
      bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
    })
    after(() => w.close())

    test('a person is found by id, account and name; an account of elsewhere has none', async () => {
      assert.equal((await userById(w.app, bob.id))?.id, bob.id)
      for (const name of ['bob', 'BOB', '@bob', 'bob@here.example', ' @Bob@HERE.example '])
        assert.equal((await userByName(w.app, name))?.id, bob.id, name)
      assert.equal(await userByName(w.app, 'bob@elsewhere.example'), undefined)
      assert.equal(await userByAccount(w.app, w.cast.dan.id), undefined)
    })

    test('AZ-16 nobody signs in to a domain that they do not belong to', async () => {
      const stranger = { ...domain, id: domain.id + 1, name: 'other.example' }
      for (const login of ['bob', 'bob@mail.example', 'bob@here.example', 'bob@other.example'])
        assert.equal(await userBySignIn(w.app, stranger, login), undefined, login)
      assert.equal((await userBySignIn(w.app, domain, 'bob'))?.id, bob.id)
    })

    test('a change of preferences leaves the others as they were, and is seen at once', async () => {
      const client = w.as('bob')
      const shown = async () => (await client.get('/api/v1/preferences')).body as Record<string, unknown>
      assert.equal((await shown())['posting:default:visibility'], 'public')
      const changed = await savePreferences(w.app, bob, { privacy: 'unlisted', language: 'de' })
      await savePreferences(w.app, changed, { sensitive: true })
      assert.deepEqual(await shown(), {
        'posting:default:visibility': 'unlisted',
        'posting:default:sensitive': true,
        'posting:default:language': 'de',
        'posting:default:quote_policy': 'public',
        'reading:expand:media': 'default',
        'reading:expand:spoilers': false,
        'reading:autoplay:gifs': false,
      })
    })
  })
}
