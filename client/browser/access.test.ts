import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { AppStage } from './stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from './stage.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PAGES = [
  '/home',
  '/public/local',
  '/notifications',
  '/conversations',
  '/bookmarks',
  '/lists',
  '/explore',
  '/explore/people',
  '/followed_tags',
  '/scheduled',
  '/notifications/requests',
  '/search?q=dev',
  '/tags/cats',
  '/@dev',
  '/@dev/followers',
  '/blocks',
]
type Violation = { id: string; nodes: { html: string }[] }

describe('the member app for everybody', {
  skip: chromiumHere ? false : NO_BROWSER,
  timeout: 110_000,
}, () => {
  let stage: AppStage
  let thread: string
  before(async () => {
    stage = await openStage(['ana', 'dev'])
    const { id } = await stage.api<{ id: string }>('ana', '/api/v1/accounts/lookup?acct=dev')
    await stage.api('ana', `/api/v1/accounts/${id}/follow`, {})
    const said = await stage.api<{ id: string }>('dev', '/api/v1/statuses', {
      status: '@ana look at #cats https://cats.example/a',
    })
    thread = `/@dev/${said.id}`
    await stage.api('ana', '/api/v1/statuses', { status: '@dev fine', in_reply_to_id: said.id })
    await stage.api('dev', '/api/v1/statuses', { status: 'hidden', spoiler_text: 'dentist' })
    const poll = { options: ['Tea', 'Coffee'], expires_in: 3600 }
    await stage.api('dev', '/api/v1/statuses', { status: 'Which?', poll })
  })
  after(() => stage?.stop())

  /** Breaches of WCAG 2.2 A and AA on the page as it stands. */
  const breaches = async (page: Page) => {
    const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`
    // The policy of the page lets no inline script in; the tester stands outside of it.
    const { violations } = (await page.evaluate(`(() => { ${axe}; return ${run} })()`)) as {
      violations: Violation[]
    }
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`no page breaks the rules of accessibility (${colorScheme})`, async () => {
      const context = await stage.enter('ana', { colorScheme, reducedMotion: 'reduce' })
      const page = await context.newPage()
      for (const path of [...PAGES, thread]) {
        await page.goto(path)
        await page.locator('main h1, main .profile-head').first().waitFor({ state: 'attached' })
        await page.waitForFunction(() => !document.querySelector('.skeletons'))
        assert.deepEqual(await breaches(page), [], path)
      }
      await page.keyboard.press('n')
      await page.locator('.composer').waitFor()
      assert.deepEqual(await breaches(page), [], 'the composer')
      await context.close()
    })
  }

  test('320 px wide, no page scrolls sideways', async () => {
    const context = await stage.enter('ana', { viewport: { width: 320, height: 640 } })
    const page = await context.newPage()
    for (const path of [...PAGES, thread]) {
      await page.goto(path)
      await page.locator('main h1, main .profile-head').first().waitFor({ state: 'attached' })
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(width <= 320, `${path} is ${width} px wide`)
    }
    await context.close()
  })

  test('keys alone: j and k walk through posts, f marks, Enter opens, the focus is never lost', async () => {
    const context = await stage.enter('ana')
    const page = await context.newPage()
    await page.goto('/home')
    await page.locator('[data-part=status]').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const at = () =>
      page.evaluate(() => document.activeElement?.closest('article')?.getAttribute('data-id') ?? null)
    const second = await at()
    assert.ok(second)
    await page.keyboard.press('k')
    assert.notEqual(await at(), second)
    await page.keyboard.press('f')
    await page.waitForFunction(
      () => document.activeElement?.querySelector('.action.star')?.getAttribute('aria-pressed') === 'true',
    )
    assert.notEqual(await at(), null)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/@\w+\/\d+$/)
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await page.waitForURL(/\/notifications$/)
    await context.close()
  })
})
