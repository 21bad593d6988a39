import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { siteOf } from '#instance/site.ts'
import { readConfig } from '#platform/config.ts'
import { openDatabase } from '#platform/database/open.ts'
import { openBrowser } from '../../test/browser.ts'
import { runIn, runLine } from '../../test/command-line.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-cli-'))
after(() => rmSync(home, { recursive: true, force: true }))

const fileWith = (name: string, text: string) => {
  const file = join(home, name)
  writeFileSync(file, text)
  return file
}
const secret = fileWith('password', 'long enough\n')
const siteIn = (w: World) => siteOf(w.app, w.app.domains.all()[0]?.id ?? 0)

for (const database of databases) {
  describe(`setup without a browser (${database})`, () => {
    test('one line sets the server up, and saying it again changes nothing', async () => {
      const w = await world({ database, setUp: false })
      const line = [
        'setup',
        '--domain',
        'here.example',
        '--owner',
        'olga',
        '--password-file',
        secret,
        '--yes',
      ]
      const more = ['--email', 'olga@mail.example', '--for', 'approval', '--media-budget', '3']
      const { code, out, err } = await runIn(w, ...line, ...more)
      assert.equal(code, 0, err)
      assert.match(out, /here\.example is set up\. @olga owns it/)
      assert.match(out, /RATE_LIMITS=off/)
      assert.equal((await openBrowser(w).signIn('olga@mail.example', 'long enough')).status, 303)
      const { registrations, media_budget } = await siteIn(w)
      assert.deepEqual([registrations, media_budget], ['approved', 3 * 1024 ** 3])
      const again = await runIn(w, 'setup', '--domain', 'other.example', '--owner', 'eve')
      assert.equal(again.code, 0)
      assert.match(again.out, /set up already/)
      assert.equal(w.app.domains.all()[0]?.name, 'here.example')
      await w.close()
    })

    test('it asks for what it lacks, refuses what cannot be, and may then be tried again', async () => {
      const w = await world({ database, setUp: false })
      const base = ['setup', '--domain', 'here.example', '--owner', 'olga', '--password-file']
      for (const [line, code, sentence] of [
        [['setup'], 2, /setup needs --domain, --owner and --password-file/],
        [[...base, secret, '--for', 'nobody'], 2, /--for is one of me, invited, approval, open/],
        [[...base, join(home, 'no-such-file')], 2, /--password-file cannot be read/],
        [[...base, secret, '--media-budget', 'much'], 2, /--media-budget is a number/],
        [[...base, fileWith('short', 'short\n')], 1, /password is too short/],
        [['setup', '--domain', 'other.example', ...base.slice(3), secret], 1, /LOCAL_DOMAIN/],
      ] as const) {
        const said = await runIn(w, ...line)
        assert.equal(said.code, code, said.err)
        assert.match(said.err, sentence)
        assert.doesNotMatch(said.err, /^ +at /m)
      }
      assert.equal((await runIn(w, ...base, secret)).code, 0)
      assert.equal((await siteIn(w)).single_user, true)
      await w.close()
    })

    test('the environment can say it all', async () => {
      const owner = { HYRAX_OWNER_USERNAME: 'olga', HYRAX_OWNER_PASSWORD: 'long enough' }
      const w = await world({ database, setUp: false, settings: owner })
      assert.equal((await runIn(w, 'setup')).code, 0)
      assert.equal((await openBrowser(w).signIn('olga', 'long enough')).status, 303)
      await w.close()
    })
  })
}

describe('commands about the configuration', () => {
  test('config check names what is to be mended, and fails for faults only', async () => {
    const good = fileWith('good.env', 'LOCAL_DOMAIN=good.example\nNODE_ENV=production\n')
    const fine = await runLine(['config', 'check', '--env-file', good])
    assert.equal(fine.code, 0, fine.out)
    assert.match(fine.out, /LOCAL_DOMAIN/)
    assert.match(fine.out, /No fault\./)
    const bad = fileWith('bad.env', 'LOCAL_DOMAIN=good.example\nPORT=many\nHYRAX_TYPO=1\n')
    const wrong = await runLine(['config', 'check', '--env-file', bad])
    assert.equal(wrong.code, 1)
    assert.match(wrong.out, /^invalid +PORT/m)
    assert.match(wrong.out, /HYRAX_TYPO/)
    assert.match(wrong.out, /to mend\./)
  })

  test('config show tells each value and where it comes from, but no secret', async () => {
    const file = fileWith('show.env', 'LOCAL_DOMAIN=good.example\nHYRAX_OWNER_PASSWORD=do-not-show-me\n')
    const read = () => readConfig({ flags: { 'env-file': file }, env: { PORT: '4000' }, cwd: home })
    const { code, out } = await runLine(['config', 'show'], { readConfig: read })
    assert.equal(code, 0)
    assert.match(out, /^LOCAL_DOMAIN +good\.example +\S*show\.env/m)
    assert.match(out, /^PORT +4000 +environment/m)
    assert.match(out, /^BIND .* default/m)
    assert.doesNotMatch(out, /do-not-show-me/)
  })

  test('serve hands its flags on', async () => {
    let served = false
    const serve = async () => void (served = true)
    const { code, flags } = await runLine(['serve', '--port', '4000', '--data', '/x'], { serve })
    assert.deepEqual([code, served, flags], [0, true, { port: '4000', data: '/x' }])
  })
})

describe('commands about the database', () => {
  const open = () => openDatabase<never>({ kind: 'sqlite', file: join(home, 'x.db'), durability: 'off' })

  test('a fresh one is brought to the schema once, and then is sound', async () => {
    const before = await runLine(['db', 'status'], { openDatabase: open })
    assert.equal(before.code, 0, before.err)
    assert.match(before.out, /0 of \d+ \(run db migrate\)/)
    const first = await runLine(['db', 'migrate'], { openDatabase: open })
    assert.match(first.out, /^Ran .*start.*\.\nSchema (\d+) of \1\.\n$/)
    assert.match((await runLine(['db', 'migrate'], { openDatabase: open })).out, /^Nothing to do\./)
    const { out } = await runLine(['db', 'status'], { openDatabase: open })
    assert.match(out, /database +sqlite/)
    assert.match(out, /sound +yes/)
    assert.doesNotMatch(out, /run db migrate/)
  })

  test('damage is told, and the command fails', async () => {
    let closed = false
    const damaged = async () => {
      const database = await open()
      const dialect = { ...database.dialect, findDamage: async () => 'row 5 missing from index x' }
      const close = async () => {
        closed = true
        await database.close()
      }
      return { ...database, dialect, close }
    }
    const { code, out } = await runLine(['db', 'status'], { openDatabase: damaged })
    assert.equal(code, 1)
    assert.match(out, /row 5 missing/)
    assert.equal(closed, true)
  })
})
