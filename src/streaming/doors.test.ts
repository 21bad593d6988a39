import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { changePassword } from '#auth/change-password.ts'
import { findToken, revokeToken } from '#auth/tokens.ts'
import { userByAccount } from '#auth/users.ts'
import { rightsChanged } from '#happenings.ts'
import { PASSWORD } from '../../test/cast.ts'
import type { StreamingWorld } from '../../test/streams.ts'
import { listening, wordsOf } from '../../test/streams.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { StreamEvent } from './event.ts'
import { hubOf } from './hub.ts'

const STREAM = '/api/v1/streaming'

for (const database of databases) {
  describe(`the doors of streams (${database})`, () => {
    let w: World
    let s: StreamingWorld
    before(async () => {
      w = await world({ database })
      s = await listening(w)
    })
    after(async () => {
      await s.close()
      await w.close()
    })

    const post = async (who: 'alice' | 'bob', status: string) => {
      w.clock.advance(1000)
      await w.as(who).post('/api/v1/statuses', { status, visibility: 'public' })
    }
    const change = async (table: 'user' | 'account', column: string, value: number | null) => {
      const user = await userByAccount(w.app, w.cast.bob.id)
      const id = table === 'user' ? user?.id : w.cast.bob.id
      await w.app.inTransaction(async (tx) => {
        await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value} where id = ${id}`.execute(
          tx.db,
        )
        await tx.emit(rightsChanged, { userId: user?.id ?? 0 })
      })
    }

    test('WEB-19 a WebSocket opens for a member’s token in header, query or subprotocol, and for nothing else', async () => {
      const token = await s.tokenOf(w.cast.bob)
      const application = await s.tokenOf({ ...w.cast.bob, id: 1 })
      const opened = [
        await s.socket(`${STREAM}?stream=user`, { token }),
        await s.socket(`${STREAM}/user?access_token=${token}&stream=user`),
        await s.socket('/?stream=user', { protocol: token }),
        await s.socket(`${STREAM}/?stream=user`, { token, headers: { host: '127.0.0.1:4000' } }),
      ]
      assert.equal(opened[2]?.ws.protocol, token)
      await post('bob', 'hello')
      for (const each of opened) {
        assert.equal(wordsOf(await each.next()), 'hello')
        each.close()
      }
      const cookie = { cookie: `_session_id=${token}`, origin: 'https://evil.example' }
      for (const [path, options, status, message] of [
        [`${STREAM}?stream=user`, {}, 401, 'Missing access token'],
        [`${STREAM}?stream=user`, { headers: cookie }, 401, 'Missing access token'],
        [`${STREAM}?stream=user&access_token=nonsense`, {}, 401, 'Invalid access token'],
        [`${STREAM}?stream=user`, { token: application }, 401, 'Invalid access token'],
        ['/elsewhere', { token }, 404, 'Not Found'],
      ] as const) {
        assert.deepEqual(await s.refused(path, options), { status, message }, path)
      }
    })

    test('binary frames, frames that are no orders and streams outside the scopes are answered as they deserve', async () => {
      const blind = await s.socket('/', { token: await s.tokenOf(w.cast.bob, 'read:notifications') })
      for (const stream of ['user', 'public', 'hashtag']) {
        blind.say({ type: 'subscribe', stream, tag: 'x' })
        assert.deepEqual(await blind.next(), {
          error: 'This action is outside the authorized scopes',
          status: 403,
        })
      }
      blind.ws.send('{"type":')
      assert.deepEqual(await blind.next(), { error: 'The message could not be read', status: 400 })
      blind.ws.send(Buffer.from('{"type":"subscribe","stream":"user"}'))
      assert.equal(await blind.ended, 1003)
      const loud = await s.socket('/', { token: await s.tokenOf(w.cast.bob) })
      loud.ws.send(JSON.stringify({ type: 'subscribe', stream: 'hashtag', tag: 'x'.repeat(20_000) }))
      assert.equal(await loud.ended, 1009)
    })

    test('an event stream begins with a sign of life, brings events in lines, and thumps', async () => {
      const token = await s.tokenOf(w.cast.bob)
      const lines = await s.lines(`${STREAM}/user?access_token=ignored`, token)
      assert.equal(lines.status, 200)
      assert.equal(await lines.next(), ':)\n')
      const [tagged, media] = [
        await s.lines(`${STREAM}/hashtag?tag=Fish`, token),
        await s.lines(`${STREAM}/public/local?only_media=true`, token),
      ]
      await post('alice', 'of #fish')
      for (const stream of [lines, tagged]) {
        const event = await nextOf(stream)
        assert.match(event, /^event: update\ndata: \{.*of .*fish.*\}\n\n$/)
      }
      hubOf(w.app).beat()
      for (const stream of [lines, tagged, media]) {
        assert.equal(await nextOf(stream), ':thump\n')
        stream.close()
      }
      for (const [path, status] of [
        [`${STREAM}/hashtag`, 400],
        [`${STREAM}/nowhere`, 404],
        [STREAM, 404],
      ] as const) {
        assert.equal((await w.as('bob').get(path)).status, status, path)
      }
      const asQuery = await w.anyone.get(`/api/v1/statuses/1/source?access_token=${token}`)
      assert.equal(asQuery.status, 401)
      assert.equal((await w.anyone.get(`${STREAM}/user?access_token=nonsense`)).status, 401)
      assert.equal((await w.anyone.get(`${STREAM}/health`)).text, 'OK')
    })

    test('AZ-20 numbers on streams are told to this machine, on any name of it, and to nobody else', async () => {
      const stream = await s.socket(`${STREAM}?stream=user`, { token: await s.tokenOf(w.cast.bob) })
      await post('bob', 'counted')
      await stream.next()
      for (const host of ['localhost:3000', w.app.domains.all()[0]?.web_host ?? '']) {
        const answer = await w.site.request(`http://${host}/metrics`, { headers: { host } })
        const text = await answer.text()
        assert.match(text, /^mastodon_streaming_connected_clients\{type="websocket"\} 1$/m)
        assert.match(text, /^connected_channels\{type="websocket",channel="user"\} 1$/m)
        assert.match(text, /^messages_sent_total\{type="websocket"\} \d+$/m)
      }
      for (const host of ['localhost:3000', w.app.domains.all()[0]?.web_host ?? '']) {
        const client = { ip: '192.0.2.1', host, proto: 'https' as const }
        const answer = await w.site.request(`https://${host}/metrics`, { headers: { host } }, { client })
        assert.ok(answer.status === 404 || answer.status === 421, `${answer.status}`)
      }
      stream.close()
      await stream.ended
    })

    test('OAU-12 ACC-27 ending a token ends its streams and no others', async () => {
      const [gone, stays] = [await s.tokenOf(w.cast.bob), await s.tokenOf(w.cast.bob)]
      const streams = [
        await s.socket(`${STREAM}?stream=user`, { token: gone }),
        await s.lines(`${STREAM}/user`, gone),
      ]
      const other = await s.socket(`${STREAM}?stream=user`, { token: stays })
      const row = (await findToken(w.app, gone))?.token
      assert.ok(row)
      await revokeToken(w.app, row)
      assert.deepEqual(await Promise.all(streams.map((each) => each.ended)), [1008, 0])
      await post('bob', 'still here')
      assert.equal(wordsOf(await other.next()), 'still here')
      assert.deepEqual(await s.refused(`${STREAM}?stream=user`, { token: gone }), {
        status: 401,
        message: 'Invalid access token',
      })
      other.close()
    })

    test('ACC-02 ACC-24 OAU-13 a new password, a suspension, a disabled or unconfirmed member end their streams', async () => {
      const now = w.app.now()
      const states = [
        ['user', 'disabled_at', now, null],
        ['user', 'confirmed_at', null, now],
        ['user', 'approved_at', null, now],
        ['account', 'suspended_at', now, null],
      ] as const
      for (const [table, column, broken, mended] of states) {
        const token = await s.tokenOf(w.cast.bob)
        const stream = await s.socket(`${STREAM}?stream=user`, { token })
        const lines = await s.lines(`${STREAM}/user`, token)
        await change(table, column, broken)
        assert.deepEqual(await Promise.all([stream.ended, lines.ended]), [1008, 0], column)
        assert.equal((await s.refused(`${STREAM}?stream=user`, { token })).status, 403, column)
        await change(table, column, mended)
      }
      const stream = await s.socket(`${STREAM}?stream=user`, { token: await s.tokenOf(w.cast.bob) })
      const user = await userByAccount(w.app, w.cast.bob.id)
      assert.ok(user)
      await changePassword(w.app, user, {
        current: PASSWORD,
        password: 'another horse battery',
        ip: '192.0.2.1',
      })
      assert.equal(await stream.ended, 1008)
    })

    test('FAIL-36 a client that does not read is let go, and others hear on', async () => {
      const [slow, good] = [
        await s.socket(`${STREAM}?stream=public`, { token: await s.tokenOf(w.cast.carol) }),
        await s.socket(`${STREAM}?stream=public`, { token: await s.tokenOf(w.cast.carol) }),
      ]
      slow.ws.pause()
      const hub = hubOf(w.app)
      const event = new StreamEvent('update', 'long '.repeat(20_000))
      let told = 0
      for (; hub.connections.size > 1 && told < 1000; told++) {
        hub.tell('public', 0, event)
        assert.equal((await good.next()).event, 'update')
      }
      assert.ok(told < 1000, 'the slow one was kept')
      slow.ws.terminate()
      good.close()
    })

    test('a dead peer is found by its silence, and a stop says goodbye', async () => {
      const token = await s.tokenOf(w.cast.carol)
      const [dead, alive] = [
        await s.socket(`${STREAM}?stream=user`, { token }),
        await s.socket(`${STREAM}?stream=user`, { token }),
      ]
      dead.ws.pause()
      while (hubOf(w.app).connections.size > 1) {
        hubOf(w.app).beat()
        // Its answer to the ping comes before the answer to this.
        alive.say({ type: 'subscribe' })
        assert.equal((await alive.next()).status, 400)
      }
      hubOf(w.app).close()
      assert.equal(await alive.ended, 1001)
      dead.ws.terminate()
    })
  })
}

async function nextOf(stream: { next(): Promise<string> }): Promise<string> {
  for (;;) {
    const line = await stream.next()
    if (line !== ':)\n') return line
  }
}
