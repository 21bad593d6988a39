import assert from 'node:assert/strict'
import { once } from 'node:events'
import https from 'node:https'
import net from 'node:net'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { generate } from 'selfsigned'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { client, closers, listen, OUTSIDE, reasonOf, stage } from '../../test/http-stage.ts'

test('compressed answers are read in every encoding we ask for', async () => {
  const text = Buffer.from('hello '.repeat(1000))
  const encodings = {
    gzip: gzipSync(text),
    br: brotliCompressSync(text),
    deflate: deflateSync(text),
    identity: text,
  }
  const e = await stage((request, response) => {
    const encoding = request.url?.slice(1) as keyof typeof encodings
    response.writeHead(200, { 'content-encoding': encoding }).end(encodings[encoding])
  })
  for (const encoding of Object.keys(encodings)) {
    const answer = await client().request({ method: 'GET', url: `http://e.test:${e.port}/${encoding}` })
    assert.ok(answer.body.equals(text), encoding)
  }
  assert.equal(e.seen[0]?.headers['accept-encoding'], 'gzip, br')
})

test('encodings we do not know and broken streams are refused', async () => {
  const e = await stage((request, response) => {
    if (request.url === '/empty') response.writeHead(200, { 'content-encoding': 'gzip' }).end()
    else response.writeHead(200, { 'content-encoding': request.url?.slice(1) ?? '' }).end('no such stream')
  })
  for (const encoding of ['zstd', 'gzip', 'br', 'deflate', 'gzip,%20gzip']) {
    assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/${encoding}` }), 'encoding', encoding)
  }
  assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/empty` }), 'answered 200')
  assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/gzip`, method: 'HEAD' }), 'answered 200')
})

test('PAR-03 a compressed bomb is dropped at the bound, and no more than the bound is kept', async () => {
  const bomb = { gzip: gzipSync(Buffer.alloc(4_000_000)), br: brotliCompressSync(Buffer.alloc(4_000_000)) }
  const e = await stage((request, response) => {
    const encoding = request.url === '/br' ? 'br' : 'gzip'
    response.writeHead(200, { 'content-encoding': encoding }).end(bomb[encoding])
  })
  for (const encoding of ['gzip', 'br']) {
    const url = `http://e.test:${e.port}/${encoding}`
    assert.equal(await reasonOf({}, { url }), 'too-large')
    let kept = 0
    const sink = (chunk: Buffer) => {
      kept += chunk.length
    }
    assert.equal(await reasonOf({}, { url, maxBytes: 10_000, sink }), 'too-large')
    assert.ok(kept <= 10_000)
  }
})

test('an answer longer than allowed is refused, by its length or as it comes, or cut where that was asked', async () => {
  const e = await stage((request, response) => {
    if (request.url === '/length') response.writeHead(200, { 'content-length': '5000' })
    response.end('x'.repeat(5000))
  })
  for (const path of ['length', 'chunked']) {
    const url = `http://e.test:${e.port}/${path}`
    assert.equal(await reasonOf({}, { url, maxBytes: 4999 }), 'too-large')
    assert.equal(await reasonOf({}, { url, maxBytes: 5000 }), 'answered 200')
    const answer = await client().request({ method: 'GET', url, maxBytes: 100, cut: true })
    assert.equal(answer.body.length, 100)
  }
})

test('SSRF-18 an endless stream is cut or refused at the bound', async () => {
  const e = await stage((_, response) => {
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  })
  assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/` }), 'too-large')
})

test('PAR-14 an answer that drips for ever ends at the deadline and the connection with it', async () => {
  const closed = Promise.withResolvers<void>()
  const e = await stage((request, response) => {
    const drip = setInterval(() => response.write('x'), 10)
    request.socket.on('close', () => {
      clearInterval(drip)
      closed.resolve()
    })
  })
  assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/`, timeoutMs: 80 }), 'timeout')
  await closed.promise
})

test('a host that takes the connection and says nothing, and one that never takes it, end as timeouts', async () => {
  const e = await stage(() => {})
  assert.equal(await reasonOf({}, { url: `http://e.test:${e.port}/`, timeoutMs: 50 }), 'timeout')
  const never = { lookup: () => new Promise<string[]>(() => {}), connectTimeoutMs: 50 }
  assert.equal(await reasonOf(never, { url: 'http://e.test/' }), 'timeout')
})

test('a sink takes the body piece by piece and may hold the sender back', async () => {
  const e = await stage((_, response) => {
    for (let part = 0; part < 5; part++) response.write('x'.repeat(1000))
    response.end()
  })
  let length = 0
  const sink = async (chunk: Buffer) => {
    await null
    length += chunk.length
  }
  const url = `http://e.test:${e.port}/`
  const answer = await client().request({ method: 'GET', url, sink })
  assert.equal(answer.body.length, 0)
  assert.equal(length, 5000)
  const full = new Error('disk full')
  await assert.rejects(client().request({ method: 'GET', url, sink: () => Promise.reject(full) }), full)
  const broken = () => {
    throw full
  }
  await assert.rejects(client().request({ method: 'GET', url, sink: broken }), full)
})

test('what goes wrong has one word for it, and it is known whether the host is to blame', async () => {
  const closed = await stage(() => {})
  closed.server.close()
  await once(closed.server, 'close')
  const hangUp = await stage((request) => request.socket.destroy())
  const cut = await stage((request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half')
    setImmediate(() => request.socket.destroy())
  })
  const noise = await listen(
    net.createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n')),
    OUTSIDE,
  )
  const at = (port: number, scheme = 'http') => ({ url: `${scheme}://e.test:${port}/` })
  assert.equal(await reasonOf({}, at(closed.port)), 'refused')
  assert.equal(await reasonOf({}, at(hangUp.port)), 'reset')
  assert.equal(await reasonOf({}, at(cut.port)), 'reset')
  assert.equal(await reasonOf({}, at(noise.port)), 'malformed')
  assert.equal(await reasonOf({}, at(noise.port, 'https')), 'tls')
  assert.equal(await reasonOf({ lookup: async () => [] }, at(80)), 'dns')
  assert.equal(await reasonOf({ lookup: () => Promise.reject(new Error('no')) }, at(80)), 'dns')
  assert.ok(new HttpFailure('timeout', 'e.test').isHostTrouble)
  assert.ok(!new HttpFailure('too-large', 'e.test').isHostTrouble)
  assert.ok(new HttpFailure('private-address', 'e.test').isGuarded)
})

test('a certificate counts only when an authority we trust vouches for that name', async () => {
  const made = await generate([{ name: 'commonName', value: 'e.test' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'e.test' }] },
    ],
  })
  const server = https.createServer({ key: made.private, cert: made.cert }, (_, response) => response.end())
  const { port } = await listen(server, OUTSIDE)
  closers.push(() => server.closeAllConnections())
  const settings = { ca: made.cert, allowHttp: false }
  assert.equal(await reasonOf(settings, { url: `https://e.test:${port}/` }), 'answered 200')
  assert.equal(await reasonOf(settings, { url: `https://v.test:${port}/` }), 'tls')
  assert.equal(await reasonOf({}, { url: `https://e.test:${port}/` }), 'tls')
})

test('what a caller cannot sign is his own error, not a failure of the host', async () => {
  const own = new Error('no key')
  const headers = () => Promise.reject(own)
  await assert.rejects(client().request({ method: 'GET', url: 'http://e.test/', headers }), own)
})

test('refusals of the guard are logged with their word, and a closed client fetches nothing', async () => {
  const lines: object[] = []
  const logging = client({ log: { info: (fields) => lines.push(fields) } })
  await assert.rejects(logging.request({ method: 'GET', url: 'http://10.0.0.9/' }))
  assert.deepEqual(lines, [{ reason: 'private-address', host: '10.0.0.9' }])
  logging.close()
  await assert.rejects(logging.request({ method: 'GET', url: 'http://e.test/' }), { reason: 'closed' })
})
