import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Said } from '../../test/command-line.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'hyrax-main-'))
after(() => rmSync(home, { recursive: true, force: true }))

const hyrax = (line: string[], settings: Record<string, string> = {}) =>
  new Promise<Said>((resolve) => {
    const { PATH = '' } = process.env
    const env = { PATH, HYRAX_DATA: join(home, 'data'), LOCAL_DOMAIN: 'here.example', ...settings }
    execFile(process.execPath, [main, ...line], { env, cwd: home }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })

describe('the program itself', () => {
  test('from an empty directory to an owner and a token, each printed alone', async () => {
    writeFileSync(join(home, 'password'), 'long enough')
    const line = ['setup', '--owner', 'olga', '--password-file', join(home, 'password'), '--yes']
    const done = await hyrax(line)
    assert.equal(done.code, 0, done.err)
    assert.match(
      done.out,
      /^here\.example is set up\. @olga owns it; sign in at https:\/\/here\.example\/\S+\n$/,
    )
    const token = await hyrax(['tokens', 'create', 'olga', '--scopes', 'read write'])
    assert.deepEqual([token.code, token.err], [0, ''])
    assert.match(token.out, /^[\w-]{43}\n$/)
    const list = await hyrax(['accounts', 'list'], { HYRAX_INVOKED_AS: 'tootctl' })
    assert.match(list.out, /olga@here\.example +Owner +active/)
  })

  test('OPS-03 what it writes is for its keeper alone', () => {
    assert.equal(statSync(join(home, 'data')).mode & 0o077, 0)
  })

  test('a faulty configuration stops it with the fault named', async () => {
    const { code, out, err } = await hyrax(['accounts', 'list'], { DB_POOL: 'many' })
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, /^hyrax: DB_POOL \(environment\): /)
  })

  test('it goes by the name it was called', async () => {
    const { code, err } = await hyrax(['nonsense'], { HYRAX_INVOKED_AS: '/usr/bin/tootctl' })
    assert.equal(code, 2)
    assert.match(err, /^tootctl: there is no command/)
  })
})
