import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { until } from '../../scripts/loopback/client.ts'
import type { AppStage } from './stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from './stage.ts'

type Found = { id: string; content: string; favourited: boolean }

describe('the member app without a line', {
  skip: chromiumHere ? false : NO_BROWSER,
  timeout: 110_000,
}, () => {
  let stage: AppStage
  let context: BrowserContext
  let page: Page
  before(async () => {
    stage = await openStage(['ana', 'dev'])
    for (let n = 1; n <= 25; n++) await stage.api('ana', '/api/v1/statuses', { status: `Post number ${n}.` })
    context = await stage.enter('ana')
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.goto('/home')
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    // The shell is kept from the first load that the service worker sees.
    await until(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
    await page.reload()
    await post('Post number 25.').waitFor()
    await until(() => page.evaluate(async () => (await caches.match('/home')) !== undefined))
    // What is shown is written down when it has been quiet.
    await page.mouse.wheel(0, 20_000)
    await post('Post number 1.').waitFor()
    await page.waitForTimeout(2500)
  })
  after(() => stage?.stop())

  const post = (text: string) => page.locator('[data-part=status]', { hasText: text }).first()
  const home = () => stage.api<Found[]>('ana', '/api/v1/timelines/home?limit=40')

  test('home is there after a reload, also what came with later pages, and other paths open', async () => {
    await context.setOffline(true)
    await page.reload()
    await post('Post number 25.').waitFor()
    await page.mouse.wheel(0, 20_000)
    await post('Post number 1.').waitFor()
    await page.goto('/bookmarks')
    await page.getByText('You are offline').first().waitFor()
    await context.setOffline(false)
  })

  test('a favourite and a post made without a line arrive once, in order, when it is back', async () => {
    await page.goto('/home')
    await post('Post number 24.').waitFor()
    await context.setOffline(true)
    await post('Post number 24.')
      .getByRole('button', { name: /^Favourite/ })
      .click()
    await page.getByText(/One thing waits to be sent/).waitFor()
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'What happened?' }).fill('Written in a tunnel')
    await page.keyboard.press('Control+Enter')
    await page.getByText(/2\W* things wait to be sent/).waitFor()
    assert.ok(!(await home()).some(({ content }) => content.includes('tunnel')))
    await context.setOffline(false)
    await page.getByText(/All \W*2\W* things that waited were sent/).waitFor()
    const now = await home()
    assert.equal(now.filter(({ content }) => content.includes('Written in a tunnel')).length, 1)
    assert.equal(now.find(({ content }) => content.includes('Post number 24.'))?.favourited, true)
    assert.equal(await page.getByText(/waits? to be sent/).count(), 0)
  })

  test('what somebody else left in this browser is neither shown nor sent', async () => {
    await page.goto('/home')
    await post('Post number 25.').waitFor()
    const key = crypto.randomUUID()
    await page.evaluate(async (given) => {
      const opened = indexedDB.open('hyrax')
      await new Promise((resolve) => opened.addEventListener('success', resolve))
      const store = opened.result.transaction('kept', 'readwrite').objectStore('kept')
      const left = { by: '1', key: given, path: '/api/v1/statuses', body: { status: 'Not mine' } }
      const put = store.put([left], 'outbox')
      await new Promise((resolve) => put.addEventListener('success', resolve))
    }, key)
    await page.reload()
    await post('Post number 25.').waitFor()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.waitForTimeout(500)
    assert.equal(await page.getByText(/waits? to be sent/).count(), 0)
    assert.ok(!(await home()).some(({ content }) => content.includes('Not mine')))
  })

  test('words shared from elsewhere open the composer with them', async () => {
    await page.goto('/share?title=A%20page&url=https%3A%2F%2Fpage.example%2F')
    const box = page.getByRole('textbox', { name: 'What happened?' })
    assert.equal(await box.inputValue(), 'A page\nhttps://page.example/')
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.keyboard.press('Escape')
  })

  test('a file that another app shares is taken into the composer', async () => {
    await page.goto('/home')
    await post('Post number 25.').waitFor()
    await page.evaluate(() => {
      const pixel = atob(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      )
      const bytes = Uint8Array.from(pixel, (letter) => letter.charCodeAt(0))
      const form = Object.assign(document.createElement('form'), {
        method: 'post',
        action: '/share',
        enctype: 'multipart/form-data',
      })
      const input = Object.assign(document.createElement('input'), { type: 'file', name: 'file' })
      const given = new DataTransfer()
      given.items.add(new File([bytes], 'pixel.png', { type: 'image/png' }))
      input.files = given.files
      form.append(input)
      document.body.append(form)
      form.submit()
    })
    await page.locator('[data-part=composer] .attachments li.ready').waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.keyboard.press('Escape')
  })

  test('a push is shown with its buttons while no page is open, and a broken one without', async () => {
    const session = await context.newCDPSession(page)
    const registered = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [first] = registrations
        if (first) resolve(first.registrationId)
      })
    })
    await context.grantPermissions(['notifications'])
    await session.send('ServiceWorker.enable')
    const registrationId = await registered
    const push = (data: string) =>
      session.send('ServiceWorker.deliverPushMessage', { origin: stage.origin, registrationId, data })
    const told = JSON.stringify({
      access_token: '',
      preferred_locale: 'en',
      notification_id: 7,
      notification_type: 'mention',
      icon: '/assets/icon.png',
      title: 'Dev mentioned you',
      body: 'Hello Ana',
    })
    const shown = () =>
      page.evaluate(async () => {
        const all = await (await navigator.serviceWorker.ready).getNotifications()
        return all.map((each) => {
          const { actions } = each as Notification & { actions: { action: string }[] }
          return [each.title, each.body, ...actions.map(({ action }) => action)]
        })
      })
    // The browser lets a push go where the worker is just being stopped; one that comes again takes the place of the first.
    await until(async () => {
      for (const data of [told, 'not JSON']) await push(data)
      await page.waitForTimeout(500)
      return (await shown()).length === 2
    }, 30_000)
    assert.deepEqual((await shown()).sort(), [
      ['Dev mentioned you', 'Hello Ana', 'reply', 'read'],
      [new URL(stage.origin).host, ''],
    ])
  })

  test('signing out leaves nothing of the member in the browser', async () => {
    await page.goto('/home')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL((url) => url.pathname !== '/home')
    await page.goto('/auth/sign_in')
    const left = await page.evaluate(async () => {
      const opened = indexedDB.open('hyrax')
      await new Promise((resolve) => opened.addEventListener('success', resolve))
      const rows = opened.result.transaction('kept').objectStore('kept').count()
      await new Promise((resolve) => rows.addEventListener('success', resolve))
      const filled = (await caches.keys()).filter((name) => !name.startsWith('workbox-precache'))
      return { rows: rows.result, caches: filled, drafts: localStorage.length }
    })
    assert.deepEqual(left, { rows: 0, caches: [], drafts: 0 })
    assert.deepEqual(stage.complaints, [])
  })
})
