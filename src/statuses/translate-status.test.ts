import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Translation } from './translate-status.ts'

const LIBRE = { LIBRE_TRANSLATE_ENDPOINT: 'http://translate.example:5000', LIBRE_TRANSLATE_API_KEY: 'key' }
const DEEPL = { DEEPL_API_KEY: 'secret', DEEPL_PLAN: 'free' }
type Asked = { url: string; body: Record<string, unknown>; headers: Record<string, string> }

for (const database of databases) {
  describe(`translation (${database})`, () => {
    let w: World
    let network: Network
    let asked: Asked[]
    let refusal: number
    beforeEach(() => {
      asked = []
      refusal = 0
      network = openNetwork()
    })
    afterEach(() => w.close())

    const open = async (settings: Record<string, string>) => {
      w = await world({ database, http: network, settings })
    }
    const serve = (host: string, answer: (body: Record<string, unknown>, path: string) => unknown) =>
      network.host(host, async ({ url, body, headers }) => {
        const said = body.length > 0 ? JSON.parse(body.toString()) : {}
        asked.push({ url: url.pathname + url.search, body: said, headers })
        const status = refusal && url.pathname.endsWith('/translate') ? refusal : 200
        return {
          status,
          headers: {},
          body: Buffer.from(JSON.stringify(answer(said, url.pathname + url.search))),
        }
      })
    const libre = (
      shout = (text: string) => text.toUpperCase().replace(/<\/?[A-Z][^>]*>/g, (tag) => tag.toLowerCase()),
    ) =>
      serve('translate.example:5000', (body, path) =>
        path === '/languages'
          ? [
              { code: 'en', targets: ['de', 'en'] },
              { code: 'de', targets: ['en'] },
            ]
          : { translatedText: (body.q as string[]).map(shout), detectedLanguage: { language: 'en' } },
      )
    const post = async (fields: Record<string, unknown>) =>
      ((await w.as('bob').post('/api/v1/statuses', { language: 'en', ...fields })).body as { id: string }).id
    const translate = (id: string, lang = 'de') =>
      w.as('alice').post(`/api/v1/statuses/${id}/translate`, { lang })

    test('without a service there is nothing to translate with, and clients are told', async () => {
      await open({})
      assert.equal((await translate(await post({ status: 'hello' }))).status, 404)
      assert.deepEqual((await w.anyone.get('/api/v1/instance/translation_languages')).body, {})
      const { body } = await w.anyone.get('/api/v2/instance')
      assert.equal(
        (body as { configuration: { translation: { enabled: boolean } } }).configuration.translation.enabled,
        false,
      )
    })

    test('text, warning and choices are translated in one exchange, names of emoji stay, and a day long nobody asks again', async () => {
      libre()
      await open(LIBRE)
      const poll = { options: ['tea', 'coffee'], expires_in: 3600 }
      const id = await post({ status: 'hello :blob:', spoiler_text: 'greeting', poll })
      const { status, body } = await translate(id)
      assert.equal(status, 200)
      const {
        content,
        spoiler_text,
        poll: shown,
        language,
        provider,
        detected_source_language,
      } = body as Translation
      assert.match(content, /HELLO :blob:/i)
      assert.equal(spoiler_text, 'GREETING')
      assert.deepEqual(
        shown?.options.map(({ title }) => title),
        ['TEA', 'COFFEE'],
      )
      assert.deepEqual([language, provider, detected_source_language], ['de', 'LibreTranslate', 'en'])
      const sent = asked.filter(({ url }) => url === '/translate')
      assert.equal(sent.length, 1)
      assert.equal(sent[0]?.body.api_key, 'key')
      assert.match(String((sent[0]?.body.q as string[] | undefined)?.[0]), /translate="no">:blob:/)
      await translate(id)
      assert.equal(asked.filter(({ url }) => url === '/translate').length, 1)
      w.clock.advance(1000)
      await w.as('bob').put(`/api/v1/statuses/${id}`, { status: 'bye' })
      assert.match(((await translate(id)).body as Translation).content, /BYE/i)
    })

    test('PRIV-01 what not everybody may read never leaves for a service', async () => {
      libre()
      await open(LIBRE)
      const alices = async (visibility: string) =>
        (
          (await w.as('alice').post('/api/v1/statuses', { status: 'mine', visibility, language: 'en' }))
            .body as { id: string }
        ).id
      for (const visibility of ['private', 'direct'])
        assert.equal((await translate(await alices(visibility))).status, 403, visibility)
      assert.equal((await translate(await post({ status: 'only me', visibility: 'direct' }))).status, 404)
      assert.deepEqual(
        asked.filter(({ url }) => url === '/translate'),
        [],
      )
    })

    test('XSS-08 what a service answers is sanitised like anything else', async () => {
      libre(() => '<p onclick="x()">hi<script>alert(1)</script><img src=x></p>')
      await open(LIBRE)
      const { content } = (await translate(await post({ status: 'hello' }))).body as Translation
      assert.equal(content, '<p>hi</p>')
    })

    test('a language that is the post’s own, or that nobody can make, is refused; nonsense is said to be so', async () => {
      libre()
      await open(LIBRE)
      const id = await post({ status: 'hello' })
      assert.equal((await translate(id, 'en')).status, 403)
      assert.equal((await translate(id, 'ja')).status, 403)
      assert.equal((await translate(id, '../..')).status, 422)
      const known = await w.anyone.get('/api/v1/instance/translation_languages')
      assert.deepEqual(known.body, { en: ['de'], de: ['en'], und: ['en', 'de'] })
    })

    test('a busy, spent or broken service is told apart, and keeps nothing', async () => {
      libre()
      await open(LIBRE)
      const id = await post({ status: 'hello' })
      for (const [status, answer] of [
        [429, 429],
        [403, 503],
        [500, 503],
      ] as const) {
        refusal = status
        assert.equal((await translate(id)).status, answer)
      }
      network.down.add('translate.example:5000')
      assert.equal((await translate(id)).status, 503)
      network.down.clear()
      refusal = 0
      assert.equal((await translate(id)).status, 200)
    })

    test('DeepL is asked in its own way, with the key in a header', async () => {
      serve('api-free.deepl.com', (body, path) => {
        if (path.includes('/languages'))
          return [{ language: 'EN' }, { language: 'DE' }, { language: 'PT-BR' }]
        return {
          translations: (body.text as string[]).map((text) => ({
            text: `${text}!`,
            detected_source_language: 'EN',
          })),
        }
      })
      await open(DEEPL)
      const { body } = await translate(await post({ status: 'hello' }))
      assert.match((body as Translation).content, /hello.*!/)
      assert.equal((body as Translation).provider, 'DeepL.com')
      const sent = asked.find(({ url }) => url === '/v2/translate')
      assert.equal(sent?.headers.authorization, 'DeepL-Auth-Key secret')
      assert.deepEqual([sent?.body.target_lang, sent?.body.source_lang], ['DE', 'EN'])
    })
  })
}
