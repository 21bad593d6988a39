import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { AppStage } from './stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from './stage.ts'

const POSTS = 130
const PATIENCE = 10_000

describe('reading in the member app', { skip: chromiumHere ? false : NO_BROWSER, timeout: 110_000 }, () => {
  let stage: AppStage
  let ana: BrowserContext
  let page: Page
  before(async () => {
    stage = await openStage(['ana', 'dev'])
    const { id } = await stage.api<{ id: string }>('ana', '/api/v1/accounts/lookup?acct=dev')
    await stage.api('ana', `/api/v1/accounts/${id}/follow`, {})
    for (let n = 1; n <= POSTS; n++)
      await stage.api('dev', '/api/v1/statuses', { status: `Post ${n} ${'word '.repeat(n % 40)}` })
    ana = await stage.enter('ana')
    page = await ana.newPage()
    page.setDefaultTimeout(PATIENCE)
  })
  after(() => stage?.stop())

  const first = () => page.locator('[data-part=status]').first()

  test('home shows its first posts with the document: no further request is needed for them', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto('/home')
    await first().waitFor()
    assert.match((await first().textContent()) ?? '', new RegExp(`Post ${POSTS}\\b`))
    assert.deepEqual(
      asked.filter((path) => path.includes('/timelines/')),
      [],
    )
    const needed = asked.filter((path) => !path.startsWith('/api/') && !path.includes('favicon'))
    assert.ok(needed.length <= 6, needed.join(' '))
  })

  test('a post written elsewhere waits behind a button and moves nothing', async () => {
    await page.goto('/home')
    await first().waitFor()
    await page.waitForFunction(() => !document.querySelector('.line-state'))
    const place = await first().boundingBox()
    await stage.api('dev', '/api/v1/statuses', { status: 'Hot off the press' })
    const pill = page.locator('.pill')
    await pill.waitFor()
    assert.deepEqual(await first().boundingBox(), place)
    await pill.click()
    await page.getByText('Hot off the press').waitFor()
  })

  test('a long way down the list, only what is near is kept as elements, and Back returns to the same pixel', async () => {
    await page.goto('/home')
    await first().waitFor()
    for (let steps = 0; steps < 60 && !(await page.locator('.end').count()); steps++) {
      await page.mouse.wheel(0, 3000)
      await page.waitForTimeout(60)
    }
    await page.locator('.end').waitFor()
    const cards = await page.locator('[data-part=status]').count()
    assert.ok(cards < POSTS - 20, `${cards} cards stand in the page`)
    await page.mouse.wheel(0, -6000)
    await page.waitForTimeout(300)
    const there = await page.evaluate(() => scrollY)
    assert.ok(there > 0)
    const seen = page.locator('[data-part=status]:not(.gone) .status-when a').filter({ visible: true })
    const nearest = await seen.evaluateAll((links) =>
      links.findIndex((link) => link.getBoundingClientRect().top > 80),
    )
    await seen.nth(nearest).click()
    await page.waitForURL(/\/@dev\/\d+$/)
    await page.locator('.status.focus').waitFor()
    await page.goBack()
    await page.waitForFunction((at) => Math.abs(scrollY - at) <= 1, there)
  })

  test('the thread of a post shows what answers it, and who says so', async () => {
    const { id } = await stage.api<{ id: string }>('dev', '/api/v1/statuses', { status: 'Ask me' })
    await stage.api('ana', '/api/v1/statuses', { status: '@dev Why?', in_reply_to_id: id })
    await page.goto(`/@dev/${id}`)
    await page.locator('.replies').getByText('Why?').waitFor()
    assert.match((await page.locator('.end').textContent()) ?? '', /One reply is known here/)
  })

  test('nothing broke the content-security policy, and no script failed', () => {
    assert.deepEqual(stage.complaints, [])
  })
})
