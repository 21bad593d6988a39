import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { Context } from 'hono'
import { generate } from 'selfsigned'
import { openLog } from '#platform/log.ts'
import { bareEndpoints, bareSite } from './bare-app.ts'
import { clientOf, type Site } from './facts.ts'
import { mountHealth } from './health.ts'
import { type OpenServer, openServer, refuseUpgrade, type ServerOptions } from './server.ts'

const opened: OpenServer[] = []
after(() => Promise.all(opened.map((server) => server.close(50))))

async function serve(options: Partial<ServerOptions> = {}) {
  const site = bareSite(bareEndpoints)
  mountHealth(site.hono, async () => ({ ok: true, details: { queue: 3 } }))
  site.hono.get('/slow', async (c) => {
    await wait(150)
    return c.text('done')
  })
  site.hono.get('/who', (c: Context<Site>) => c.json(clientOf(c)))
  const lines: string[] = []
  const log = openLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const server = await openServer({
    fetch: site.hono.fetch,
    listen: { host: '127.0.0.1', port: 0 },
    log,
    trusted: [],
    ...options,
  })
  opened.push(server)
  return { ...server, lines }
}

/** Sends bytes as they are and gives back what came until the server hung up. */
function raw(port: number | null, send: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port as number, '127.0.0.1')
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
    socket.on('connect', () => send(socket))
  })
}
async function certificate(name: string): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: name }], { keySize: 2048 })
  return { cert: made.cert, key: made.private }
}

function overTls(port: number | null): Promise<{ status: number | undefined; name: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asking = secureRequest(
      { host: '127.0.0.1', port, path: '/health', rejectUnauthorized: false, agent: false },
      (answer) => {
        const { subject } = (answer.socket as TLSSocket).getPeerCertificate()
        resolve({ status: answer.statusCode, name: [subject.CN].flat()[0] })
        answer.resume()
      },
    )
    asking.on('error', reject)
    asking.end()
  })
}
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
const rawGet = (port: number | null, target: string, more = '') =>
  raw(port, (socket) =>
    socket.write(`GET ${target} HTTP/1.1\r\nHost: social.example\r\nConnection: close\r\n${more}\r\n`),
  )

describe('over a socket', () => {
  test('endpoints answer, and requests are told at debug without their secrets', async () => {
    const { port, lines } = await serve()
    const text = await rawGet(port, '/api/v1/things/1?access_token=hunter2', 'X-Request-Id: given-id-1\r\n')
    assert.equal(statusOf(text), 200)
    assert.match(text, /X-Request-Id: given-id-1/)
    const line = lines.find((each) => each.includes('given-id-1')) ?? ''
    assert.match(line, /"method":"GET","path":"\/api\/v1\/things\/1\?access_token=\[hidden\]","status":200/)
  })

  test('health answers on every Host, details only on this machine', async () => {
    const { port } = await serve()
    const base = `http://127.0.0.1:${port}`
    assert.equal(await (await fetch(`${base}/health`)).text(), 'OK')
    assert.equal((await fetch(`${base}/livez`)).status, 200)
    assert.deepEqual(await (await fetch(`${base}/readyz`)).json(), { ok: true, details: { queue: 3 } })
  })

  test('other spellings of a path, absolute targets and TRACE lead nowhere', async () => {
    const { port } = await serve()
    for (const target of [
      '/api/v1/x/../things/1',
      '/%2e%2e/api/v1/things/1',
      '//api/v1/things/1',
      '/api\\v1/things/1',
      'http://social.example/api/v1/things/1',
      '/api/v1/things/1%2f',
    ]) {
      assert.equal(statusOf(await rawGet(port, target)), 404, target)
    }
    const trace = await raw(port, (socket) =>
      socket.write('TRACE /api/v1/things/1 HTTP/1.1\r\nHost: social.example\r\nConnection: close\r\n\r\n'),
    )
    assert.equal(statusOf(trace), 405)
  })

  test('PAR-15 large headers are 431, two lengths or a length beside chunks 400', async () => {
    const { port } = await serve()
    assert.equal(statusOf(await rawGet(port, '/', `X-Big: ${'x'.repeat(20_000)}\r\n`)), 431)
    assert.equal(statusOf(await rawGet(port, `/${'x'.repeat(100_000)}`)), 431)
    for (const head of [
      'Content-Length: 1\r\nContent-Length: 2',
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
    ]) {
      const text = await raw(port, (socket) =>
        socket.write(`POST /api/v1/things HTTP/1.1\r\nHost: social.example\r\n${head}\r\n\r\n0\r\n\r\n`),
      )
      assert.equal(statusOf(text), 400)
    }
  })

  test('WEB-13 what a proxy could read otherwise is 400, and the connection ends', async () => {
    const { port } = await serve()
    const post = 'POST /api/v1/things HTTP/1.1\r\nHost: social.example\r\n'
    const next = 'GET /who HTTP/1.1\r\nHost: social.example\r\n\r\n'
    for (const head of [
      `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `${post}Content-Length: +5\r\n\r\n`,
      `${post}Transfer-Encoding: xchunked\r\n\r\n`,
      `${post}Transfer-Encoding: chunked, identity\r\n\r\n`,
      `${post}Transfer-Encoding: chunked\r\n\r\n1;\n`,
      `${post}X-Folded: a\r\n b\r\n\r\n`,
      `${post}Content-Length : 5\r\n\r\n`,
      `${post}X-\0: a\r\n\r\n`,
      'POST /api/v1/things HTTP/1.1\nHost: social.example\n\n',
    ]) {
      const text = await raw(port, (socket) => socket.write(head + next))
      assert.deepEqual([statusOf(text), text.split('HTTP/1.1').length], [400, 2], JSON.stringify(head))
    }
  })

  test('a body that is too large is 413, and the rest of it is not read', async () => {
    const { port, server } = await serve()
    const head =
      'POST /api/v1/things HTTP/1.1\r\nHost: social.example\r\nAuthorization: Bearer member.write\r\n' +
      'Content-Type: application/json\r\n'
    const told = await raw(port, (socket) => socket.write(`${head}Content-Length: 99999999\r\n\r\n{`))
    assert.equal(statusOf(told), 413)
    let read = 0
    server.on('connection', (socket) => socket.on('close', () => (read = socket.bytesRead)))
    const chunked = await raw(port, (socket) => {
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`)
      for (let sent = 0; sent < 6_000_000; sent += 65_536) socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`)
    })
    // The end of the connection may overtake the answer on its way to a client that goes on sending.
    assert.ok(chunked === '' || statusOf(chunked) === 413)
    assert.ok(read > 1_000_000 && read < 1_500_000, `${read} bytes were read`)
  })

  test('PAR-13 slow headers and slow bodies are hung up on', async () => {
    const { port } = await serve({ times: { headers: 60, body: 80 } })
    const started = performance.now()
    const head = 'POST /api/v1/things HTTP/1.1\r\nHost: social.example\r\n'
    const texts = await Promise.all([
      raw(port, (socket) => socket.write(head)),
      raw(port, (socket) => {
        socket.write(
          `${head}Authorization: Bearer member.write\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
        )
      }),
    ])
    assert.deepEqual(texts.map(statusOf), [408, 408])
    assert.ok(performance.now() - started < 1500)
  })

  test('a client that leaves in the middle of an upload leaves nothing behind', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'hyrax-leave-'))
    const site = bareSite(bareEndpoints, { uploadsDir: dir })
    mountHealth(site.hono, async () => ({ ok: true }))
    const { port } = await serve({ fetch: site.hono.fetch })
    await raw(port, (socket) => {
      socket.write(
        'POST /api/v1/pictures HTTP/1.1\r\nHost: social.example\r\nAuthorization: Bearer member.write\r\n' +
          'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2500000\r\n\r\n--x\r\n' +
          'Content-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n',
      )
      socket.write('x'.repeat(1_500_000), () => setTimeout(() => socket.destroy(), 50))
    })
    await wait(50)
    assert.deepEqual(await readdir(dir), [])
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
    await rm(dir, { recursive: true })
  })

  test('WEB-11 only trusted proxies may speak for the client', async () => {
    const header = 'X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n'
    const distrusting = await serve()
    assert.match(await rawGet(distrusting.port, '/who', header), /"ip":"127.0.0.1".*"proto":"http"/)
    const trusting = await serve({ trusted: ['127.0.0.0/8'] })
    assert.match(await rawGet(trusting.port, '/who', header), /"ip":"203.0.113.9".*"proto":"https"/)
  })

  test('a unix socket is listened on, also where a dead one was left', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'hyrax-socket-'))
    const path = join(dir, 'web.sock')
    const first = await serve({ listen: { socket: path } })
    await assert.rejects(serve({ listen: { socket: path } }), /Another process/)
    const status = await new Promise((resolve, reject) => {
      request({ socketPath: path, path: '/health' }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 200)
    await first.close(50)
    await rm(dir, { recursive: true })
  })

  test('TLS of its own: the port speaks https alone, and takes a renewed certificate without a stop', async () => {
    const [first, second] = [await certificate('one.example'), await certificate('two.example')]
    const { port, renew } = await serve({ tls: first })
    assert.deepEqual(await overTls(port), { status: 200, name: 'one.example' })
    renew(second)
    assert.deepEqual(await overTls(port), { status: 200, name: 'two.example' })
    assert.equal(statusOf(await rawGet(port, '/health')), 0)
  })

  test('upgrades go to whoever takes them, else they are refused', async () => {
    const head = 'Upgrade: websocket\r\nConnection: Upgrade\r\n'
    const ask = (port: number | null) =>
      raw(port, (socket) =>
        socket.write(`GET /api/v1/streaming HTTP/1.1\r\nHost: social.example\r\n${head}\r\n`),
      )
    assert.equal(statusOf(await ask((await serve()).port)), 404)
    const { port } = await serve({ onUpgrade: ({ socket }) => refuseUpgrade(socket, 401, 'No token') })
    const text = await ask(port)
    assert.equal(statusOf(text), 401)
    assert.match(text, /X-Error-Message: No token/)
  })

  test('closing lets a running request finish and takes no other', async () => {
    const server = await serve()
    const running = fetch(`http://127.0.0.1:${server.port}/slow`)
    await wait(50)
    const closed = server.close(2000)
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}/health`))
    assert.equal(await (await running).text(), 'done')
    await closed
  })

  test('slow requests are warned about', async () => {
    const { port, lines } = await serve({ slowMs: 100 })
    await rawGet(port, '/slow')
    assert.ok(lines.some((line) => line.includes('"level":"warn"') && line.includes('slow request')))
  })
})
