import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { HostedDomain } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import type { Refusal } from '#platform/errors.ts'
import type { World } from '../../test/world.ts'
import { databases, SETUP_CODE, world } from '../../test/world.ts'
import { may } from './roles.ts'
import { sessionFor } from './sessions.ts'
import type { SetUpForm } from './set-up.ts'
import { isSetUp, setUp } from './set-up.ts'
import { signIn } from './sign-in.ts'

const form: SetUpForm = {
  domain: 'here.example',
  audience: 'approval',
  ownerName: 'Owl',
  password: 'eight good letters',
}
const people = { owner: 'owl', password: form.password, domain: 'here.example', audience: 'open', disk: '1' }

for (const database of databases) {
  describe(`setUp (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database, setUp: false })
    })
    afterEach(() => w.close())

    const rows = async () => (await w.app.db.selectFrom('user').select('id').execute()).length
    const send = async (fields: Record<string, string>) => {
      const headers = { Host: 'here.example', 'Content-Type': 'application/x-www-form-urlencoded' }
      const page = await w.site.request(`https://here.example/setup?code=${SETUP_CODE}`, { headers })
      const cookie = (page.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
      const csrf = cookie.split('=')[1] ?? ''
      return w.site.request('https://here.example/setup', {
        method: 'POST',
        headers: { ...headers, Cookie: cookie },
        body: new URLSearchParams({ ...fields, csrf }).toString(),
      })
    }

    test('the owner may do everything, and the server lets in whom they said', async () => {
      await setUp(w.app, form)
      assert.ok(isSetUp(w.app))
      const domain = w.app.domains.all()[0] as HostedDomain
      const asked = { login: 'owl', password: form.password, ip: '192.0.2.1', userAgent: null }
      const session = await sessionFor(w.app, await signIn(w.app, domain, asked))
      assert.ok(session)
      assert.equal(await may(w.app, session.user, 'administrator'), true)
      const site = await siteOf(w.app, domain.id)
      assert.equal(site.registrations, 'approved')
      assert.equal(site.contact_account_id, session.account.id)
      assert.notEqual(domain.actor_id, null)
    })

    test('ACC-19 the setup page opens with the code from the console only', async () => {
      for (const code of ['', 'guess', `${SETUP_CODE}x`]) {
        const answer = await w.anyone.get(`/setup?code=${code}`)
        assert.equal(answer.status, 403, code)
        assert.equal((await send({ ...people, code })).status, 403, code)
      }
      assert.equal(await rows(), 0)
      assert.equal((await send({ ...people, code: SETUP_CODE })).status, 200)
      assert.equal(await rows(), 1)
    })

    test('ACC-19 the setup is gone once it is done, with the code or without', async () => {
      await setUp(w.app, form)
      assert.equal((await w.anyone.get(`/setup?code=${SETUP_CODE}`)).status, 410)
      assert.equal((await send({ ...people, owner: 'thief', code: SETUP_CODE })).status, 410)
      await assert.rejects(setUp(w.app, { ...form, ownerName: 'thief' }), (error: Refusal) => {
        return error.kind === 'gone'
      })
      assert.equal(await rows(), 1)
    })

    test('ACC-20 a fresh server has nobody to sign in as', async () => {
      assert.equal(await rows(), 0)
      const domain = w.app.domains.all()[0] as HostedDomain
      for (const login of ['admin', 'owner', 'root', 'admin@localhost', 'admin@here.example']) {
        for (const password of ['', 'admin', 'password', 'mastodonadmin', 'changeme']) {
          const asked = { login, password, ip: '192.0.2.1', userAgent: null }
          await assert.rejects(signIn(w.app, domain, asked), (error: Refusal) => {
            return error.kind === 'unauthenticated'
          })
        }
      }
    })

    test('of two setups at once one wins, and there is one owner', async () => {
      const both = [setUp(w.app, form), setUp(w.app, { ...form, ownerName: 'thief' })]
      const outcomes = (await Promise.allSettled(both)).map(({ status }) => status).sort()
      assert.deepEqual(outcomes, ['fulfilled', 'rejected'])
      assert.equal(await rows(), 1)
    })

    test('a form that cannot be is refused field by field and leaves everything as it was', async () => {
      const bad = { ...form, domain: 'https://here.example/', ownerName: 'o w l', password: 'short' }
      await assert.rejects(setUp(w.app, bad), (error: Refusal) => {
        assert.deepEqual(Object.keys(error.details ?? {}).sort(), ['domain', 'password', 'username'])
        return true
      })
      assert.equal(isSetUp(w.app), false)
      assert.equal(await rows(), 0)
      await setUp(w.app, form)
    })
  })
}
