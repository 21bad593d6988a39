import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { test } from 'node:test'
import type { HttpFailure } from '#platform/http-client-failure.ts'
import { client, INSIDE, listen, OUTSIDE, reasonOf, stage, twins } from '../../test/http-stage.ts'

test('a request reaches a checked address and its answer comes back whole', async () => {
  const e = await stage((request, response) => {
    request.setEncoding('utf8').on('data', (body) => response.end(`got ${body}`))
    response.setHeader('Set-Cookie', ['a=1', 'b=2']).setHeader('X-Kind', 'stub')
  })
  const answer = await client().request({
    method: 'POST',
    url: `http://e.test:${e.port}/inbox?x=1`,
    headers: { 'Content-Type': 'text/plain' },
    body: 'hello',
  })
  assert.equal(answer.status, 200)
  assert.equal(answer.body.toString(), 'got hello')
  assert.equal(answer.headers['x-kind'], 'stub')
  assert.equal(answer.headers['set-cookie'], 'a=1, b=2')
  assert.equal(answer.url, `http://e.test:${e.port}/inbox?x=1`)
  assert.equal(e.seen[0]?.headers.host, `e.test:${e.port}`)
  assert.equal(e.seen[0]?.headers['user-agent'], 'hyrax-test')
  assert.equal(e.seen[0]?.headers['content-length'], '5')
})

test('connections are kept for the next request, and idle ones are bounded over all hosts', async () => {
  const sockets = new Set<net.Socket>()
  const e = await stage((request, response) => {
    sockets.add(request.socket)
    response.end()
  })
  const shared = client({ maxSockets: 2 })
  const get = (host: string) => shared.request({ method: 'GET', url: `http://${host}.test:${e.port}/` })
  for (const host of ['a', 'a', 'a']) await get(host)
  assert.equal(sockets.size, 1)
  for (const host of ['b', 'c', 'd', 'e']) await get(host)
  assert.ok(shared.idleSockets() <= 2)
  assert.equal(sockets.size, 5)
})

test('no more exchanges than allowed are at work at once, and all get their turn', async () => {
  let working = 0
  let most = 0
  const e = await stage((_, response) => {
    most = Math.max(most, ++working)
    setImmediate(() => {
      working--
      response.end()
    })
  })
  const shared = client({ maxSockets: 3 })
  const hosts = ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(
    hosts.map((host) => shared.request({ method: 'GET', url: `http://${host}.test:${e.port}/` })),
  )
  assert.equal(e.seen.length, hosts.length)
  assert.ok(most <= 3)
})

test('a kept connection that the other side just closed is replaced without anyone noticing', async () => {
  let connections = 0
  const server = net.createServer((socket) => {
    connections++
    let requests = 0
    socket.on('data', () => {
      if (++requests > 1) socket.destroy()
      else socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n')
    })
    socket.on('error', () => {})
  })
  const { port } = await listen(server, OUTSIDE)
  const shared = client()
  for (let sent = 0; sent < 3; sent++) {
    const answer = await shared.request({ method: 'POST', url: `http://e.test:${port}/`, body: 'x' })
    assert.equal(answer.status, 202)
  }
  assert.equal(connections, 3)
})

test('SSRF-02 SSRF-04 a name with any private address is refused at connect', async () => {
  const inside = await stage((_, response) => response.end(), INSIDE)
  for (const addresses of [
    [INSIDE],
    ['10.0.0.9'],
    ['::1'],
    ['8.8.8.8', INSIDE],
    [OUTSIDE, '::ffff:127.0.0.2'],
  ]) {
    const settings = { lookup: async () => addresses }
    assert.equal(await reasonOf(settings, { url: `http://e.test:${inside.port}/` }), 'private-address')
  }
  assert.equal(inside.seen.length, 0)
})

test('SSRF-03 a name that changes its mind after the check is connected to what was checked', async () => {
  const inside = await twins(
    (_, response) => response.setHeader('connection', 'close').end('outside'),
    (_, response) => response.end('inside'),
  )
  let asked = 0
  const rebinding = client({ lookup: async () => [asked++ % 2 === 0 ? OUTSIDE : INSIDE] })
  const outcomes: string[] = []
  for (let round = 0; round < 6; round++) {
    await rebinding.request({ method: 'GET', url: `http://e.test:${inside.port}/` }).then(
      (answer) => outcomes.push(answer.body.toString()),
      (error: HttpFailure) => outcomes.push(error.reason),
    )
  }
  assert.deepEqual(outcomes.slice(0, 4), ['outside', 'private-address', 'outside', 'private-address'])
  assert.equal(asked, 6)
  assert.equal(inside.seen.length, 0)
})

test('SSRF-05 every hop of a redirect is checked', async () => {
  const inside = await stage((_, response) => response.end(), INSIDE)
  for (const hops of [1, 2, 3]) {
    const e = await stage((request, response) => {
      const hop = Number(request.url?.slice(1))
      const next = hop === hops ? `http://${INSIDE}:${inside.port}/` : `/${hop + 1}`
      response.writeHead(302, { location: next }).end()
    })
    assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/1` }), 'private-address')
  }
  assert.equal(inside.seen.length, 0)
})

test('LOOP-05 redirects end after three, in a loop, and where they lead off https', async () => {
  const e = await stage((request, response) => {
    const path = request.url ?? ''
    const next = path === '/loop' ? '/loop' : path === '/good' ? '/end' : `${path}x`
    if (path === '/end') response.end('found')
    else response.writeHead(302, { location: next }).end()
  })
  const base = `http://e.test:${e.port}`
  assert.equal(await reasonOf({}, { url: `${base}/loop` }), 'redirect')
  assert.equal(await reasonOf({}, { url: `${base}/a` }), 'redirect')
  assert.equal(e.seen.length, 5)
  const answer = await client().request({ method: 'GET', url: `${base}/good` })
  assert.deepEqual([answer.body.toString(), answer.url], ['found', `${base}/end`])
  assert.equal(await reasonOf({}, { url: `${base}/good`, redirects: 0 }), 'answered 302')
  assert.equal(await reasonOf({}, { url: `${base}/good`, method: 'POST', body: '{}' }), 'answered 302')
})

test('what proves who we are stays on the first hop, or is made anew for each', async () => {
  const e = await stage((request, response) => {
    if (request.url === '/1') response.writeHead(307, { location: '/2' }).end()
    else response.end()
  })
  const url = `http://e.test:${e.port}/1`
  await client().request({ method: 'GET', url, headers: { Authorization: 'x', Accept: 'y', Signature: 'z' } })
  assert.deepEqual(
    e.seen.map(({ headers }) => [headers.authorization, headers.signature, headers.accept]),
    [
      ['x', 'z', 'y'],
      [undefined, undefined, 'y'],
    ],
  )
  await client().request({ method: 'GET', url, headers: async (hop) => ({ signature: hop.pathname }) })
  assert.deepEqual(
    e.seen.slice(2).map(({ headers }) => headers.signature),
    ['/1', '/2'],
  )
})

test('SSRF-06 SSRF-07 SSRF-08 literals in any spelling are refused without a question to the resolver', async () => {
  const hosts = ['10.0.0.9', '127.0.0.2', '2130706434', '0x7f.2', '0177.0.0.2', '127.2', '１２７.0.0.2']
  hosts.push('[::1]', '[::]', '[::ffff:127.0.0.2]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[fd00::1]', '0')
  for (const host of hosts) {
    const lookup = () => assert.fail(`asked for ${host}`)
    assert.equal(await reasonOf({ lookup }, { url: `http://${host}/` }), 'private-address', host)
  }
})

test('SSRF-09 SSRF-10 private and hidden names are refused without a question to the resolver', async () => {
  const lookup = (name: string) => assert.fail(`asked for ${name}`)
  const settings = { lookup, allowedPrivateAddresses: [] }
  const names = [
    'localhost',
    'a.localhost',
    'x.local',
    'metadata.google.internal',
    'r.home.arpa',
    'db',
    'x.onion',
  ]
  for (const name of [...names, 'x.i2p', 'e.test.']) {
    assert.equal(await reasonOf(settings, { url: `http://${name}/` }), 'host-name', name)
  }
})

test('a.localhost is loopback without a resolver once loopback is allowed', async () => {
  const e = await stage((_, response) => response.end())
  const settings = { allowedPrivateAddresses: ['127.0.0.0/8'], lookup: () => assert.fail('asked') }
  assert.equal(await reasonOf(settings, { url: `http://a.localhost:${e.port}/` }), 'answered 200')
})

test('SSRF-19 nothing private is allowed unless it is named', async () => {
  const e = await stage((_, response) => response.end())
  const settings = { allowedPrivateAddresses: [] }
  assert.equal(await reasonOf(settings, { url: `http://bob.test:${e.port}/` }), 'private-address')
  assert.equal(await reasonOf(settings, { url: `http://127.0.0.1:${e.port}/` }), 'private-address')
  assert.equal(e.seen.length, 0)
})

test('SSRF-11 only web addresses are fetched, directly or by redirect', async () => {
  const targets = [
    'file:///etc/passwd',
    'data:text/plain,x',
    'ftp://e.test/',
    'gopher://e.test/',
    'blob:http://x/1',
  ]
  targets.push('javascript:1', 'ws://e.test/', 'unix:/run/x')
  for (const target of targets) {
    const e = await stage((_, response) => response.writeHead(302, { location: target }).end())
    assert.equal(await reasonOf({}, { url: target }), 'scheme', target)
    assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/` }), 'scheme', target)
  }
  assert.equal(await reasonOf({ allowHttp: false }, { url: 'http://e.test/' }), 'scheme')
})

test('SSRF-12 bad ports are refused, directly or by redirect', async () => {
  const lookup = () => assert.fail('asked')
  for (const port of [22, 25, 110, 5432, 6379, 11211]) {
    assert.equal(await reasonOf({ lookup }, { url: `http://e.test:${port}/` }), 'port')
    const e = await stage((_, response) =>
      response.writeHead(302, { location: `http://e.test:${port}/` }).end(),
    )
    assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/` }), 'port')
  }
})

test('SSRF-13 line ends, spaces and user names in a URL never reach the wire', async () => {
  const e = await stage((_, response) => response.end())
  const base = `http://e.test:${e.port}`
  const paths = ['/a\r\nX: 1', '/a\nb', '/a b', '/\t', '/\u0000', ' /', '/a\u007f']
  for (const path of paths)
    assert.equal(await reasonOf({}, { url: base + path }), 'url', JSON.stringify(path))
  assert.equal(await reasonOf({}, { url: `http://v.test@e.test:${e.port}/` }), 'url')
  assert.equal(await reasonOf({}, { url: `${base}/`, headers: { 'x-a': 'a\r\nX-B: 1' } }), 'url')
  assert.equal(e.seen.length, 0)
})

test('SSRF-15 the failure is the same whether something listens inside or not', async () => {
  const open = await stage((_, response) => response.end(), INSIDE)
  const closed = await stage(() => {}, INSIDE)
  closed.server.close()
  await once(closed.server, 'close')
  const lookup = async () => [INSIDE]
  for (const { port } of [open, closed]) {
    assert.equal(await reasonOf({ lookup }, { url: `http://e.test:${port}/` }), 'private-address')
  }
  assert.equal(open.seen.length, 0)
})

test('SSRF-17 proxies named by the environment are ignored', async () => {
  const proxy = await stage((_, response) => response.writeHead(502).end(), INSIDE)
  const e = await stage((_, response) => response.end())
  const restore = http.setGlobalProxyFromEnv({ http_proxy: `http://${INSIDE}:${proxy.port}`, no_proxy: '' })
  assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/` }), 'answered 200')
  restore()
  assert.equal(proxy.seen.length, 0)
})

test('only an address that the keeper wrote down may be private, and only for that request', async () => {
  const inside = await stage((_, response) => response.end('translated'), INSIDE)
  const url = `http://${INSIDE}:${inside.port}/translate`
  const careful = client({ allowHttp: false })
  const answer = await careful.request({ method: 'POST', url, body: '{}', ofKeeper: true })
  assert.equal(answer.body.toString(), 'translated')
  await assert.rejects(careful.request({ method: 'POST', url, body: '{}' }))
  assert.equal(inside.seen.length, 1)
})
