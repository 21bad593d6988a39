import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import sharp from 'sharp'
import type { AppStage } from '../client/browser/stage.ts'
import { chromiumHere, NO_BROWSER, openStage } from '../client/browser/stage.ts'

const folder = join(import.meta.dirname, '../docs/pictures')
const DESK = { width: 1200, height: 780 }
const PHONE = { width: 390, height: 780 }
const GAP = 40

/** Takes the pictures of the README from a server that runs, with a cast of its own. */
async function main(): Promise<void> {
  if (!chromiumHere) throw new Error(NO_BROWSER)
  const stage = await openStage(['ana', 'dev', 'lena'])
  try {
    const thread = await fill(stage)
    const desk = await stage.enter('ana', { viewport: DESK, colorScheme: 'light' })
    const phone = await stage.enter('ana', { viewport: PHONE, colorScheme: 'dark' })
    await save('app.png', [await shoot(desk, '/home'), await shoot(phone, thread)])
    await save('settings.png', [
      await shoot(desk, '/settings/posting'),
      await shoot(phone, '/settings/appearance'),
    ])
  } finally {
    await stage.stop()
  }
}

/** Gives the cast names and something to say; the answer is the path of a thread. */
async function fill({ api, origin, tokens }: AppStage): Promise<string> {
  const named: [string, string, string][] = [
    ['ana', 'Ana Duarte', 'Walks, maps and a small garden.'],
    ['dev', 'Dev Patel', 'Builds boats, mostly on paper.'],
    ['lena', 'Lena Fuchs', 'Bread and birds.'],
  ]
  for (const [who, name, note] of named) await rename(origin, tokens[who] ?? '', name, note)
  for (const [who, other] of [
    ['ana', 'dev'],
    ['ana', 'lena'],
    ['dev', 'ana'],
    ['lena', 'ana'],
  ] as const) {
    const { id } = await api<{ id: string }>(who, `/api/v1/accounts/lookup?acct=${other}`)
    await api(who, `/api/v1/accounts/${id}/follow`, {})
  }
  const say = (who: string, status: string, more = {}) =>
    api<{ id: string }>(who, '/api/v1/statuses', { status, language: 'en', ...more })
  await say('lena', 'Rye, 36 hours, and the kitchen smells like a bakery. #bread')
  const poll = { options: ['Up the mill path', 'Along the river'], expires_in: 86_400 }
  const asked = await say('lena', 'Saturday: which way do we walk?', { poll })
  await say('dev', 'The keel is laid. On paper, but laid.', { spoiler_text: 'boats again' })
  const first = await say('ana', 'Three herons by the weir this morning, and not one of them in a hurry.')
  const answer = await say('dev', '@ana Herons never are. Did you bring the good lens?', {
    in_reply_to_id: first.id,
  })
  await say('ana', '@dev I brought the bad one and the good coffee.', { in_reply_to_id: answer.id })
  await say('lena', '@ana The third is the one from last year, I know that limp.', {
    in_reply_to_id: first.id,
  })
  await say('dev', 'What a morning looks like when one gets up for it:', { quoted_status_id: first.id })
  for (const who of ['dev', 'lena']) await api(who, `/api/v1/statuses/${first.id}/favourite`, {})
  await api('lena', `/api/v1/statuses/${first.id}/reblog`, {})
  await api('ana', `/api/v1/statuses/${asked.id}/bookmark`, {})
  return `/@ana/${first.id}`
}

async function rename(origin: string, token: string, name: string, note: string): Promise<void> {
  const answer = await fetch(`${origin}/api/v1/accounts/update_credentials`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ display_name: name, note }),
  })
  if (!answer.ok) throw new Error(`the profile of ${name} was refused: ${answer.status}`)
}

async function shoot(context: BrowserContext, path: string): Promise<Buffer> {
  const page = await context.newPage()
  await page.goto(path, { waitUntil: 'networkidle' })
  const picture = await page.screenshot()
  await page.close()
  return picture
}

/** Puts a wide picture and a narrow one side by side. */
async function save(name: string, [wide, narrow]: [Buffer, Buffer]): Promise<void> {
  const canvas = sharp({
    create: {
      width: DESK.width + PHONE.width + GAP,
      height: DESK.height,
      channels: 3,
      background: '#8a8681',
    },
  })
  const made = canvas.composite([
    { input: wide, left: 0, top: 0 },
    { input: narrow, left: DESK.width + GAP, top: 0 },
  ])
  await writeFile(join(folder, name), await made.png({ palette: true, colours: 200 }).toBuffer())
  console.log(`docs/pictures/${name}`)
}

await main()
