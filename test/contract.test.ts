import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ownApplication } from '#auth/apps.ts'
import { createToken } from '#auth/tokens.ts'
import { userByAccount } from '#auth/users.ts'
import type { RefusalCase } from '#platform/http/refusals.ts'
import { refusalCases } from '#platform/http/refusals.ts'
import { endpoints } from '../src/endpoints.ts'
import type { World } from './world.ts'
import { databases, world } from './world.ts'

async function tokenFor(w: World, { token, scopes }: RefusalCase): Promise<string | null> {
  if (token === 'none') return null
  if (token === 'garbage') return 'no-such-token'
  const applicationId = (await ownApplication(w.app, 'hyrax-command-line')).id
  const user = token === 'member' ? await userByAccount(w.app, w.cast.bob.id) : undefined
  return createToken(w.app, { applicationId, userId: user?.id ?? null, scopes })
}

for (const database of databases) {
  describe(`every endpoint refuses what it must (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    for (const refusal of refusalCases(endpoints)) {
      test(refusal.name, async () => {
        const domain = w.app.domains.all()[0]
        const token = await tokenFor(w, refusal)
        const answer = await w.site.request(`${domain?.origin}${refusal.path}`, {
          method: refusal.method,
          headers: { Host: domain?.web_host ?? '', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
        })
        const text = await answer.text()
        assert.equal(answer.status, refusal.status, text)
        assert.equal((JSON.parse(text) as { error: string }).error, refusal.error)
      })
    }
  })
}
