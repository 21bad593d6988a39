import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { userByAccount } from '#auth/users.ts'
import type { Browser } from '../../test/browser.ts'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const FORMS = [
  '/auth/sign_in',
  '/auth/sign_out',
  '/auth/sign_up',
  '/auth/password',
  '/oauth/authorize',
  '/authorize_interaction',
  '/settings/password',
  '/settings/sessions/end_others',
  '/settings/sessions/1/end',
  '/admin/people/1/approve',
  '/admin/people/1/reject',
  '/admin/people/1/reset-link',
]
const TYPES = [
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/json',
  'multipart/form-data',
  '',
]
const NEXT = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  '/\t/evil.example/',
  '/\n/evil.example',
  ' //evil.example',
  'javascript:alert(1)',
  'evil.example',
  'http:evil.example',
  '///evil.example',
  '/%5cevil.example\r\nx: y',
  '',
]

for (const database of databases) {
  describe(`forms (${database})`, () => {
    let w: World
    let alice: Browser
    let csrf: string
    before(async () => {
      w = await world({ database })
      alice = openBrowser(w)
      await alice.enter('alice')
      csrf = /name="csrf" value="([^"]+)"/.exec((await alice.get('/about')).text)?.[1] ?? ''
      assert.notEqual(csrf, '')
    })
    after(() => w.close())

    const send = (path: string, type: string, body: string, more: Record<string, string> = {}) => {
      const cookie = [...alice.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const boundary = type.startsWith('multipart') ? '; boundary=b' : ''
      const headers = { Host: 'here.example', Cookie: cookie, ...more }
      const typed = type ? { ...headers, 'Content-Type': type + boundary } : headers
      const bytes = new TextEncoder().encode(body)
      return w.site.request(`https://here.example${path}`, { method: 'POST', headers: typed, body: bytes })
    }
    const bodyFor = (type: string, token: string) => {
      if (type === 'application/json') return JSON.stringify({ csrf: token })
      if (!type.startsWith('multipart')) return `csrf=${token}`
      return `--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${token}\r\n--b--\r\n`
    }

    for (const path of FORMS) {
      test(`WEB-03 ${path} is refused without the visitor’s token, in every type`, async () => {
        for (const type of TYPES) {
          for (const token of ['', 'wrong']) {
            const answer = await send(path, type, bodyFor(type, token))
            assert.equal(answer.status, 403, `${type} ${token}`)
          }
        }
      })

      test(`WEB-03 ${path} is refused from another origin, even with the token`, async () => {
        const type = 'application/x-www-form-urlencoded'
        for (const Origin of ['https://evil.example', 'null', 'https://here.example.evil.example']) {
          const answer = await send(path, type, bodyFor(type, csrf), { Origin })
          assert.equal(answer.status, 403, Origin)
        }
      })
    }

    test('WEB-04 nobody can be signed in as somebody else from another site', async () => {
      const visitor = openBrowser(w)
      const fields = { login: 'mallory', password: 'correct horse battery' }
      const blind = await visitor.post('/auth/sign_in', fields)
      assert.equal(blind.status, 403)
      const theirs = await visitor.post('/auth/sign_in', { ...fields, csrf: 'guessed' })
      assert.equal(theirs.status, 403)
      assert.equal(visitor.cookies.size, 0)
    })

    test('a form of another visitor does not count', async () => {
      const [one, other] = [openBrowser(w), openBrowser(w)]
      const page = await one.get('/auth/sign_in')
      await other.get('/auth/sign_in')
      const fields = { login: 'bob', password: 'correct horse battery' }
      assert.equal((await other.submit(page, '/auth/sign_in', fields)).status, 403)
    })

    test('WEB-18 a method inside a form changes nothing', async () => {
      const user = await userByAccount(w.app, w.cast.bob.id)
      const path = `/admin/people/${user?.id}/reset-link`
      const { status } = await alice.get(`${path}?_method=post&csrf=${csrf}`)
      assert.equal(status, 404)
    })

    test('WEB-08 after signing in or out the way leads to this site only', async () => {
      for (const next of NEXT) {
        const visitor = openBrowser(w)
        const page = await visitor.get(`/auth/sign_in?next=${encodeURIComponent(next)}`)
        const fields = { login: 'bob', password: 'correct horse battery' }
        const inside = await visitor.submit(page, '/auth/sign_in', { ...fields, next })
        assert.equal(inside.headers.get('location'), '/', JSON.stringify(next))
        const again = await visitor.get(`/auth/sign_in?next=${encodeURIComponent(next)}`)
        assert.equal(again.headers.get('location'), '/', JSON.stringify(next))
        const outside = await visitor.submit(await visitor.get('/about'), '/auth/sign_out', { next })
        assert.equal(outside.headers.get('location'), '/', JSON.stringify(next))
      }
    })

    test('a way on in any script of the world is kept', async () => {
      const visitor = openBrowser(w)
      const page = await visitor.get(`/auth/sign_in?next=${encodeURIComponent('/tags/日本 語?a=b%20c')}`)
      const fields = { login: 'bob', password: 'correct horse battery' }
      const { status, leadsTo } = await visitor.submit(page, '/auth/sign_in', fields)
      assert.equal(status, 303)
      assert.equal(leadsTo, '/tags/%E6%97%A5%E6%9C%AC%20%E8%AA%9E?a=b%20c')
    })

    test('fields that are lists or trees are no failure of ours', async () => {
      const visitor = openBrowser(w)
      const page = await visitor.get('/auth/sign_up')
      const strange = { 'username[a]': 'x', 'password[]': 'y', 'email[b][c]': 'z', 'agreement[]': '1' }
      const answer = await visitor.submit(page, '/auth/sign_up', strange)
      assert.equal(answer.status, 422)
    })
  })
}
