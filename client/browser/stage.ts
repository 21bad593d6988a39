import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { until } from '../../scripts/loopback/client.ts'

const PASSWORD = 'a long and quiet night'
const entry = join(import.meta.dirname, '../../src/main.ts')

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser of this machine, or undefined where there is none. */
export const chromiumHere = PLACES.find((path) => path && existsSync(path))

/** Said where tests that need a browser are skipped. */
export const NO_BROWSER = 'there is no Chromium here: set CHROMIUM to its path to run this'

/** A server of its own in a process of its own, and a browser that can be signed in to it. */
export type AppStage = {
  origin: string
  browser: Browser
  tokens: Record<string, string>
  /** Calls the API as somebody. */
  api<Data>(who: string, path: string, body?: unknown): Promise<Data>
  /** A fresh window in which somebody is signed in; what breaks the content-security policy lands in `violations`. */
  enter(who: string, options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>
  /** What pages complained of: errors of scripts, and breaches of the policy. */
  complaints: string[]
  stop(): Promise<void>
}

/** Starts a server with these people, the first of them its owner. */
export async function openStage(people: readonly string[]): Promise<AppStage> {
  const data = await mkdtemp(join(tmpdir(), 'hyrax-app-'))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const env = { ...process.env, HYRAX_DATA: data, PORT: String(port), LOG_LEVEL: 'warn' }
  const run = (args: string[]) => hyrax(args, env)
  await writeFile(join(data, 'password'), PASSWORD)
  const [owner = 'ana'] = people
  await run([
    'setup',
    '--domain',
    `localhost:${port}`,
    '--owner',
    owner,
    '--password-file',
    join(data, 'password'),
    '--for',
    'approval',
    '--yes',
  ])
  const tokens: Record<string, string> = {}
  const passwords: Record<string, string> = { [owner]: PASSWORD }
  for (const who of people) {
    if (who !== owner) {
      const mail = ['--email', `${who}@mail.example`, '--confirmed', '--approve']
      const made = await run(['accounts', 'create', who, ...mail])
      passwords[who] = /New password: (\S+)/.exec(made)?.[1] ?? ''
    }
    const said = await run(['tokens', 'create', who, '--scopes', 'read write follow push'])
    tokens[who] = said.trim().split('\n').at(-1) ?? ''
  }
  const server = spawn(process.execPath, [entry, 'serve'], { env, stdio: 'ignore' })
  await until(() =>
    fetch(`${origin}/api/v2/instance`).then(
      (answer) => answer.ok,
      () => false,
    ),
  )
  const browser = await chromium.launch({
    ...(chromiumHere ? { executablePath: chromiumHere } : {}),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  const complaints: string[] = []
  return {
    origin,
    browser,
    tokens,
    complaints,
    api: (who, path, body) => call(origin, tokens[who] ?? '', path, body),
    async enter(who, options = {}) {
      const context = await browser.newContext({ baseURL: origin, ...options })
      context.on('page', (page) => listen(page, complaints))
      const page = await context.newPage()
      await page.goto('/auth/sign_in')
      await page.fill('[name=login]', who)
      await page.fill('[name=password]', passwords[who] ?? '')
      await Promise.all([page.waitForURL(`${origin}/home`), page.keyboard.press('Enter')])
      await page.close()
      return context
    },
    async stop() {
      await browser.close()
      server.kill()
      if (server.exitCode === null) await once(server, 'exit')
      await rm(data, { recursive: true, force: true })
    },
  }
}

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text()))
      complaints.push(message.text())
  })
}

async function hyrax(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [entry, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let complained = ''
  child.stdout.on('data', (part) => (said += part))
  child.stderr.on('data', (part) => (complained += part))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`hyrax ${args.join(' ')}: ${complained || said}`)
  return said
}

async function call<Data>(origin: string, token: string, path: string, body?: unknown): Promise<Data> {
  const answer = await fetch(`${origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json() as Promise<Data>
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address ? address.port : 0
}
