import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { registerApplication } from '#auth/apps.ts'
import { createToken } from '#auth/tokens.ts'
import { userByAccount } from '#auth/users.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const PAGE = '/oauth/authorized_applications'

for (const database of databases) {
  describe(`the page of apps (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    test('a member sees which apps may act for them and shuts one out at once, for themselves alone', async () => {
      const form = { name: 'Tusk <b>', redirectUris: ['https://app.example/'], scopes: 'read' }
      const { application } = await registerApplication(w.app, form)
      const tokenOf = async (id: number) => {
        const user = await userByAccount(w.app, id)
        const wanted = { applicationId: application.id, userId: user?.id ?? 0, scopes: ['read'] }
        return { Authorization: `Bearer ${await createToken(w.app, wanted)}` }
      }
      const [bobs, carols] = [await tokenOf(w.cast.bob.id), await tokenOf(w.cast.carol.id)]
      const mine = '/api/v1/accounts/verify_credentials'
      assert.equal((await w.anyone.get(mine, bobs)).status, 200)
      assert.match((await openBrowser(w).get(PAGE)).leadsTo ?? '', /sign_in\?next=/)
      const here = openBrowser(w)
      await here.enter('bob')
      const page = await here.get(PAGE)
      assert.match(page.text, /Tusk &lt;b&gt;/)
      const path = `${PAGE}/${application.id}/revoke`
      assert.equal((await here.post(path, { csrf: 'wrong' })).status, 403)
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
      assert.equal((await here.post(path, { csrf })).leadsTo, PAGE)
      assert.equal((await w.anyone.get(mine, bobs)).status, 401)
      assert.equal((await w.anyone.get(mine, carols)).status, 200)
      assert.doesNotMatch((await here.get(PAGE)).text, /Tusk/)
    })
  })
}
