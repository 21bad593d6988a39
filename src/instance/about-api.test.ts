import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { saveSite } from './site.ts'

const WEEK = 7 * 86_400_000

for (const database of databases) {
  describe(`the place (${database})`, () => {
    let w: World
    const domainId = () => w.app.domains.all()[0]?.id as number
    const get = async (path: string) => {
      const { status, body } = await w.anyone.get(path)
      return { status, body: body as Record<string, unknown> }
    }
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    test('descriptions and policies are Markdown or safe HTML, dated by their last change', async () => {
      const empty = await get('/api/v1/instance/privacy_policy')
      assert.equal(empty.body.content, '')
      const urls = async () => {
        const { configuration } = (await get('/api/v2/instance')).body
        const { privacy_policy, terms_of_service } = (configuration as { urls: Record<string, unknown> }).urls
        return [privacy_policy, terms_of_service]
      }
      assert.deepEqual(await urls(), [null, null])
      w.clock.advance(5000)
      await saveSite(w.app, domainId(), {
        description: '<p>Hello<script>alert(1)</script></p>',
        privacy_policy: 'We keep **nothing**.',
      })
      assert.equal((await get('/api/v1/instance/extended_description')).body.content, '<p>Hello</p>')
      const policy = (await get('/api/v1/instance/privacy_policy')).body
      assert.match(String(policy.content), /<strong>nothing<\/strong>/)
      assert.equal(policy.updated_at, new Date(w.app.now()).toISOString())
      assert.deepEqual(await urls(), ['https://here.example/privacy-policy', null])
    })

    test('terms are found by the day they begin to hold, and say what comes after them', async () => {
      assert.equal((await get('/api/v1/instance/terms_of_service')).status, 404)
      await saveSite(w.app, domainId(), {
        terms_of_service: [
          { effective_date: '2026-09-01', text: 'Later' },
          { effective_date: '2026-01-01', text: 'Now' },
        ],
      })
      assert.deepEqual((await get('/api/v1/instance/terms_of_service')).body, {
        effective_date: '2026-01-01',
        effective: true,
        content: '<p>Now</p>',
        succeeded_by: '2026-09-01',
      })
      const next = (await get('/api/v1/instance/terms_of_service/2026-09-01')).body
      assert.deepEqual([next.effective, next.succeeded_by], [false, null])
      assert.equal((await get('/api/v1/instance/terms_of_service/2020-01-01')).status, 404)
      assert.equal((await get('/api/v1/instance/terms_of_service/x')).status, 404)
    })

    test('rules carry their translations', async () => {
      await w.app.inTransaction(async (tx) => {
        const translations = JSON.stringify({ de: { text: 'Sei nett', hint: '' } })
        const row = { id: 1, domain_id: domainId(), position: 1, text: 'Be kind', hint: '', created_at: 1 }
        await tx.db
          .insertInto('rule')
          .values({ ...row, translations })
          .execute()
      })
      assert.deepEqual((await get('/api/v1/instance/rules')).body, [
        { id: '1', text: 'Be kind', hint: '', translations: { de: { text: 'Sei nett', hint: '' } } },
      ])
    })

    test('known servers are listed and found by their beginning; ours is not among them', async () => {
      assert.deepEqual((await get('/api/v1/instance/peers')).body, ['elsewhere.example'])
      assert.deepEqual((await get('/api/v1/peers/search?q=ELSE')).body, ['elsewhere.example'])
      for (const q of ['', 'here', '%', 'x'.repeat(500)])
        assert.deepEqual((await get(`/api/v1/peers/search?q=${q.replace('%', '%25')}`)).body, [], q)
    })

    test('twelve weeks of activity are counted as text, and private posts are not', async () => {
      for (const visibility of ['public', 'private'])
        await w.as('alice').post('/api/v1/statuses', { status: visibility, visibility })
      w.clock.advance(WEEK)
      const weeks = (await get('/api/v1/instance/activity')).body as unknown as Record<string, string>[]
      assert.equal(weeks.length, 12)
      assert.deepEqual(
        { ...weeks[1], week: '' },
        { week: '', statuses: '1', logins: '1', registrations: '4' },
      )
      assert.equal(Number(weeks[0]?.week) - Number(weeks[1]?.week), WEEK / 1000)
    })

    test('languages, translations and blocked servers are answered in their shapes', async () => {
      const languages = (await get('/api/v1/instance/languages')).body as unknown as {
        code: string
        name: string
      }[]
      assert.ok(languages.length > 190)
      assert.deepEqual(
        languages.find(({ code }) => code === 'de'),
        { code: 'de', name: 'German' },
      )
      assert.ok(
        languages.every(({ code, name }) => name !== code),
        'each has a name',
      )
      assert.deepEqual((await get('/api/v1/instance/translation_languages')).body, {})
      assert.deepEqual((await get('/api/v1/instance/domain_blocks')).body, [])
    })
  })
}
