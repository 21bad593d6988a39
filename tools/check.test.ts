import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Fault } from './house/files.ts'
import { houseFile } from './house/files.ts'
import { circleFaults, floorFaults } from './house/floors.ts'
import { barrelFaults, linkFaults, roomFaults, sizeFaults } from './house/papers.ts'
import { inRuns, securityReport } from './house/security-ids.ts'
import { codeOf, importsOf } from './house/source.ts'
import { privateFaults, wordFaults } from './house/words.ts'

const told = (faults: Fault[]) => faults.map(({ path, line, message }) => `${path}:${line} ${message}`)

describe('floors', () => {
  const faultOf = (path: string, code: string) => told(floorFaults([houseFile(path, code)], ['zod']))

  test('an import from the floor above names file, line, import and both rooms', () => {
    const code = "\nimport { createStatus } from '#statuses/create-status.ts'\n"
    assert.deepEqual(faultOf('src/accounts/save-account.ts', code), [
      'src/accounts/save-account.ts:2 imports src/statuses/create-status.ts: accounts (PEOPLE) may not import statuses (THINGS) above it',
    ])
  })

  test('neighbours and lower floors may be imported', () => {
    const code = "import { may } from '#auth/roles.ts'\nimport { notFound } from '#platform/errors.ts'\n"
    assert.deepEqual(faultOf('src/accounts/save-account.ts', code), [])
  })

  test('a door does not import another door, nor anyone the roof or an api file', () => {
    assert.match(
      faultOf('src/web/pages.ts', "import { a } from '#federation/fetch/fetch.ts'")[0] ?? '',
      /another door/,
    )
    assert.match(faultOf('src/auth/users.ts', "import { a } from '#effects.ts'")[0] ?? '', /the roof/)
    assert.match(
      faultOf('src/web/pages.ts', "import { a } from '#auth/api.ts'")[0] ?? '',
      /endpoints\.ts only/,
    )
    assert.deepEqual(faultOf('src/endpoints.ts', "import { a } from '#auth/api.ts'"), [])
  })

  test('the types of app.ts are free everywhere, its values are not', () => {
    assert.deepEqual(faultOf('src/platform/jobs/declare.ts', "import type { App } from '#app.ts'"), [])
    assert.match(
      faultOf('src/platform/jobs/declare.ts', "import { App } from '#app.ts'")[0] ?? '',
      /the roof/,
    )
  })

  test('only packages that are installed without development tools are imported', () => {
    assert.deepEqual(faultOf('src/auth/users.ts', "import { z } from 'zod'\nimport fs from 'node:fs'"), [])
    assert.match(
      faultOf('src/auth/users.ts', "import x from 'autocannon/lib/x.js'")[0] ?? '',
      /imports autocannon/,
    )
  })

  test('a folder that stands on no floor is told', () => {
    assert.match(faultOf('src/utils/strings.ts', '')[0] ?? '', /no floor/)
  })
})

describe('circles', () => {
  const a = houseFile('src/auth/a.ts', "import { b } from './b.ts'")

  test('two files that import each other are told once, with the way round', () => {
    const faults = told(circleFaults([a, houseFile('src/auth/b.ts', "\nimport { a } from '#auth/a.ts'")]))
    assert.deepEqual(faults, [
      'src/auth/b.ts:2 imports in a circle: src/auth/a.ts → src/auth/b.ts → src/auth/a.ts',
    ])
  })

  test('an import of types closes no circle', () => {
    assert.deepEqual(circleFaults([a, houseFile('src/auth/b.ts', "import type { A } from '#auth/a.ts'")]), [])
  })
})

describe('words', () => {
  const faultOf = (path: string, code: string) => wordFaults([houseFile(path, code)]).map(({ rule }) => rule)

  test('dialect words, the environment and protocol words have one home each', () => {
    assert.deepEqual(faultOf('src/auth/users.ts', 'sql`select * from x for update skip locked`'), ['dialect'])
    assert.deepEqual(faultOf('src/platform/database/dialect.ts', 'sql`skip locked`'), [])
    assert.deepEqual(faultOf('src/auth/users.ts', 'process.env.PORT'), ['environment'])
    assert.deepEqual(faultOf('src/platform/config-files.ts', 'process.env'), [])
    assert.deepEqual(faultOf('src/statuses/draft.ts', "x.attributedTo\nif (t === 'Announce') {}").length, 2)
    assert.deepEqual(faultOf('src/federation/notes.ts', 'x.attributedTo'), [])
  })

  test('comments and tests may say anything', () => {
    assert.deepEqual(faultOf('src/auth/users.ts', '// process.env, attributedTo\n/* pragma foo */'), [])
    assert.deepEqual(faultOf('src/auth/users.test.ts', 'process.env'), [])
  })

  test('SSRF-20 outgoing requests are made in one file, and federation sends from one', () => {
    assert.deepEqual(faultOf('src/statuses/card.ts', 'await fetch(url)'), ['outgoing'])
    assert.deepEqual(faultOf('src/statuses/card.ts', 'await app.fetch(url)\n  fetch(request) {\n'), [])
    assert.deepEqual(faultOf('src/statuses/card.ts', 'https.request(url)'), ['outgoing'])
    assert.deepEqual(faultOf('src/statuses/card.ts', 'app.http.request({})'), ['sends'])
    assert.deepEqual(faultOf('src/federation/fetch/fetch.ts', "app.http.request({ method: 'POST' })"), [
      'sends',
    ])
    assert.deepEqual(faultOf('src/federation/deliver/deliver.ts', "app.http.request({ method: 'POST' })"), [])
  })
})

describe('private words', () => {
  test('paths of one machine, other registries and listed words are told with their line', () => {
    const paper = houseFile('docs/x.md', `see\n/${'root'}/x and acme-internal`)
    const lock = houseFile('package-lock.json', ['"resolved"', '"https://npm.acme.test/zod.tgz"'].join(': '))
    const faults = told(privateFaults([paper, lock], ['acme-internal']))
    assert.equal(faults.length, 3)
    assert.match(faults[0] ?? '', /^docs\/x\.md:2 /)
  })
})

describe('papers', () => {
  const link = (text: string) =>
    told(
      linkFaults(
        [houseFile('docs/a/x.md', text), houseFile('docs/b.md', '# One & two')],
        (path) => path === 'docs/b.md',
      ),
    )

  test('a link to a file or heading that is not there is dead', () => {
    assert.deepEqual(link('[b](../b.md) [b](../b.md#one--two) [w](https://example.org/x)'), [])
    assert.deepEqual(link('\n[c](../c.md)'), ['docs/a/x.md:2 leads to docs/c.md, which does not exist'])
    assert.match(link('[b](../b.md#three)')[0] ?? '', /no heading #three/)
  })

  test('files above 400 lines fail, from 300 they are listed', () => {
    const file = (lines: number) => houseFile(`src/auth/${lines}.ts`, 'x\n'.repeat(lines))
    const { faults, long } = sizeFaults([file(299), file(300), file(401)])
    assert.deepEqual(long, ['src/auth/300.ts 300'])
    assert.deepEqual(told(faults), ['src/auth/401.ts:400 401 lines; 400 are the most'])
  })

  test('every room has a README of at most twenty lines and a place on the map', () => {
    const room = houseFile('src/auth/users.ts', '')
    const map = houseFile('docs/ARCHITECTURE.md', '```\nsrc/\n  attic/   old things\n```')
    assert.deepEqual(told(roomFaults([room, map])), [
      'src/auth:1 has no README.md',
      'docs/ARCHITECTURE.md:1 does not show the room src/auth/',
      'docs/ARCHITECTURE.md:3 shows src/attic/, which does not exist',
    ])
    assert.match(
      told(roomFaults([room, houseFile('src/auth/README.md', 'x\n'.repeat(21))]))[0] ?? '',
      /21 lines/,
    )
  })

  test('there are no barrels', () => {
    assert.equal(barrelFaults([houseFile('src/auth/index.ts', '')]).length, 1)
    const handing = houseFile('src/auth/users.ts', "export * from './x.ts'")
    assert.match(floorFaults([handing], [])[0]?.message ?? '', /hands on/)
  })
})

describe('source', () => {
  test('strings, templates and regular expressions are not comments', () => {
    const code = 'const a = "//x"; const b = `/*$' + '{c /* gone */}//y`; const d = /[/*]/ // gone\n'
    const kept = codeOf(code)
    assert.equal(kept.length, code.length)
    assert.doesNotMatch(kept, /gone/)
    for (const piece of ['"//x"', '//y`', '/[/*]/']) assert.ok(kept.includes(piece), piece)
  })

  test('imports over several lines and lazy ones are found', () => {
    const found = importsOf(
      "import {\n  a,\n  type B,\n} from './a.ts'\nconst x = await import('./b.ts')\nimport './c.ts'\n",
    )
    assert.deepEqual(
      found.map(({ specifier, line, typeOnly }) => [specifier, line, typeOnly]),
      [
        ['./a.ts', 1, false],
        ['./c.ts', 6, false],
        ['./b.ts', 5, false],
      ],
    )
  })
})

describe('security ids', () => {
  test('ids named by tests are counted, the others are told in runs', () => {
    const { named, without } = securityReport([houseFile('src/auth/x.test.ts', "test('AZ-02: …')")])
    assert.deepEqual(named, ['AZ-02'])
    assert.ok(inRuns(without).includes('AZ-01, 03–20'))
  })
})
