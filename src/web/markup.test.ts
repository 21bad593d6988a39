import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { openBrowser } from '../../test/browser.ts'
import type { World } from '../../test/world.ts'
import { world } from '../../test/world.ts'

const VISITORS = [
  '/',
  '/about',
  '/@alice',
  '/@alice/with_replies',
  '/@alice/media',
  '/tags/cats',
  '/auth/sign_in',
  '/auth/sign_up',
  '/nowhere',
]
const MEMBERS = [
  '/settings/profile',
  '/settings/privacy',
  '/settings/posting',
  '/settings/appearance',
  '/settings/filters',
  '/settings/development',
  '/settings/account',
  '/oauth/authorized_applications',
  '/admin/people',
  '/home',
]

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // How it is written, not what it is.
    'doctype-style': 'off',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'long-title': 'off',
    'no-implicit-button-type': 'off',
    'no-implicit-input-type': 'off',
    'valid-id': ['error', { relaxed: true }],
    'tel-non-breaking': 'off',
    'no-inline-style': 'error',
  },
})

describe('the markup of pages', () => {
  let w: World
  before(async () => {
    w = await world({ database: 'sqlite' })
    const poll = { options: ['a', 'b'], expires_in: 3600 }
    await w.as('alice').post('/api/v1/statuses', { status: 'Look at #cats @bob https://cats.example/a' })
    await w.as('alice').post('/api/v1/statuses', { status: 'Which?', poll, spoiler_text: 'a question' })
  })
  after(() => w.close())

  const faultsOf = async (text: string) => {
    const { results } = await validator.validateString(text)
    return results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line, column }) => `${ruleId}: ${message} (${line}:${column})`),
    )
  }

  test('every page for visitors is valid, with one main heading', async () => {
    const { id } = (await w.as('alice').post('/api/v1/statuses', { status: 'A post' })).body as { id: string }
    for (const path of [...VISITORS, `/@alice/${id}`]) {
      const { text } = await openBrowser(w).get(path)
      assert.deepEqual(await faultsOf(text), [], path)
      assert.equal(text.match(/<h1[\s>]/g)?.length, 1, path)
    }
  })

  test('every page for members is valid', async () => {
    const alice = openBrowser(w)
    await alice.enter('alice')
    for (const path of MEMBERS) assert.deepEqual(await faultsOf((await alice.get(path)).text), [], path)
  })
})
