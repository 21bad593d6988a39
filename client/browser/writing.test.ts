import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../../scripts/loopback/client.ts'
import { plain } from '../../test/pictures.ts'
import type { AppStage } from './stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from './stage.ts'

type Found = {
  id: string
  content: string
  visibility: string
  media_attachments: { description: string }[]
  favourited: boolean
}

describe('writing in the member app', { skip: chromiumHere ? false : NO_BROWSER, timeout: 110_000 }, () => {
  let stage: AppStage
  let page: Page
  before(async () => {
    stage = await openStage(['ana', 'dev'])
    page = await (await stage.enter('ana')).newPage()
    page.setDefaultTimeout(15_000)
    await page.goto('/home')
    await page.locator('.empty').waitFor()
  })
  after(() => stage?.stop())

  const newest = async () => (await stage.api<Found[]>('ana', '/api/v1/timelines/home'))[0]
  const box = () => page.getByRole('textbox', { name: 'What happened?' })

  test('n opens the composer with the cursor in it; Ctrl+Enter publishes, and the post is on top at once', async () => {
    await page.keyboard.press('n')
    await box().waitFor()
    await page.waitForFunction(() => document.activeElement?.localName === 'textarea')
    await page.keyboard.type('Hello from here')
    await page.keyboard.press('Control+Enter')
    await page.locator('[data-part=status]').getByText('Hello from here').waitFor()
    assert.match((await newest())?.content ?? '', /Hello from here/)
  })

  test('what is typed outlives a closed dialog and a page that was loaded anew', async () => {
    await page.keyboard.press('n')
    await box().fill('half a thought')
    await page.keyboard.press('Escape')
    await page.reload()
    await page.locator('.column-head').waitFor()
    await page.keyboard.press('n')
    assert.equal(await box().inputValue(), 'half a thought')
    await page.getByRole('button', { name: 'Discard' }).click()
    assert.equal(await box().inputValue(), '')
    await page.keyboard.press('Escape')
  })

  test('a picture is sent with its description', async () => {
    const file = join(tmpdir(), `hyrax-picture-${process.pid}.png`)
    await writeFile(file, await plain(400, 300, '#336699').png().toBuffer())
    await page.keyboard.press('n')
    await box().fill('Look')
    await page.locator('input[type=file]').setInputFiles(file)
    await page.locator('.attachments li.ready').waitFor()
    await page.getByPlaceholder('Describe it for people who cannot see it').fill('A blue square')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.locator('[data-part=status] img[alt="A blue square"]').waitFor()
    assert.equal((await newest())?.media_attachments[0]?.description, 'A blue square')
  })

  test('a reply names who it answers and is never wider than they were', async () => {
    const { id } = await stage.api<{ id: string }>('dev', '/api/v1/statuses', {
      status: '@ana between us',
      visibility: 'direct',
    })
    await page.goto(`/@dev/${id}`)
    await page
      .locator('.status.focus')
      .getByRole('button', { name: /^Reply/ })
      .click()
    assert.equal(await box().inputValue(), '@dev ')
    await box().pressSequentially('yes')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Published.').waitFor()
    const [last] = await stage.api<{ last_status: Found }[]>('ana', '/api/v1/conversations')
    assert.equal(last?.last_status.visibility, 'direct')
  })

  test('a favourite shows at once and is kept; what the server refuses is put back with its words', async () => {
    const { id } = await stage.api<{ id: string }>('dev', '/api/v1/statuses', { status: 'Like me' })
    await page.goto(`/@dev/${id}`)
    const star = page.locator('.status.focus .action.star')
    await star.click()
    await page.waitForFunction(
      () => document.querySelector('.action.star')?.getAttribute('aria-pressed') === 'true',
    )
    await until(async () => (await stage.api<Found>('ana', `/api/v1/statuses/${id}`)).favourited)
    await page.route('**/unfavourite', (route) =>
      route.fulfill({ status: 403, json: { error: 'Not today' } }),
    )
    await star.click()
    await page.getByText('Not today').waitFor()
    assert.equal(await star.getAttribute('aria-pressed'), 'true')
  })

  test('nothing broke the content-security policy, and no script failed', () => {
    assert.deepEqual(stage.complaints, [])
  })
})
