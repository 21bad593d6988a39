import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { openBrowser } from '../../../test/browser.ts'
import { plain } from '../../../test/pictures.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Credentials = {
  display_name: string
  note: string
  locked: boolean
  discoverable: boolean
  avatar: string
  fields: { name: string; value: string }[]
  source: { privacy: string; sensitive: boolean; quote_policy: string; language: string | null }
}

for (const database of databases) {
  describe(`settings (${database})`, () => {
    let w: World
    let bob: Browser
    beforeEach(async () => {
      w = await world({ database })
      bob = openBrowser(w)
      await bob.enter('bob')
    })
    afterEach(() => w.close())

    const me = async () => (await w.as('bob').get('/api/v1/accounts/verify_credentials')).body as Credentials
    const submit = async (path: string, fields: Record<string, string>) =>
      bob.submit(await bob.get(path), path, fields)

    test('a stranger is asked to sign in first, and comes back to the page', async () => {
      for (const path of [
        'profile',
        'privacy',
        'posting',
        'languages',
        'appearance',
        'filters',
        'development',
      ]) {
        const { leadsTo } = await openBrowser(w).get(`/settings/${path}`)
        assert.equal(leadsTo, `/auth/sign_in?next=${encodeURIComponent(`/settings/${path}`)}`)
      }
    })

    test('public timelines show the chosen languages and what names none; hashtags and home show all', async () => {
      for (const [status, language] of [
        ['Guten Tag #here', 'de'],
        ['Good day #here', 'en'],
        ['Bonjour #here', 'fr'],
      ])
        await w.as('alice').post('/api/v1/statuses', { status, language })
      const seen = async (path: string, who: 'bob' | 'carol' = 'bob') => {
        const { body } = await w.as(who).get(path)
        return (body as { language: string | null }[]).map(({ language }) => language)
      }
      const page = await bob.get('/settings/languages')
      const chosen = { 'languages[0]': 'de', 'languages[1]': 'fr', 'languages[2]': 'no such', locale: 'de' }
      const saved = await bob.submit(page, '/settings/languages', chosen)
      assert.equal(saved.status, 200)
      assert.deepEqual(
        [...saved.text.matchAll(/\[\]" value="(\w+)" checked/g)].map(([, code]) => code).sort(),
        ['de', 'fr'],
      )
      assert.match(saved.text, /name="locale" value="de"[^>]* checked/)
      await w.app.inTransaction((tx) =>
        tx.db.updateTable('status').set({ language: null }).where('language', '=', 'fr').execute(),
      )
      for (const path of ['public', 'public?local=true', 'public?min_id=1'])
        assert.deepEqual(await seen(`/api/v1/timelines/${path}`), [null, 'de'], path)
      assert.deepEqual(await seen('/api/v1/timelines/tag/here'), [null, 'en', 'de'])
      assert.equal((await seen('/api/v1/timelines/public', 'carol')).length, 3)
    })

    test('the profile is what the form says, pictures come along, and a form without them keeps them', async () => {
      const page = await bob.get('/settings/profile')
      const form = new FormData()
      form.set('csrf', /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '')
      form.set('display_name', 'Bob the first')
      form.set('note', 'I build.')
      form.set('fields_attributes[0][name]', 'Site')
      form.set('fields_attributes[0][value]', 'https://bob.example')
      const picture = await plain(40, 40, '#00ff00').png().toBuffer()
      form.set('avatar', new File([new Uint8Array(picture)], 'me.png', { type: 'image/png' }))
      form.set('header', new File([], ''))
      const request = new Request('https://here.example/settings/profile', { method: 'POST', body: form })
      const headers = new Headers(request.headers)
      headers.set('Host', 'here.example')
      headers.set('Cookie', [...bob.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
      const saved = await w.site.request('https://here.example/settings/profile', {
        method: 'POST',
        headers,
        body: await request.arrayBuffer(),
      })
      assert.equal(saved.status, 200)
      assert.match(await saved.text(), /Saved\./)
      const known = await me()
      assert.equal(known.display_name, 'Bob the first')
      assert.match(known.fields[0]?.value ?? '', /bob\.example/)
      assert.doesNotMatch(known.avatar, /missing/)
      assert.equal((await submit('/settings/profile', { display_name: 'Bob' })).status, 200)
      assert.equal((await me()).avatar, known.avatar)
    })

    test('what is too long is refused by its field, and what was typed stays', async () => {
      const refused = await submit('/settings/profile', { display_name: 'x'.repeat(31), note: 'kept words' })
      assert.equal(refused.status, 422)
      assert.match(refused.text, /id="e-display_name"/)
      assert.match(refused.text, /kept words/)
      assert.equal((await me()).display_name, '')
    })

    test('a box that is not ticked is taken back', async () => {
      await submit('/settings/privacy', { locked: '1', discoverable: '1' })
      assert.deepEqual([(await me()).locked, (await me()).discoverable], [true, true])
      await submit('/settings/privacy', { discoverable: '1' })
      assert.deepEqual([(await me()).locked, (await me()).discoverable], [false, true])
    })

    test('how the composer begins is chosen once and kept for every app', async () => {
      const chosen = {
        'source[privacy]': 'private',
        'source[quote_policy]': 'nobody',
        'source[language]': 'de',
      }
      assert.equal((await submit('/settings/posting', { ...chosen, 'source[sensitive]': '1' })).status, 200)
      const { source } = await me()
      assert.deepEqual(
        [source.privacy, source.quote_policy, source.language, source.sensitive],
        ['private', 'nobody', 'de', true],
      )
    })

    test('a chosen look is on every page of this browser, and nothing else gets into its cookie', async () => {
      await submit('/settings/appearance', {
        scheme: 'dark',
        counts: 'hide',
        density: 'cosy; Domain=evil.example',
      })
      assert.match((await bob.get('/about')).text, /<html [^>]*data-scheme="dark"[^>]*data-counts="hide"/)
      for (const [name, value] of bob.cookies)
        if (name.endsWith('look')) assert.equal(value, 'scheme:dark.counts:hide')
      assert.doesNotMatch((await openBrowser(w).get('/about')).text, /data-scheme/)
    })

    test('a filter is made, changed line by line, and deleted', async () => {
      const form = { title: 'Birds', keywords: 'crow\n"rav"', filter_action: 'hide', 'at-home': '1' }
      const made = await submit('/settings/filters', form)
      assert.equal(made.leadsTo, '/settings/filters')
      const list = async () =>
        (await w.as('bob').get('/api/v2/filters')).body as {
          id: string
          context: string[]
          keywords: { keyword: string; whole_word: boolean }[]
        }[]
      const [filter] = await list()
      assert.ok(filter)
      const words = (found: typeof filter) => found.keywords.map((each) => [each.keyword, each.whole_word])
      assert.deepEqual(words(filter), [
        ['crow', true],
        ['rav', false],
      ])
      assert.deepEqual(filter.context, ['home'])
      const path = `/settings/filters/${filter.id}`
      await submit(path, { ...form, keywords: 'crow\njay' })
      const [changed] = await list()
      assert.deepEqual(changed && words(changed), [
        ['crow', true],
        ['jay', true],
      ])
      const alice = openBrowser(w)
      await alice.enter('alice')
      assert.equal((await alice.get(path)).status, 404)
      assert.equal(
        (await bob.submit(await bob.get('/settings/filters'), `${path}/delete`)).leadsTo,
        '/settings/filters',
      )
      assert.deepEqual(await list(), [])
    })

    test('a filter without a name or a place is refused by name, and its words stay', async () => {
      const refused = await submit('/settings/filters', {
        title: '',
        keywords: 'crow',
        filter_action: 'warn',
      })
      assert.equal(refused.status, 422)
      assert.match(refused.text, />crow</)
    })

    test('a token of one’s own is shown once, may do what was ticked, and is among the apps', async () => {
      const made = await submit('/settings/development', { name: 'My script', read: '1' })
      const token = /<code class="token">([^<]+)</.exec(made.text)?.[1] ?? ''
      const ask = (method: string, path: string) =>
        w.site.request(`https://here.example${path}`, {
          method,
          headers: { Host: 'here.example', Authorization: `Bearer ${token}` },
        })
      assert.equal((await ask('GET', '/api/v1/accounts/verify_credentials')).status, 200)
      assert.equal((await ask('POST', '/api/v1/statuses')).status, 403)
      assert.doesNotMatch((await bob.get('/settings/development')).text, /class="token"/)
      assert.match((await bob.get('/oauth/authorized_applications')).text, /My script/)
    })
  })
}
