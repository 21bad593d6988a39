import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import type { Browser } from '../../../test/browser.ts'
import { openBrowser } from '../../../test/browser.ts'
import { PASSWORD } from '../../../test/cast.ts'
import { openNetwork } from '../../../test/network.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const PATH = '/settings/move'

for (const database of databases) {
  describe(`moving from the settings (${database})`, () => {
    let here: World
    let there: World
    let bob: Browser
    let carol: Browser
    beforeEach(async () => {
      const network = openNetwork()
      here = await world({ database, domain: 'here.example', http: network })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('there.example', there.site)
      network.host('here.example', here.site)
      bob = openBrowser(here)
      await bob.enter('bob')
      carol = openBrowser(there)
      await carol.enter('carol')
    })
    afterEach(async () => {
      await here.close()
      await there.close()
    })

    const settle = async () => {
      for (let turn = 0; turn < 4; turn++) {
        await here.settle()
        await there.settle()
      }
    }
    const submit = async (who: Browser, path: string, fields: Record<string, string>) =>
      who.submit(await who.get(PATH), `${PATH}/${path}`, fields)

    test('ACC-23 followers come along once the new account names the old one; nothing moves without the password', async () => {
      await here.as(here.cast.alice).post(`/api/v1/accounts/${here.cast.bob.id}/follow`)
      await settle()
      const away = { target: 'carol@there.example', password: PASSWORD }
      const early = await submit(bob, 'away', away)
      assert.equal(early.status, 422)
      assert.match(early.text, /does not name this account as an alias/)
      const alias = await submit(carol, 'alias', { alias: '@bob@here.example' })
      assert.deepEqual([alias.status, alias.leadsTo], [303, PATH])
      assert.match((await carol.get(PATH)).text, new RegExp(here.cast.bob.uri))
      await settle()
      const wrong = await submit(bob, 'away', { ...away, password: 'guess' })
      assert.equal(wrong.status, 422)
      assert.match(wrong.text, /id="e-password"/)
      assert.match(wrong.text, /value="carol@there.example"/)
      const moved = await submit(bob, 'away', away)
      assert.equal(moved.status, 303, moved.text)
      await settle()
      assert.match((await bob.get(PATH)).text, /You moved to <b>@carol@there.example/)
      const shown = (await here.as(here.cast.alice).get(`/api/v1/accounts/${here.cast.bob.id}`))
        .body as Account
      assert.equal(shown.moved?.acct, 'carol@there.example')
      // carol lets followers in by hand.
      const { body } = await there.as(there.cast.carol).get('/api/v1/follow_requests')
      assert.deepEqual(
        (body as Account[]).map(({ acct }) => acct),
        ['alice@here.example'],
      )
      assert.equal((await submit(bob, 'stay', {})).status, 303)
      assert.doesNotMatch((await bob.get(PATH)).text, /You moved to/)
    })

    test('an alias is taken back; who is not found, or oneself, is none', async () => {
      assert.match((await submit(carol, 'alias', { alias: 'nobody@here.example' })).text, /id="e-alias"/)
      assert.equal((await submit(carol, 'alias', { alias: '' })).status, 422)
      assert.equal((await submit(carol, 'alias', { alias: 'carol@there.example' })).status, 422)
      await submit(carol, 'alias', { alias: 'bob@here.example' })
      assert.equal((await submit(carol, 'alias/remove', { uri: here.cast.bob.uri })).status, 303)
      assert.doesNotMatch((await carol.get(PATH)).text, /alias\/remove/)
      assert.equal((await openBrowser(here).get(PATH)).leadsTo, '/auth/sign_in?next=%2Fsettings%2Fmove')
    })
  })
}
