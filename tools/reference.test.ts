import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { Setting } from '../src/platform/config-setting.ts'
import { event, every, job, live, when } from '../src/platform/jobs/declare.ts'
import { fieldsOf, happeningsPage, jobsPage, settingsPage } from './house/reference.ts'
import { readmeWithVerb, registered } from './house/templates.ts'

const Payload = z.object({ statusId: z.number() })
const created = event('status created', Payload)
const deliver = job({
  name: 'deliver create',
  queue: 'deliver',
  tries: 5,
  payload: Payload,
  run: async () => {},
})
const stream = live({ name: 'stream status', run: () => {} })

describe('the printed reference', () => {
  test('a form is told by its names, optional ones with a question mark', () => {
    const form = z.object({ status: z.string(), language: z.string().optional() })
    assert.equal(fieldsOf(form), '`status`, `language?`')
    assert.equal(fieldsOf(z.union([form, z.object({ id: z.string() })])), '`status`, `language?`, `id`')
    assert.equal(fieldsOf(undefined), '')
  })

  test('a happening is told with what follows and how', () => {
    const page = happeningsPage([created as never], [when(created, [deliver, stream])])
    assert.match(
      page,
      /\| status created \| `statusId` \| deliver create \(later\)<br>stream status \(live\) \|/,
    )
  })

  test('jobs of the effects page and those by the clock are told once', () => {
    const page = jobsPage(
      [deliver as never],
      [when(created, [deliver])],
      [every('forget', { every: 3_600_000 }, async () => {})],
    )
    assert.equal(page.match(/deliver create/g)?.length, 1)
    assert.match(page, /\| forget \| every 1 h \|/)
  })

  test('settings are told by what becomes of them', () => {
    const settings: Record<string, Setting> = {
      PORT: { type: 'int', fate: 'supported', default: 3000, sentence: 'The port.' },
      OLD: { type: 'string', fate: 'mapped', to: 'PORT', sentence: 'Was it.' },
    }
    const page = settingsPage(settings)
    assert.match(page, /## Take effect[^#]*\| `PORT` \| int \| `3000` \| The port\. \|/)
    assert.match(page, /## Understood as another setting[^#]*→ `PORT`/)
  })
})

describe('npm run new', () => {
  test('a verb is added to the README of its room once', () => {
    const readme = '# statuses\n\nVerbs: `createStatus`.\n\nLaws: none.\n'
    const grown = readmeWithVerb(readme, 'pin-status')
    assert.match(grown, /^Verbs: `createStatus`, `pinStatus`\.$/m)
    assert.equal(readmeWithVerb(grown, 'pin-status'), grown)
  })

  test('a migration is added to the end of the list', () => {
    const list =
      "import * as start from '../../../migrations/0001-start.ts'\n\nconst migrations: M[] = [{ name: '0001-start', migration: start }]\n"
    const grown = registered(list, '0002', 'add-lists')
    assert.match(grown, /import \* as addLists from '\.\.\/\.\.\/\.\.\/migrations\/0002-add-lists\.ts'/)
    assert.match(grown, /start \}, \{ name: '0002-add-lists', migration: addLists \}\]/)
  })
})
