import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { version } from '#platform/version.ts'
import { runLine } from '../../test/command-line.ts'
import { helpOf, Misuse, readCommandLine } from './command.ts'
import { commands } from './hyrax.ts'

describe('the command line', () => {
  test('its help names every command with its sentence, and is no mistake', async () => {
    for (const line of [[], ['help'], ['--help'], ['-h']]) {
      const { code, out, err } = await runLine(line)
      assert.equal(code, 0)
      assert.equal(err, '')
      for (const { name, about } of commands)
        assert.match(out, new RegExp(`^  ${name} +${escaped(about)}$`, 'm'))
    }
  })

  test('each command prints its own help from its declaration, and does nothing', async () => {
    for (const command of commands) {
      const { code, out } = await runLine([...command.name.split(' '), '--help'], {}, 'tootctl')
      assert.equal(code, 0, command.name)
      assert.equal(out, `${helpOf(command, 'tootctl')}\n`)
      assert.match(out, new RegExp(`^tootctl ${command.name}`))
      for (const name of Object.keys(command.options ?? {})) assert.match(out, new RegExp(`--${name}\\b`))
    }
  })

  test('what issue and manual promise is there', () => {
    const names = commands.map(({ name }) => name)
    for (const name of [
      'serve',
      'setup',
      'config show',
      'config check',
      'accounts create',
      'accounts modify',
      'accounts list',
      'tokens create',
      'db migrate',
      'db status',
      'jobs',
    ])
      assert.ok(names.includes(name), name)
    for (const { about } of commands) assert.doesNotMatch(about, /\.$/)
  })

  test('an unknown command is answered with the list, and exit code 2', async () => {
    const { code, out, err } = await runLine(['acounts', 'create'])
    assert.equal(code, 2)
    assert.match(err, /there is no command "acounts create"/)
    assert.match(out, /accounts create/)
  })

  test('half a command is answered with what it may become', async () => {
    const { code, out } = await runLine(['db'])
    assert.equal(code, 2)
    assert.match(out, /db migrate/)
    assert.doesNotMatch(out, /accounts create/)
  })

  test('a wrong call is told in one sentence, and nothing is opened', async () => {
    for (const [line, sentence] of [
      [['accounts', 'create'], /accounts create needs USERNAME/],
      [['accounts', 'create', 'a', 'b'], /does not take "b"/],
      [['accounts', 'create', 'a', '--rolle', 'Owner'], /--rolle/],
      [['accounts', 'create', 'a', '--role'], /role/],
      [['db', 'status', '--confirmed'], /--confirmed/],
    ] as const) {
      const { code, out, err } = await runLine([...line])
      assert.equal(code, 2)
      assert.equal(out, '')
      assert.match(err, sentence)
      assert.match(err, /Try: hyrax .* --help/)
      assert.doesNotMatch(err, /^ +at /m)
    }
  })

  test('the version is the program’s', async () => {
    for (const word of ['--version', 'version', '-v'])
      assert.deepEqual(await runLine([word]), { code: 0, out: `${version}\n`, err: '' })
  })

  test('a failure that nobody foresaw is told with its place, and exit code 1', async () => {
    const openApp = async () => {
      throw new Error('the disk is on fire')
    }
    const { code, err, closed } = await runLine(['accounts', 'list'], { openApp })
    assert.equal(code, 1)
    assert.match(err, /hyrax: the disk is on fire/)
    assert.equal(closed, true)
  })

  test('common flags go to the configuration, own ones to the command', () => {
    const [create] = commands.filter(({ name }) => name === 'accounts create')
    assert.ok(create)
    const { words, options } = readCommandLine(create, ['zoe', '--email', 'z@mail.example', '--data', '/x'])
    assert.deepEqual(words, ['zoe'])
    assert.deepEqual({ ...options }, { email: 'z@mail.example', data: '/x' })
    assert.throws(() => readCommandLine(create, []), Misuse)
  })
})

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
