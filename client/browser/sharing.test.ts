import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { AppStage } from './stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from './stage.ts'

const PATIENCE = 15_000
const NO_SOCKETS = `
  window.WebSocket = class {
    static OPEN = 1
    constructor() { setTimeout(() => this.onclose?.(), 5) }
    close() {}
  }`

describe('the line of the member app', { skip: chromiumHere ? false : NO_BROWSER, timeout: 110_000 }, () => {
  let stage: AppStage
  let ana: BrowserContext
  const sockets: string[] = []
  before(async () => {
    stage = await openStage(['ana', 'dev'])
    const { id } = await stage.api<{ id: string }>('ana', '/api/v1/accounts/lookup?acct=dev')
    await stage.api('ana', `/api/v1/accounts/${id}/follow`, {})
    await stage.api('dev', '/api/v1/statuses', { status: 'The first' })
    ana = await stage.enter('ana')
  })
  after(() => stage?.stop())

  const open = async (script?: string): Promise<Page> => {
    const page = await ana.newPage()
    page.setDefaultTimeout(PATIENCE)
    page.on('websocket', (socket) => sockets.push(socket.url()))
    if (script) await page.addInitScript(script)
    await page.goto('/home')
    await page.locator('[data-part=status]').first().waitFor()
    await page.waitForFunction(() => !document.querySelector('.line-state'))
    return page
  }
  const write = (status: string) => stage.api('dev', '/api/v1/statuses', { status })
  const isTold = (page: Page) => page.getByRole('button', { name: /new post/ }).waitFor()

  test('two tabs hear through one line, and when the tab that holds it closes the other takes over', async () => {
    const [one, two] = [await open(), await open()]
    assert.equal(sockets.length, 1, sockets.join(' '))
    await write('To both')
    await Promise.all([isTold(one), isTold(two)])
    await two.getByRole('button', { name: /new post/ }).click()
    await one.close()
    const deadline = Date.now() + PATIENCE
    while (sockets.length < 2 && Date.now() < deadline) await two.waitForTimeout(50)
    await two.waitForFunction(() => !document.querySelector('.line-state'))
    await write('To the one that is left')
    await isTold(two)
    assert.equal(sockets.length, 2)
    await two.close()
  })

  test('where no WebSocket gets through, the same comes as server-sent events', async () => {
    const asked: string[] = []
    ana.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const page = await open(NO_SOCKETS)
    // The app waits between its tries; here the browser says that there is a line.
    const deadline = Date.now() + PATIENCE
    while (!asked.includes('/api/v1/streaming/user') && Date.now() < deadline) {
      await page.waitForTimeout(100)
      await page.evaluate("dispatchEvent(new Event('online'))")
    }
    assert.ok(asked.includes('/api/v1/streaming/user'))
    await page.waitForFunction(() => !document.querySelector('.line-state'))
    await write('By another way')
    await isTold(page)
    assert.deepEqual(stage.complaints, [])
    await page.close()
  })

  test('a server that is down is no network without WebSockets: they are tried on', async () => {
    const page = await ana.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.addInitScript(NO_SOCKETS)
    await page.route('**/api/v1/streaming/health', (route) => route.abort())
    await page.goto('/home')
    const looks = () => asked.filter((path) => path === '/api/v1/streaming/health').length
    const deadline = Date.now() + PATIENCE
    while (looks() < 5 && Date.now() < deadline) {
      await page.waitForTimeout(100)
      await page.evaluate("dispatchEvent(new Event('online'))")
    }
    assert.ok(looks() >= 5)
    assert.equal(asked.includes('/api/v1/streaming/user'), false)
    await page.close()
  })
})
