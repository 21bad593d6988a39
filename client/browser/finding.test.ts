import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../../scripts/loopback/client.ts'
import type { AppStage } from './stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from './stage.ts'

type Found = { id: string }

describe('finding and ordering in the member app', {
  skip: chromiumHere ? false : NO_BROWSER,
  timeout: 110_000,
}, () => {
  let stage: AppStage
  let page: Page
  const ids: Record<string, string> = {}
  before(async () => {
    stage = await openStage(['ana', 'dev', 'eve'])
    for (const who of ['ana', 'dev', 'eve'])
      ids[who] = (await stage.api<Found>(who, '/api/v1/accounts/verify_credentials')).id
    await stage.api('dev', `/api/v1/accounts/${ids.eve}/follow`, {})
    await fetch(`${stage.origin}/api/v1/accounts/update_credentials`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${stage.tokens.eve}`, 'content-type': 'application/json' },
      body: JSON.stringify({ discoverable: true }),
    })
    page = await (await stage.enter('ana')).newPage()
    page.setDefaultTimeout(15_000)
  })
  after(() => stage?.stop())

  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const heading = (name: string) => page.getByRole('heading', { name })

  test('an empty home suggests people with the reason, and one can be waved off', async () => {
    await page.goto('/home')
    await page.locator('.suggestion', { hasText: '@eve' }).waitFor()
    assert.equal(
      await page.locator('.suggestion', { hasText: '@eve' }).getByText('Followed by many here').count(),
      1,
    )
    await page
      .locator('.suggestion', { hasText: '@eve' })
      .getByRole('button', { name: 'Not interested' })
      .click()
    await page.locator('.suggestion', { hasText: '@eve' }).waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('.empty').waitFor()
    assert.equal(await page.locator('.suggestion').count(), 0)
  })

  test('explore shows its parts by links, and says so where nothing stands out', async () => {
    await page.goto('/explore')
    await page.getByText('Nothing stands out yet', { exact: false }).waitFor()
    for (const [name, path] of [
      ['Hashtags', '/explore/tags'],
      ['Links', '/explore/links'],
      ['People', '/explore/people'],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.waitForURL(stage.origin + path)
      await page.locator('.empty').waitFor()
    }
    await page.getByRole('link', { name: 'Directory' }).click()
    await page.locator('.person', { hasText: '@eve' }).waitFor()
  })

  test('a list gets people the reader follows, a name and its rules, and goes when it is deleted', async () => {
    await stage.api('ana', `/api/v1/accounts/${ids.dev}/follow`, {})
    await page.goto('/lists')
    await page.getByRole('textbox', { name: 'Name of a new list' }).fill('Makers')
    await button('Add').click()
    await page.getByRole('link', { name: 'Makers' }).click()
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByRole('searchbox', { name: 'Find somebody you follow' }).fill('dev')
    await page.keyboard.press('Enter')
    await page.locator('.person', { hasText: '@dev' }).getByRole('button', { name: 'Add' }).click()
    await page.locator('.person', { hasText: '@dev' }).getByRole('button', { name: 'Remove' }).waitFor()
    await page.getByLabel('Answers it shows').selectOption('none')
    await page.getByText('Saved.').waitFor()
    await page.getByLabel('Leave its people out of home').check()
    const of = async () =>
      (
        await stage.api<{ id: string; replies_policy: string; exclusive: boolean }[]>('ana', '/api/v1/lists')
      )[0]
    await until(async () => (await of())?.exclusive === true)
    assert.equal((await of())?.replies_policy, 'none')
    assert.deepEqual(
      (await stage.api<Found[]>('ana', `/api/v1/lists/${(await of())?.id}/accounts`)).map(({ id }) => id),
      [ids.dev],
    )
    await button('Delete the list').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL(`${stage.origin}/lists`)
    await heading('Lists').waitFor()
    assert.deepEqual(await stage.api('ana', '/api/v1/lists'), [])
  })

  test('followed hashtags are listed, and followed no longer by one button', async () => {
    await stage.api('ana', '/api/v1/tags/garden/follow', {})
    await page.goto('/followed_tags')
    await page.getByRole('link', { name: '#garden' }).waitFor()
    await button('Following').click()
    await button('Follow').waitFor()
    assert.deepEqual(await stage.api('ana', '/api/v1/followed_tags'), [])
  })

  test('scheduled posts get another time or go; drafts of apps are told apart', async () => {
    const at = (day: string) => `${day}T12:00:00.000Z`
    await stage.api('ana', '/api/v1/statuses', { status: 'Soon', scheduled_at: at('2027-03-01') })
    await stage.api('ana', '/api/v1/statuses', { status: 'Some day', scheduled_at: at('4000-01-01') })
    await page.goto('/scheduled')
    await heading('Drafts of your apps').waitFor()
    assert.equal(await page.locator('input[type=datetime-local]').count(), 1)
    await page.locator('input[type=datetime-local]').fill('2027-04-02T10:30')
    const times = async () =>
      (await stage.api<{ scheduled_at: string }[]>('ana', '/api/v1/scheduled_statuses')).map(
        (each) => each.scheduled_at,
      )
    await until(async () => (await times()).some((time) => time.startsWith('2027-04-02')))
    await page.locator('li', { hasText: 'Soon' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Soon').waitFor({ state: 'detached' })
    assert.equal((await times()).length, 1)
  })

  test('strangers wait where the rules say so, and are let in', async () => {
    await page.goto('/notifications/requests')
    await page.getByText('Who may reach me').click()
    await page.getByLabel('People I do not follow').selectOption('filter')
    await page.getByText('Saved.').waitFor()
    await stage.api('eve', '/api/v1/statuses', { status: '@ana may I ask something?' })
    await until(
      async () => (await stage.api<unknown[]>('ana', '/api/v1/notifications/requests')).length === 1,
    )
    await page.goto('/notifications')
    await page.getByRole('link', { name: /One person waits/ }).click()
    await page.getByText('may I ask something', { exact: false }).waitFor()
    await button('Let in').click()
    await page.getByText('Nobody waits.').waitFor()
    await page.goto('/notifications')
    await page.locator('[data-part=status]', { hasText: 'may I ask something' }).waitFor()
  })

  test('after a pause too long for one page a gap is shown, and filled in its place', async () => {
    // While the line is cut new sockets come with a key that the server refuses.
    await page.addInitScript(`
      const Real = WebSocket
      window.WebSocket = class extends Real {
        constructor(url, key) {
          super(url, window.cut ? 'none' : key)
          window.line = this
        }
      }`)
    await stage.api('dev', '/api/v1/statuses', { status: 'Before the tunnel' })
    await page.goto('/home')
    const post = (text: string) => page.locator('[data-part=status]', { hasText: text })
    await post('Before the tunnel').waitFor()
    // Only a stream that stood can be lost.
    await stage.api('dev', '/api/v1/statuses', { status: 'Live' })
    await button(/new post/).waitFor()
    await page.evaluate('window.cut = true; window.line.close()')
    for (let n = 1; n <= 60; n++) await stage.api('dev', '/api/v1/statuses', { status: `Missed ${n}.` })
    // The app waits ever longer between its tries, unless the browser says that there is a line.
    await page.evaluate("window.cut = false; dispatchEvent(new Event('online'))")
    await button('Show the posts in between').waitFor()
    assert.equal(await post('Missed 60.').count(), 1)
    assert.equal(await post('Missed 5.').count(), 0)
    await button('Show the posts in between').click()
    await post('Missed 1.').waitFor()
    assert.equal(await button('Show the posts in between').count(), 0)
    const texts = await page.locator('[data-part=status] [data-part=status-body] p').allInnerTexts()
    assert.deepEqual(texts.map((text) => text.trim()).slice(0, 62), [
      ...Array.from({ length: 60 }, (_, n) => `Missed ${60 - n}.`),
      'Live',
      'Before the tunnel',
    ])
    assert.deepEqual(stage.complaints, [])
  })
})
