import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { statusById } from '#statuses/statuses.ts'
import { counted } from '../../test/counted.ts'
import type { StreamingWorld } from '../../test/streams.ts'
import { listening } from '../../test/streams.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { presentForMany } from './present-for-many.ts'

const everybody = ['alice', 'bob', 'carol', 'mallory'] as const
type Who = (typeof everybody)[number]

for (const database of databases) {
  describe(`quotes in streams (${database})`, () => {
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

    const post = async (who: Who, fields: Record<string, unknown>) => {
      w.clock.advance(1000)
      const answer = await w
        .as(who)
        .post('/api/v1/statuses', { status: 'hm', visibility: 'public', ...fields })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const forMany = async (id: string, app = w.app) => {
      const [domain, row] = [app.domains.all()[0], await statusById(app, Number(id))]
      assert.ok(domain && row)
      const viewers = everybody.map((who) => w.cast[who])
      const shown = await presentForMany(app, domain, row, viewers)
      return { domain, viewers, shown }
    }

    test('each is shown a quote as they would find it themselves', async () => {
      const one = await post('alice', { status: 'one' })
      const few = await post('alice', { quote_approval_policy: 'followers' })
      const quiet = await post('carol', { visibility: 'private' })
      const made = [
        await post('bob', { quoted_status_id: one.id }),
        await post('bob', { quoted_status_id: few.id, quote_approval_policy: 'followers' }),
        await post('carol', { quoted_status_id: quiet.id }),
        few,
      ]
      made.push(await post('carol', { quoted_status_id: made[0]?.id }))
      made.push((await w.as('carol').post(`/api/v1/statuses/${made[0]?.id}/reblog`)).body as Status)
      await w.as('carol').post(`/api/v1/statuses/${one.id}/favourite`)
      await w.as('bob').post(`/api/v1/statuses/${few.id}/bookmark`)
      await w.as('carol').post(`/api/v1/accounts/${w.cast.bob.id}/mute`)
      for (const { id } of made) {
        const { domain, viewers, shown } = await forMany(id)
        for (const account of viewers) {
          const found = shown.find(({ accountIds }) => accountIds.includes(account.id))?.status
          const [expected] = await presentStatuses(w.app, { domain, account }, [Number(id)])
          // Who may not see it at all is not among those it is sent to.
          if (expected) assert.deepEqual(found, expected, account.username)
        }
      }
      await w.as('carol').post(`/api/v1/accounts/${w.cast.bob.id}/unmute`)
    })

    test('a quote of what everybody may see is shaped once for all who see it alike', async () => {
      const one = await post('carol', {})
      const two = await post('carol', { quoted_status_id: one.id })
      const { shown } = await forMany(two.id)
      assert.deepEqual(shown.map(({ accountIds }) => accountIds.length).sort(), [1, 3])
      const { app, asked } = counted(w.app)
      await forMany(two.id, app)
      const once = asked()
      await forMany(two.id, app)
      assert.ok(once < 50 && asked() === 2 * once, `${once}, ${asked()}`)
    })

    test('PRIV-12 a public stream shows nothing of a quoted post to whom its author blocked', async () => {
      const stream = async (who: Who) =>
        s.socket('/api/v1/streaming?stream=public', { token: await s.tokenOf(w.cast[who]) })
      const [blocked, other] = [await stream('mallory'), await stream('carol')]
      const one = await post('alice', { status: 'one', visibility: 'unlisted' })
      const two = await post('bob', { quoted_status_id: one.id })
      const quoteIn = async (from: typeof blocked) => {
        const shown = JSON.parse((await from.next()).payload ?? '') as Status
        assert.equal(shown.id, two.id)
        return shown.quote
      }
      assert.deepEqual(await quoteIn(blocked), { state: 'unauthorized', quoted_status: null })
      assert.equal((await quoteIn(other))?.state, 'accepted')
      await w.as('alice').post(`/api/v1/statuses/${one.id}/quotes/${two.id}/revoke`)
      const news = await other.next()
      assert.equal(news.event, 'status.update')
      assert.equal((JSON.parse(news.payload ?? '') as Status).quote?.state, 'revoked')
      for (const each of [blocked, other]) each.close()
    })
  })
}
