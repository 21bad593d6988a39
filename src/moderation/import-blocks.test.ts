import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { accountById } from '#accounts/accounts.ts'
import { policyOf } from '#instance/domain-policies.ts'
import { follow } from '#relationships/follow.ts'
import { runIn } from '../../test/command-line.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { MOST_BYTES, readBlocks, writeBlocks } from './block-csv.ts'
import { setDomainPolicy } from './domain-policies.ts'
import { importBlocks, planBlocks } from './import-blocks.ts'

const HEAD = '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate'

for (const database of databases) {
  describe(`a list of blocks (${database})`, () => {
    let w: World
    let folder: string
    beforeEach(async () => {
      w = await world({ database })
      folder = await mkdtemp(join(tmpdir(), 'hyrax-blocks-'))
    })
    afterEach(async () => {
      await w.close()
      await rm(folder, { recursive: true })
    })

    const read = (text: string | Buffer) => readBlocks(w.app, Buffer.from(text), 'suspend')
    const plan = async (...lines: string[]) =>
      planBlocks(w.app, (await read([HEAD, ...lines].join('\n'))).rows)
    const file = async (text: string) => {
      const path = join(folder, 'list.csv')
      await writeFile(path, text)
      return path
    }
    const severityOf = async (host: string) => (await policyOf(w.app, host))?.severity ?? null

    test('what one server writes another reads as the same', async () => {
      await setDomainPolicy(w.app, 'bad.example', {
        severity: 'suspend',
        publicComment: '=1+1, "quoted"\nand more',
        privateComment: 'for the staff',
        obfuscate: true,
      })
      await setDomainPolicy(w.app, 'loud.example', { severity: 'silence', rejectMedia: true })
      await setDomainPolicy(w.app, 'noted.example', { severity: 'noop', privateComment: 'hm' })
      const csv = await writeBlocks(w.app)
      assert.equal(csv.split('\n')[0], HEAD)
      assert.doesNotMatch(csv, /for the staff|noted\.example/)
      const { rows, faults } = await read(csv)
      assert.deepEqual(faults, [])
      assert.deepEqual(
        rows.map(({ line, ...row }) => Object.values(row)),
        [
          ['bad.example', 'suspend', false, false, true, '=1+1, "quoted"\nand more'],
          ['loud.example', 'silence', true, false, false, ''],
        ],
      )
      assert.deepEqual(
        (await planBlocks(w.app, rows)).map(({ change }) => change),
        ['same', 'same'],
      )
    })

    test('rows that cannot be taken are told by line, and the others are taken', async () => {
      const { rows, faults } = await read(
        [
          HEAD,
          'good.example,silence,False,True,"two\nlines",false',
          'here.example,suspend,,,,',
          'example,suspend,,,,',
          '*.wild.example,suspend,,,,',
          'ba*.*****le.org,suspend,,,,',
          'co.uk,suspend,,,,',
          '',
          'odd.example,destroy,,,,',
          'odd.example,suspend,perhaps,,,',
          'no name,suspend,,,,',
          `long.example,suspend,,,${'x'.repeat(2001)},`,
          'last.example,suspend,,,"never closed',
        ].join('\r\n'),
      )
      assert.deepEqual(
        rows.map(({ domain, rejectReports }) => [domain, rejectReports]),
        [['good.example', true]],
      )
      assert.deepEqual(
        faults.map(({ line }) => line),
        [4, 5, 6, 7, 8, 10, 11, 12, 13, 14],
      )
    })

    test('BLK-08 a server named in other spellings is one server, and what its strictest row says', async () => {
      const { rows, faults } = await read(
        `\ufeff${HEAD}\nbücher.example,silence,true,,one,\nXN--BCHER-KVA.example.,suspend,,,two,\nBÜCHER.example:443,noop,,true,,`,
      )
      assert.deepEqual(faults, [])
      assert.deepEqual(
        rows.map((row) => [row.domain, row.severity, row.rejectMedia, row.rejectReports, row.publicComment]),
        [['xn--bcher-kva.example', 'suspend', true, true, 'one']],
      )
    })

    test('what is no list, too large or no text is refused whole', async () => {
      await assert.rejects(read(Buffer.alloc(MOST_BYTES + 1, 'a')), /larger/)
      await assert.rejects(read('a.b\n'.repeat(100_001)), /rows/)
      await assert.rejects(read(Buffer.from([0xff, 0xfe, 0x61, 0])), /UTF-8/)
      await assert.rejects(read('a.example\0'), /UTF-8/)
      await assert.rejects(readBlocks(w.app, Buffer.from('a.example')), /only names/)
      const page = await read('<!DOCTYPE html>\n<p>Not \u001b[31mfound</p>')
      assert.deepEqual([page.rows.length, page.faults.length], [0, 2])
      assert.ok(!page.faults.some(({ text }) => text.includes('\u001b')))
      const bare = await read('# a comment\none.example\n\nhttps://two.example/\n')
      assert.deepEqual(
        bare.rows.map(({ domain, severity, line }) => [domain, severity, line]),
        [
          ['one.example', 'suspend', 2],
          ['two.example', 'suspend', 4],
        ],
      )
    })

    test('nothing that is decided here becomes weaker by a list', async () => {
      await setDomainPolicy(w.app, 'bad.example', { severity: 'suspend' })
      await setDomainPolicy(w.app, 'loud.example', { severity: 'silence', rejectReports: true })
      const planned = await plan(
        'bad.example,silence,,,,',
        'sub.bad.example,silence,,,,',
        'loud.example,silence,true,,Loud.,',
        'sub.loud.example,suspend,,,,',
        'deep.new.example,silence,,,,',
        'new.example,suspend,,,,',
      )
      assert.deepEqual(
        planned.map(({ change }) => change),
        ['weaker', 'weaker', 'stricter', 'new', 'weaker', 'new'],
      )
      assert.equal(await importBlocks(w.app, planned), 3)
      const loud = await policyOf(w.app, 'loud.example')
      assert.deepEqual([loud?.reject_media, loud?.reject_reports, loud?.public_comment], [1, 1, 'Loud.'])
      assert.equal(await severityOf('sub.bad.example'), 'suspend')
      assert.equal(await severityOf('deep.new.example'), 'suspend')
      assert.equal(await importBlocks(w.app, await planBlocks(w.app, planned)), 0)
    })

    test('the keeper sees what a list would end before it does, and only then it does', async () => {
      const { bob, dan } = w.cast
      await follow(w.app, dan, bob, {}, { uri: `${dan.uri}#follows/1` })
      const path = await file(`${HEAD}\n${dan.host},suspend,,,,\nhere.example,suspend,,,,\n`)
      const tried = await runIn(w, 'servers', 'import', path, '--dry-run')
      assert.equal(tried.code, 0, tried.err)
      assert.match(tried.out, /suspended .*1 followers of members, 0 whom members follow/)
      assert.match(tried.out, /Line 3 is not taken: Domain is this server/)
      assert.equal(await severityOf(dan.host), null)
      assert.equal((await runIn(w, 'servers', 'import', path)).code, 0)
      await w.settle()
      assert.notEqual((await accountById(w.app, dan.id))?.suspended_at, null)
      assert.equal(await severityOf('here.example'), null)
    })

    test('a list of names alone is limited or suspended as the keeper says, and not without', async () => {
      const path = await file('loud.example\n')
      assert.notEqual((await runIn(w, 'servers', 'import', path)).code, 0)
      assert.equal((await runIn(w, 'servers', 'import', path, '--as', 'destroy')).code, 2)
      assert.equal((await runIn(w, 'servers', 'import', path, '--as', 'limit')).code, 0)
      assert.equal(await severityOf('loud.example'), 'silence')
      const out = join(folder, 'out.csv')
      assert.equal((await runIn(w, 'servers', 'export', '--file', out)).code, 0)
      assert.equal(await readFile(out, 'utf8'), `${HEAD}\nloud.example,silence,false,false,,false\n`)
      assert.match((await runIn(w, 'servers', 'export')).out, /loud\.example/)
    })
  })
}
