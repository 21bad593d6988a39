import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Name } from '../../test/cast.ts'
import { counted } from '../../test/counted.ts'
import { foreignDraft } from '../../test/remote-actor.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { createStatus } from './create-status.ts'
import type { Status } from './entities.ts'
import { acceptQuote, refuseQuote } from './keep-quote.ts'
import { presentStatuses } from './present-status.ts'
import { storedPolicy } from './quote-policy.ts'

type Notification = { type: string; account: { acct: string }; status?: Status }
type Shown = { state: string; quoted_status?: Status | null; quoted_status_id?: string | null } | null

for (const database of databases) {
  describe(`quotes (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const post = async (who: Name, fields: Record<string, unknown>) => {
      const answer = await w
        .as(who)
        .post('/api/v1/statuses', { status: 'hm', visibility: 'public', ...fields })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const seen = async (who: Name | null, id: string) => {
      const { body, status } = await (who ? w.as(who) : w.anyone).get(`/api/v1/statuses/${id}`)
      return status === 200 ? (body as Status) : null
    }
    const quoteSeen = async (who: Name | null, id: string) => (await seen(who, id))?.quote as Shown
    const told = async (who: Name, type: string) => {
      await w.settle()
      const { body } = await w.as(who).get(`/api/v1/notifications?types[]=${type}`)
      return body as Notification[]
    }
    /** A public post of dan's, of another server, that anybody may quote. */
    const byDan = async (more = {}) => {
      const policy = { quotePolicy: storedPolicy({ automatic: ['public'], manual: [] }), ...more }
      const status = await createStatus(
        w.app,
        foreignDraft(w.cast.dan, `https://elsewhere.example/${w.app.newId()}`, policy),
      )
      assert.ok(status)
      return status
    }
    const quoteIdOf = async (status: Status) => {
      const row = await w.app.db
        .selectFrom('quote')
        .select('id')
        .where('status_id', '=', Number(status.id))
        .executeTakeFirstOrThrow()
      return row.id
    }

    test('a quote shows what it quotes, counts, and is told to whoever is quoted', async () => {
      const one = await post('alice', { status: 'one' })
      const two = await post('bob', { status: 'look', quoted_status_id: one.id })
      const quote = two.quote as Shown
      assert.equal(quote?.state, 'accepted')
      assert.equal(quote?.quoted_status?.id, one.id)
      assert.equal((await seen('alice', one.id))?.quotes_count, 1)
      const [notification] = await told('alice', 'quote')
      assert.equal(notification?.account.acct, 'bob')
      assert.equal(notification?.status?.id, two.id)
    })

    test('a quote within a quote is named and not shown (LOOP-13)', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id })
      const three = await post('alice', { quoted_status_id: two.id })
      const inner = (three.quote as Shown)?.quoted_status?.quote as Shown
      assert.deepEqual(inner, { state: 'accepted', quoted_status_id: one.id })
    })

    test('a quote needs no words of its own, unless it is a poll', async () => {
      const one = await post('alice', {})
      assert.equal((await post('bob', { status: '', quoted_status_id: one.id })).content, '')
      const poll = { options: ['a', 'b'], expires_in: 600 }
      const answer = await w
        .as('bob')
        .post('/api/v1/statuses', { status: '', quoted_status_id: one.id, poll })
      assert.equal(answer.status, 422)
    })

    const policies = [
      // who may quote a post of alice's, whom bob follows and carol does not
      { policy: 'public', visibility: 'public', bob: 'automatic', carol: 'automatic' },
      { policy: 'followers', visibility: 'unlisted', bob: 'automatic', carol: 'denied' },
      { policy: 'nobody', visibility: 'public', bob: 'denied', carol: 'denied' },
      { policy: 'public', visibility: 'private', bob: 'denied', carol: null },
    ] as const
    for (const { policy, visibility, bob, carol } of policies) {
      test(`a ${visibility} post for ${policy} to quote: ${bob} for a follower, ${carol ?? 'unseen'} for others`, async () => {
        const one = await post('alice', { visibility, quote_approval_policy: policy })
        for (const [who, expected] of [
          ['bob', bob],
          ['carol', carol],
        ] as const) {
          assert.equal((await seen(who, one.id))?.quote_approval.current_user, expected ?? undefined)
          const answer = await w.as(who).post('/api/v1/statuses', { status: 'x', quoted_status_id: one.id })
          assert.equal(answer.status, expected === 'automatic' ? 200 : 404, who)
        }
        assert.equal((await seen('alice', one.id))?.quote_approval.current_user, 'automatic')
        const open = visibility !== 'private' && policy !== 'nobody'
        assert.deepEqual((await seen('alice', one.id))?.quote_approval.automatic, open ? [policy] : [])
      })
    }

    test('what the member usually says about quotes counts where a post says nothing', async () => {
      await w.as('alice').patch('/api/v1/accounts/update_credentials', { source: { quote_policy: 'nobody' } })
      assert.deepEqual((await post('alice', {})).quote_approval.automatic, [])
      assert.deepEqual((await post('alice', { quote_approval_policy: 'public' })).quote_approval.automatic, [
        'public',
      ])
    })

    test('who may quote is changed without an edit, for quotes to come', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id })
      const path = `/api/v1/statuses/${one.id}/interaction_policy`
      const { body } = await w.as('alice').put(path, { quote_approval_policy: 'nobody' })
      assert.deepEqual((body as Status).quote_approval.automatic, [])
      assert.equal((body as Status).edited_at, null)
      assert.equal((await quoteSeen('bob', two.id))?.state, 'accepted')
      assert.equal((await w.as('bob').put(path, { quote_approval_policy: 'public' })).status, 404)
      assert.equal((await w.as('alice').put(path, { quote_approval_policy: 'friends' })).status, 422)
    })

    test('a blocked member quotes nothing, and nothing of whom they blocked (BLK-01)', async () => {
      const one = await post('alice', {})
      const hers = await post('mallory', {})
      const quote = (who: Name, id: string) =>
        w.as(who).post('/api/v1/statuses', { status: 'x', quoted_status_id: id })
      assert.equal((await quote('mallory', one.id)).status, 404)
      assert.equal((await quote('alice', hers.id)).status, 404)
    })

    test('what may not be seen cannot be quoted, and a boost leads to what it boosts (ACT-27)', async () => {
      const secret = await post('alice', { visibility: 'direct', status: 'no' })
      for (const id of [secret.id, '1', 'x'])
        assert.equal(
          (await w.as('bob').post('/api/v1/statuses', { status: 'x', quoted_status_id: id })).status,
          404,
        )
      const one = await post('alice', {})
      const boost = (await w.as('bob').post(`/api/v1/statuses/${one.id}/reblog`)).body as Status
      const two = await post('bob', { quoted_status_id: boost.id })
      assert.equal((two.quote as Shown)?.quoted_status?.id, one.id)
    })

    test('a private mention quotes those it mentions and oneself alone', async () => {
      const one = await post('alice', {})
      const own = await post('bob', {})
      const send = (status: string, id: string) =>
        w.as('bob').post('/api/v1/statuses', { status, visibility: 'direct', quoted_status_id: id })
      assert.equal((await send('@carol look', one.id)).status, 422)
      assert.equal((await send('@alice look', one.id)).status, 200)
      assert.equal((await send('@carol look', own.id)).status, 200)
    })

    test('one’s own private post is quoted before those who may read it', async () => {
      const one = await post('alice', { visibility: 'private' })
      assert.equal((await post('alice', { quoted_status_id: one.id })).visibility, 'private')
    })

    test('whoever is quoted before followers they are not among may read it, and it does not count (PRIV-17)', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id, visibility: 'private' })
      assert.equal((await quoteSeen('alice', two.id))?.state, 'accepted')
      assert.deepEqual((await seen('alice', two.id))?.mentions, [])
      assert.equal((await seen('alice', one.id))?.quotes_count, 0)
      assert.equal(await seen('carol', two.id), null)
      assert.equal((await told('alice', 'quote')).length, 1)
    })

    test('what stays on this server is quoted on this server alone', async () => {
      const one = await post('alice', { local_only: true })
      assert.equal((await post('bob', { quoted_status_id: one.id })).local_only, true)
      const dans = await byDan()
      const answer = await w
        .as('bob')
        .post('/api/v1/statuses', { status: 'x', quoted_status_id: String(dans.id), local_only: true })
      assert.equal(answer.status, 422)
    })

    test('a quote of another server waits for its author, is told to nobody, and then stands or not', async () => {
      const dans = await byDan()
      const two = await post('bob', { quoted_status_id: String(dans.id) })
      assert.deepEqual(two.quote, { state: 'pending', quoted_status: null })
      assert.equal((await seen(null, String(dans.id)))?.quotes_count, 0)
      const id = await quoteIdOf(two)
      await refuseQuote(w.app, id, 'elsewhere')
      assert.deepEqual(await quoteSeen('bob', two.id), { state: 'rejected', quoted_status: null })
      await acceptQuote(w.app, id, 'elsewhere')
      assert.equal((await quoteSeen(null, two.id))?.quoted_status?.id, String(dans.id))
      assert.equal((await seen(null, String(dans.id)))?.quotes_count, 1)
      await refuseQuote(w.app, id, 'elsewhere')
      assert.deepEqual(await quoteSeen('bob', two.id), { state: 'revoked', quoted_status: null })
      await acceptQuote(w.app, id, 'elsewhere')
      assert.equal((await quoteSeen('bob', two.id))?.state, 'revoked')
      assert.equal((await seen(null, String(dans.id)))?.quotes_count, 0)
    })

    test('the author takes a quote back, and nobody else does', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id })
      const path = `/api/v1/statuses/${one.id}/quotes/${two.id}/revoke`
      for (const who of ['bob', 'carol'] as const) assert.equal((await w.as(who).post(path)).status, 404)
      const { body, status } = await w.as('alice').post(path)
      assert.equal(status, 200)
      assert.equal((body as Status).id, two.id)
      assert.deepEqual((body as Status).quote, { state: 'revoked', quoted_status: null })
      assert.equal((await seen('bob', one.id))?.quotes_count, 0)
      const other = await post('carol', {})
      assert.equal(
        (await w.as('alice').post(`/api/v1/statuses/${one.id}/quotes/${other.id}/revoke`)).status,
        404,
      )
    })

    test('a quote of what is gone says so, and a quote that is gone no longer counts', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id })
      const three = await post('bob', { quoted_status_id: one.id })
      await w.as('bob').delete(`/api/v1/statuses/${three.id}`)
      assert.equal((await seen('bob', one.id))?.quotes_count, 1)
      await w.as('alice').delete(`/api/v1/statuses/${one.id}`)
      assert.deepEqual(await quoteSeen('bob', two.id), { state: 'deleted', quoted_status: null })
    })

    const sights = [
      { what: 'blocks the quoted author', path: 'block', state: 'blocked_account' },
      { what: 'mutes the quoted author', path: 'mute', state: 'muted_account' },
    ]
    for (const { what, path, state } of sights) {
      test(`a reader who ${what} is told ${state}, and may look`, async () => {
        const one = await post('alice', {})
        const two = await post('bob', { quoted_status_id: one.id })
        await w.as('carol').post(`/api/v1/accounts/${one.account.id}/${path}`)
        const quote = await quoteSeen('carol', two.id)
        assert.equal(quote?.state, state)
        assert.equal(quote?.quoted_status?.id, one.id)
        const three = await post('bob', { quoted_status_id: two.id })
        const inner = (await quoteSeen('carol', three.id))?.quoted_status?.quote as Shown
        assert.deepEqual(inner, { state, quoted_status_id: one.id })
        assert.equal((await quoteSeen(null, two.id))?.state, 'accepted')
      })
    }

    test('a reader who blocked the server of the quoted author is told blocked_domain', async () => {
      const two = await post('bob', { quoted_status_id: String((await byDan()).id) })
      await acceptQuote(w.app, await quoteIdOf(two), 'elsewhere')
      await w.as('carol').post('/api/v1/domain_blocks', { domain: 'elsewhere.example' })
      assert.equal((await quoteSeen('carol', two.id))?.state, 'blocked_domain')
    })

    test('PRIV-12 what a reader may not see of a quote is a state without content', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id })
      // alice blocked mallory
      assert.deepEqual(await quoteSeen('mallory', two.id), { state: 'unauthorized', quoted_status: null })
      const three = await post('carol', { quoted_status_id: two.id })
      const inner = (await quoteSeen('mallory', three.id))?.quoted_status?.quote
      assert.deepEqual(inner, { state: 'unauthorized', quoted_status_id: null })
      const list = (await w.as('mallory').get(`/api/v1/statuses/${one.id}/quotes`)).status
      assert.equal(list, 404)
    })

    test('quotes are listed newest first and paged; only the author finds those that are for few', async () => {
      const one = await post('alice', {})
      const made = []
      for (let n = 0; n < 3; n++) made.push((await post('bob', { quoted_status_id: one.id })).id)
      const quiet = await post('bob', { quoted_status_id: one.id, visibility: 'private' })
      const list = async (who: Name, query = '') => {
        const answer = await w.as(who).get(`/api/v1/statuses/${one.id}/quotes${query}`)
        return {
          ids: (answer.body as Status[]).map((each) => each.id),
          link: answer.headers.get('link') ?? '',
        }
      }
      assert.deepEqual((await list('alice')).ids, [quiet.id, ...made.toReversed()])
      assert.deepEqual((await list('carol')).ids, made.toReversed())
      const first = await list('carol', '?limit=2')
      assert.deepEqual(first.ids, [made[2], made[1]])
      await w.as('carol').post(`/api/v1/accounts/${w.cast.bob.id}/mute`)
      assert.deepEqual((await list('carol')).ids, [])
      await w.as('carol').post(`/api/v1/accounts/${w.cast.bob.id}/unmute`)
      const next = /<([^>]+)>; rel="next"/.exec(first.link)?.[1] ?? ''
      assert.deepEqual((await list('carol', new URL(next).search)).ids, [made[0]])
      assert.equal((await w.anyone.get(`/api/v1/statuses/${one.id}/quotes`)).status, 401)
    })

    test('an edit keeps the quote, and whoever quoted hears of an edit of what they quoted', async () => {
      const one = await post('alice', {})
      const two = await post('bob', { quoted_status_id: one.id })
      w.clock.advance(1000)
      const { body } = await w.as('bob').put(`/api/v1/statuses/${two.id}`, { status: '' })
      assert.equal(((body as Status).quote as Shown)?.quoted_status?.id, one.id)
      await w
        .as('alice')
        .put(`/api/v1/statuses/${one.id}`, { status: 'otherwise', quote_approval_policy: 'nobody' })
      const [notification] = await told('bob', 'quoted_update')
      assert.equal(notification?.account.acct, 'alice')
      assert.equal(notification?.status?.id, two.id)
      assert.deepEqual((await seen('bob', one.id))?.quote_approval.automatic, [])
      const history = (await w.as('bob').get(`/api/v1/statuses/${two.id}/history`)).body as { quote: Shown }[]
      assert.deepEqual(
        history.map(({ quote }) => quote?.quoted_status?.id),
        [one.id, one.id],
      )
    })

    test('a scheduled quote is kept, published with what it quotes, or made a draft when it may no more', async () => {
      const one = await post('alice', {})
      const scheduled_at = new Date(w.app.now() + 600_000).toISOString()
      const fields = {
        status: 'later',
        quoted_status_id: one.id,
        quote_approval_policy: 'nobody',
        scheduled_at,
      }
      const { body } = await w.as('bob').post('/api/v1/statuses', fields)
      const { params } = body as { params: Record<string, unknown> }
      assert.equal(params.quoted_status_id, one.id)
      assert.equal(params.quote_approval_policy, 'nobody')
      w.clock.advance(600_000)
      await w.settle()
      const [quoting] = (await w.as('alice').get(`/api/v1/statuses/${one.id}/quotes`)).body as Status[]
      assert.equal(quoting?.content, '<p>later</p>')
      const again = new Date(w.app.now() + 600_000).toISOString()
      await w.as('bob').post('/api/v1/statuses', { ...fields, scheduled_at: again })
      await w
        .as('alice')
        .put(`/api/v1/statuses/${one.id}/interaction_policy`, { quote_approval_policy: 'nobody' })
      w.clock.advance(600_000)
      await w.settle()
      const drafts = (await w.as('bob').get('/api/v1/scheduled_statuses')).body as {
        params: { text: string }
      }[]
      assert.equal(drafts[0]?.params.text, 'later')
    })

    test('filters of a reader mark what is quoted', async () => {
      const one = await post('alice', { status: 'about spinach' })
      const two = await post('bob', { quoted_status_id: one.id })
      await w.as('carol').post('/api/v2/filters', {
        title: 'greens',
        context: ['home'],
        keywords_attributes: [{ keyword: 'spinach' }],
      })
      const quote = await quoteSeen('carol', two.id)
      assert.equal(quote?.quoted_status?.filtered?.[0]?.filter.title, 'greens')
    })

    test('a page with quotes asks as often as a page with one', async () => {
      const domain = w.app.domains.all()[0]
      assert.ok(domain)
      const count = async () => {
        const rows = await w.app.db.selectFrom('status').select('id').execute()
        const { app, asked } = counted(w.app)
        const ids = rows.map((row) => row.id)
        const shown = await presentStatuses(app, { domain, account: w.cast.carol }, ids)
        assert.equal(shown.length, rows.length)
        return asked()
      }
      const one = await post('alice', {})
      const plain = await count()
      const two = await post('bob', { quoted_status_id: one.id })
      await post('alice', { quoted_status_id: two.id })
      await count()
      const few = await count()
      for (let n = 0; n < 12; n++) await post('bob', { quoted_status_id: n % 2 ? one.id : two.id })
      await count()
      assert.equal(await count(), few)
      assert.ok(plain > 2 && few <= plain + 6, `${few} instead of ${plain}`)
    })
  })
}
