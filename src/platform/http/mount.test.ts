import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { notAllowed, notFound, unavailable } from '#platform/errors.ts'
import { bareEndpoints, bareSite } from './bare-app.ts'
import { endpoint, Reply, type Route } from './endpoint.ts'
import { refusalCases } from './refusals.ts'

const jsonOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>
const form = (text: string) => ({
  method: 'POST',
  body: text,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const throwing = (error: unknown) =>
  endpoint({
    route: 'GET /api/v1/fails',
    scope: 'public',
    summary: 'Fail',
    returns: z.unknown(),
    handle: async () => {
      throw error
    },
  })

describe('who may call', () => {
  const { ask } = bareSite()
  for (const each of refusalCases(bareEndpoints)) {
    test(each.name, async () => {
      const kind = each.token === 'garbage' ? 'nobody' : each.token
      const token = kind === 'none' ? {} : { token: [kind, ...each.scopes].join('.').replaceAll(':', '~') }
      const answer = await ask(each.path, { method: each.method, ...token })
      assert.equal(answer.status, each.status)
      assert.equal((await jsonOf(answer)).error, each.error)
      assert.equal(answer.headers.get('cache-control'), 'private, no-store')
    })
  }

  test('other schemes than Bearer, cookies and query tokens do not authorise', async () => {
    const attempts: Record<string, string>[] = [
      { authorization: 'Token member.read' },
      { authorization: 'Basic bWVtYmVyOnJlYWQ=' },
      { authorization: 'member.read' },
      { cookie: 'session=member.read' },
    ]
    for (const headers of attempts) {
      const answer = await ask('/api/v1/things/first', { headers })
      assert.equal(answer.status, 401)
    }
    assert.equal((await ask('/api/v1/things/first?access_token=member.read')).status, 401)
  })

  test('a parent scope is enough, and the viewer is handed over', async () => {
    const answer = await ask('/api/v1/things/first?loud=on', { token: 'member.read' })
    assert.deepEqual(await jsonOf(answer), { id: 'first true', viewer: 9 })
  })

  test('AZ-16 the token of another domain’s member is no token here', async () => {
    assert.equal((await ask('/api/v1/things/first', { token: 'elsewhere.read' })).status, 401)
    assert.equal((await ask('/api/v1/things/first', { token: 'member.read' })).status, 200)
  })

  test('a member who may not act is refused, except where the endpoint serves them', async () => {
    const answer = await ask('/api/v1/things/first', { token: 'unconfirmed.read' })
    assert.equal(answer.status, 403)
    const served = await ask('/api/v1/people', { method: 'POST', token: 'unconfirmed.write' })
    assert.deepEqual(await jsonOf(served), { application: 3, viewer: 9 })
  })

  test('anybody may read what is public, and caches keep only what is anonymous', async () => {
    const anonymous = await ask('/api/v1/things/7')
    assert.deepEqual(await jsonOf(anonymous), { id: '7', viewer: null })
    assert.equal(anonymous.headers.get('cache-control'), 'public, max-age=15')
    const member = await ask('/api/v1/things/7', { token: 'member.read' })
    assert.equal(member.headers.get('cache-control'), 'private, no-store')
    assert.match(member.headers.get('vary') ?? '', /Authorization/)
  })
})

describe('forms', () => {
  const { ask } = bareSite()
  const token = 'member.write'

  test('JSON, urlencoded, multipart and query read alike', async () => {
    const wanted = { status: 'hi', ids: ['1', '2'], loud: true }
    const parts = new FormData()
    for (const [name, value] of [
      ['status', 'hi'],
      ['ids[]', '1'],
      ['ids[]', '2'],
      ['loud', 'true'],
    ] as const) {
      parts.append(name, value)
    }
    const requests: [string, RequestInit][] = [
      ['', { ...form('status=hi&ids[]=1&ids[]=2&loud=1') }],
      [
        '',
        {
          method: 'POST',
          body: '{"status":"hi","ids":[1,"2"],"loud":true}',
          headers: { 'content-type': 'application/json' },
        },
      ],
      ['', { method: 'POST', body: parts }],
      ['?status=hi&ids[]=1&ids[]=2&loud=on', { method: 'POST' }],
    ]
    for (const [query, init] of requests) {
      const answer = await ask(`/api/v1/things${query}`, { ...init, token })
      assert.deepEqual(await jsonOf(answer), wanted)
    }
  })

  test('what does not fit is 422 with the fields named', async () => {
    const answer = await ask('/api/v1/things', { ...form('status=too+long+a+text&loud=perhaps'), token })
    assert.equal(answer.status, 422)
    assert.deepEqual(await jsonOf(answer), {
      error: 'Validation failed: Status is too long (maximum is 5 characters), Loud is invalid',
      details: {
        status: [{ error: 'ERR_TOO_LONG', description: 'is too long (maximum is 5 characters)' }],
        loud: [{ error: 'ERR_INVALID', description: 'is invalid' }],
      },
    })
    const empty = await ask('/api/v1/things', { method: 'POST', token })
    assert.equal((await jsonOf(empty)).error, "Validation failed: Status can't be blank")
  })

  test('PAR-02 what cannot be read is 400, 413, 415 or 405', async () => {
    const typed = (type: string, body: string | Uint8Array<ArrayBuffer>, more = {}) => ({
      method: 'POST',
      body,
      headers: { 'content-type': type, ...more },
    })
    const requests: [number, RequestInit][] = [
      [400, typed('application/json', '{')],
      [400, typed('application/json', new Uint8Array([0x7b, 0xff, 0x7d]))],
      [400, typed('multipart/form-data; boundary=x', '--x\r\nbroken')],
      [400, typed('multipart/form-data', 'x')],
      [413, typed('application/json', `{"status":"${'x'.repeat(1_100_000)}"}`)],
      [415, typed('text/plain', 'status=hi')],
      [415, typed('application/json', '{}', { 'content-encoding': 'gzip' })],
      [415, typed('application/json; charset=latin1', '{"status":"hi"}')],
      [405, form('status=hi&_method=delete')],
      [405, { ...form('status=hi'), headers: { 'x-http-method-override': 'DELETE' } }],
    ]
    for (const [status, init] of requests) {
      const answer = await ask('/api/v1/things', { ...init, token })
      assert.equal(answer.status, status, JSON.stringify(init).slice(0, 120))
    }
  })
})

describe('files', () => {
  const { ask } = bareSite()
  const token = 'member.write'
  const send = (path: string, sizes: number[], more: Record<string, string> = {}) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(more)) body.append(name, value)
    for (const size of sizes)
      body.append('file', new Blob([new Uint8Array(size)], { type: 'image/png' }), 'ä.png')
    return ask(path, { method: 'POST', body, token })
  }

  test('small ones stay in memory', async () => {
    const answer = await send('/api/v1/pictures', [1000], { description: 'me' })
    assert.deepEqual(await jsonOf(answer), { size: 1000, path: null, name: 'ä.png', description: 'me' })
  })

  test('large ones lie on disk until the request is answered', async () => {
    const answer = await jsonOf(await send('/api/v1/pictures', [2_000_000]))
    assert.equal(answer.size, 2_000_000)
    assert.equal(typeof answer.path, 'string')
    assert.equal(existsSync(answer.path as string), false)
  })

  test('too much, too many, or where none are taken is refused', async () => {
    assert.equal((await send('/api/v1/pictures', [3_500_000])).status, 413)
    assert.equal((await send('/api/v1/pictures', [1, 1, 1])).status, 422)
    assert.equal((await send('/api/v1/things', [1], { status: 'hi' })).status, 422)
    assert.equal((await send('/api/v1/pictures', [], { file: '' })).status, 200)
    assert.equal((await send('/api/v1/pictures', [], { file: 'text' })).status, 422)
  })
})

describe('hostile multipart', () => {
  const { ask } = bareSite()
  const send = (body: string) =>
    ask('/api/v1/pictures', {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      token: 'member.write',
    })
  const part = (head: string, body = '1') =>
    `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`

  test('PAR-21 is bounded in parts, part headers, text and depth', async () => {
    assert.equal((await send(`${part('name="a"').repeat(10_000)}--x--`)).status, 400)
    assert.equal((await send(`${part(`name="a"; x="${'x'.repeat(1_000_000)}"`)}--x--`)).status, 400)
    assert.equal((await send(`${part('name="a"', 'x'.repeat(1_200_000))}--x--`)).status, 413)
    assert.equal((await send(`${part('name="a[b][c][d][e][f]"')}--x--`)).status, 400)
    assert.equal((await send(`${part('name="__proto__[x]"')}--x--`)).status, 400)
    assert.equal((await send(part('name="description"'))).status, 400)
    assert.equal((await send(`${part('name="description"', 'me')}--x--`)).status, 200)
  })
})

describe('limits', () => {
  test('the tightest is told, and one try too many is 429', async () => {
    const { ask } = bareSite()
    const first = await ask('/api/v1/things/1')
    assert.equal(first.headers.get('x-ratelimit-limit'), '300')
    assert.equal(first.headers.get('x-ratelimit-remaining'), '299')
    assert.equal(first.headers.get('x-ratelimit-reset'), '2024-01-01T00:05:00.000000Z')
    for (let tries = 1; tries < 300; tries++) await ask('/api/v1/things/1')
    const last = await ask('/api/v1/things/1')
    assert.equal(last.status, 429)
    assert.deepEqual(await jsonOf(last), { error: 'Too many requests' })
    assert.equal(last.headers.get('retry-after'), '300')
    assert.equal((await ask('/api/v1/things/1', { ip: '192.0.2.2' })).status, 200)
  })

  test('unknown tokens count by address, so that guessing ends', async () => {
    const { ask } = bareSite()
    for (let tries = 0; tries < 300; tries++) await ask('/api/v1/things/first', { token: 'nobody' })
    assert.equal((await ask('/api/v1/things/first', { token: 'nobody' })).status, 429)
  })

  test("an endpoint's own family shows when it is tighter", async () => {
    const { ask } = bareSite()
    const answer = await ask('/api/v1/things', { ...form('status=hi'), token: 'member.write' })
    assert.equal(answer.headers.get('x-ratelimit-limit'), '30')
    assert.equal(answer.headers.get('x-ratelimit-remaining'), '29')
  })
})

describe('answers', () => {
  test('carry what the API promises on each of them', async () => {
    const { ask } = bareSite()
    const unlike = await ask('/api/v1/nothing')
    for (const answer of [await ask('/api/v1/things/1'), unlike]) {
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        /^default-src 'none'; frame-ancestors 'none'/,
      )
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.equal(answer.headers.get('access-control-allow-credentials'), null)
      assert.match(answer.headers.get('access-control-expose-headers') ?? '', /Link.*X-RateLimit-Reset/)
      assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    }
    assert.deepEqual([unlike.status, await jsonOf(unlike)], [404, { error: 'Record not found' }])
  })

  test('keep a harmless request id and replace any other', async () => {
    const { ask } = bareSite()
    const idFor = async (id: string) =>
      (await ask('/api/v1/things/1', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    assert.equal(await idFor('abcd-1234'), 'abcd-1234')
    assert.notEqual(await idFor('short'), 'short')
    assert.notEqual(await idFor('<script>alert</script>'), '<script>alert</script>')
  })

  test('WEB-17 translate refusals, and say nothing of what was not foreseen', async () => {
    const full = Object.assign(new Error('database or disk is full'), { errcode: 13 })
    const cases: [unknown, number, string][] = [
      [notFound(), 404, 'Record not found'],
      [notAllowed(), 403, 'This action is not allowed'],
      [unavailable('Elsewhere does not answer'), 503, 'Elsewhere does not answer'],
      [full, 503, 'The server cannot store anything right now, please try again'],
      [new Error('SELECT secret FROM table'), 500, 'Something went wrong on our side'],
    ]
    for (const [error, status, message] of cases) {
      const { ask, lines } = bareSite([throwing(error)])
      const answer = await ask('/api/v1/fails')
      assert.equal(answer.status, status)
      assert.equal((await jsonOf(answer)).error, message)
      assert.equal(answer.headers.has('retry-after'), status === 503)
      assert.equal(
        lines.filter((line) => line.level === 'error').length,
        error === full || status === 500 ? 1 : 0,
      )
    }
  })

  test('that do not fit their schema fail loudly where they are checked', async () => {
    const wrong = endpoint({
      route: 'GET /api/v1/wrong',
      scope: 'public',
      summary: 'Answer wrongly',
      returns: z.object({ id: z.string() }),
      handle: async () => ({ id: 5 }) as unknown as { id: string },
    })
    const { ask } = bareSite([wrong])
    const answer = await ask('/api/v1/wrong')
    assert.equal(answer.status, 500)
    assert.match(String((await jsonOf(answer)).error), /does not fit.*id: /)
  })

  test('may carry their own status, headers and kind', async () => {
    const routes: [Route, Reply<unknown>][] = [
      ['GET /api/v1/none', new Reply(null, { status: 204 })],
      ['GET /api/v1/csv', new Reply('a,b', { headers: { 'Content-Type': 'text/csv' } })],
      ['GET /api/v1/part', new Reply({}, { status: 206, headers: { Link: '<x>; rel="next"' } })],
    ]
    const { ask } = bareSite(
      routes.map(([route, reply]) =>
        endpoint({ route, scope: 'public', summary: 'x', returns: z.unknown(), handle: async () => reply }),
      ),
    )
    assert.equal((await ask('/api/v1/none')).status, 204)
    assert.equal(await (await ask('/api/v1/csv')).text(), 'a,b')
    const part = await ask('/api/v1/part')
    assert.deepEqual([part.status, part.headers.get('link')], [206, '<x>; rel="next"'])
  })
})

describe('routes', () => {
  const { ask } = bareSite()

  test('are found under one spelling only', async () => {
    for (const path of [
      '//api/v1/things/1',
      '/api//v1/things/1',
      '/api/v1/things%2f1',
      '/api/v1/thing%73/1',
      '/API/v1/things/1',
      '/api/v1/things/1%00',
      '/api/v1/things/%2e%2e/1',
      '/api/v1/things/1%5c',
    ]) {
      assert.equal((await ask(path)).status, 404, path)
    }
    assert.equal((await ask('/api/v1/things/1/')).status, 200)
    assert.equal((await ask('/api/v1/things/1//')).status, 404)
    assert.deepEqual(await jsonOf(await ask('/api/v1/things/caf%C3%A9')), { id: 'café', viewer: null })
  })

  test('with names in them give way to literal ones', async () => {
    assert.equal((await ask('/api/v1/things/first')).status, 401)
    assert.equal((await ask('/api/v1/things/second')).status, 200)
  })

  test('asked with another method are not found; HEAD is a GET without a body', async () => {
    assert.equal((await ask('/api/v1/things/1', { method: 'DELETE' })).status, 404)
    const head = await ask('/api/v1/things/1', { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
    assert.equal((await ask('/api/v1/things', { method: 'HEAD' })).status, 404)
  })

  test('declared twice are refused', () => {
    const [first] = bareEndpoints
    assert.ok(first)
    assert.throws(() => bareSite([first, { ...first, route: 'GET /api/v1/things/:other' }]), /declared twice/)
  })

  test('on an unknown host are misdirected', async () => {
    assert.equal((await ask('/api/v1/things/1', { headers: { 'x-host': 'evil.example' } })).status, 421)
  })

  test('preflights are answered where other origins may call, and nowhere else', async () => {
    const headers = {
      origin: 'https://evil.example',
      'access-control-request-headers': 'authorization, x-thing',
    }
    const open = await ask('/api/v1/things', { method: 'OPTIONS', headers })
    assert.equal(open.status, 204)
    assert.equal(open.headers.get('access-control-allow-methods'), 'POST, PUT, DELETE, GET, PATCH, OPTIONS')
    assert.equal(open.headers.get('access-control-allow-headers'), 'authorization, x-thing')
    assert.equal(
      (await ask('/oauth/token', { method: 'OPTIONS', headers })).headers.get('access-control-allow-methods'),
      'POST',
    )
    const closed = await ask('/settings', { method: 'OPTIONS', headers })
    assert.deepEqual([closed.status, closed.headers.get('access-control-allow-origin')], [404, null])
  })

  test('of documents are open to scripts of other origins, pages are not', async () => {
    const { ask, hono } = bareSite([])
    hono.get('/.well-known/thing', (c) => c.text('x'))
    hono.get('/@alice', (c) => c.text('x'))
    hono.get('/about', (c) => c.text('x'))
    for (const path of ['/.well-known/thing', '/@alice']) {
      assert.equal((await ask(path)).headers.get('access-control-allow-origin'), '*')
    }
    assert.equal((await ask('/about')).headers.get('access-control-allow-origin'), null)
  })
})
