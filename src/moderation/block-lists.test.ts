import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { hostDomain } from '#auth/host-domain.ts'
import { policyOf } from '#instance/domain-policies.ts'
import { DAY } from '#platform/times.ts'
import { follow } from '#relationships/follow.ts'
import { runIn } from '../../test/command-line.ts'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { MOST_BYTES } from './block-csv.ts'
import { allBlockLists, blockListNamed, entriesOf } from './block-lists.ts'
import { dropDomainPolicy, setDomainPolicy } from './domain-policies.ts'
import { oweBlockLists } from './fetch-block-list.ts'
import { applyBlockList, reviewBlockList } from './review-block-list.ts'

const URL_OF_LIST = 'https://lists.test/blocks.csv'
const HEAD = '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate'

for (const database of databases) {
  describe(`a list of blocks that is subscribed to (${database})`, () => {
    let network: Network
    let w: World
    beforeEach(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
    })
    afterEach(() => w.close())

    const says = (body: string | Buffer, status = 200) =>
      network.host('lists.test', async ({ headers }) => {
        const etag = `"${createHash('sha1').update(body).digest('hex')}"`
        const isKnown = headers['if-none-match'] === etag
        return { status: isKnown ? 304 : status, headers: { etag }, body: Buffer.from(isKnown ? '' : body) }
      })
    const listed = (...lines: string[]) => says([HEAD, ...lines].join('\n'))
    const lists = (...words: string[]) => runIn(w, 'servers', 'lists', ...words)
    const subscribe = async (...lines: string[]) => {
      listed(...lines)
      const said = await lists('add', URL_OF_LIST)
      assert.equal(said.code, 0, said.err)
    }
    const aDayLater = async () => {
      w.clock.advance(DAY)
      await oweBlockLists(w.app)
      await w.settle()
    }
    const list = () => blockListNamed(w.app, 'lists.test')
    const review = async () =>
      (await reviewBlockList(w.app, await list())).map(({ domain, change }) => [domain, change])
    const severityOf = async (host: string) => (await policyOf(w.app, host))?.severity ?? null
    const states = async () =>
      (await entriesOf(w.app, (await list()).id)).map(({ domain, state }) => [domain, state])

    test('what a list says holds only after the keeper’s word, and so does what it says later', async () => {
      await subscribe('bad.example,suspend,,,,', 'loud.example,silence,true,,Loud.,')
      await w.settle()
      assert.equal(await severityOf('bad.example'), null)
      assert.match((await lists('apply', 'lists.test', '--dry-run')).out, /bad\.example +suspended/)
      assert.equal(await severityOf('bad.example'), null)
      assert.equal((await lists('apply', 'lists.test')).code, 0)
      assert.equal(await severityOf('bad.example'), 'suspend')
      assert.deepEqual(await review(), [])

      listed('bad.example,silence,,,,', 'new.example,suspend,,,,')
      await aDayLater()
      assert.deepEqual(
        [await severityOf('bad.example'), await severityOf('new.example'), await severityOf('loud.example')],
        ['suspend', null, 'silence'],
      )
      assert.deepEqual(await review(), [
        ['bad.example', 'changed'],
        ['loud.example', 'freed'],
        ['new.example', 'new'],
      ])
      assert.match((await lists('apply', 'lists.test')).out, /Decided about 2 servers; 1 are free again/)
      assert.deepEqual(
        [await severityOf('bad.example'), await severityOf('new.example'), await severityOf('loud.example')],
        ['silence', 'suspend', null],
      )
    })

    test('review says which follows would end, and one server may be applied or declined by itself', async () => {
      const { bob, dan } = w.cast
      await follow(w.app, dan, bob, {}, { uri: `${dan.uri}#follows/1` })
      await subscribe(`${dan.host},suspend,,,,`, 'bad.example,suspend,,,,')
      assert.match((await lists('review', 'lists.test')).out, /1 followers of members/)
      assert.equal((await lists('decline', 'lists.test', dan.host)).code, 0)
      assert.notEqual((await lists('decline', 'lists.test', 'unknown.example')).code, 0)
      assert.notEqual((await lists('apply', 'lists.test', dan.host)).code, 0)
      assert.equal((await lists('apply', 'lists.test', 'BAD.example')).code, 0)
      await aDayLater()
      assert.deepEqual(await states(), [
        ['bad.example', 'applied'],
        [dan.host, 'declined'],
      ])
      assert.equal(await severityOf(dan.host), null)
      listed(`${dan.host},silence,,,,`, 'bad.example,suspend,,,,')
      await aDayLater()
      assert.deepEqual(await review(), [[dan.host, 'new']])
    })

    test('retracting frees what the list brought, and not what was changed, freed or decided by hand', async () => {
      await setDomainPolicy(w.app, 'ours.example', { severity: 'silence' })
      await setDomainPolicy(w.app, 'equal.example', { severity: 'suspend' })
      const names = ['bad', 'changed', 'freed', 'ours', 'equal']
      await subscribe(...names.map((name) => `${name}.example,suspend,,,,`))
      assert.deepEqual(await review(), [
        ['bad.example', 'new'],
        ['changed.example', 'new'],
        ['equal.example', 'same'],
        ['freed.example', 'new'],
        ['ours.example', 'milder'],
      ])
      await lists('apply', 'lists.test')
      w.clock.advance(1000)
      await setDomainPolicy(w.app, 'changed.example', { severity: 'suspend', privateComment: 'checked' })
      const freed = await policyOf(w.app, 'freed.example')
      assert.ok(freed)
      await dropDomainPolicy(w.app, freed)
      await lists('apply', 'lists.test')
      assert.equal(await severityOf('freed.example'), null)
      assert.match(
        (await lists('retract', 'lists.test', '--dry-run')).out,
        /changed\.example was.*1 servers/s,
      )
      assert.equal((await lists('retract', 'lists.test')).code, 0)
      await w.settle()
      assert.deepEqual(await Promise.all(names.map((name) => severityOf(`${name}.example`))), [
        null,
        'suspend',
        null,
        'silence',
        'suspend',
      ])
      assert.deepEqual(await allBlockLists(w.app), [])
    })

    test('what a list says otherwise while the keeper looks at it waits for a word of its own', async () => {
      await subscribe('bad.example,silence,,,,')
      const seen = await reviewBlockList(w.app, await list())
      listed('bad.example,suspend,,,,')
      await aDayLater()
      assert.deepEqual(await applyBlockList(w.app, seen), { decided: 0, freed: 0 })
      assert.deepEqual(await review(), [['bad.example', 'new']])
    })

    test('a server that two lists name stays the first one’s, and waits in the other when that is left', async () => {
      await subscribe('bad.example,suspend,,,,', 'sub.good.example,suspend,,,,')
      network.host('more.test', network.hostOf('lists.test'))
      await lists('add', 'https://more.test/', '--name', 'more')
      await lists('apply', 'lists.test')
      assert.match((await lists('apply', 'more')).out, /2 there already\.\n.*about 0 servers/s)
      await lists('retract', 'lists.test')
      assert.equal(await severityOf('bad.example'), null)
      assert.match((await lists('review', 'more')).out, /2 new/)
    })

    test('a list that grows milder opens no gap below a decision made here', async () => {
      await subscribe('sub.bad.example,suspend,,,,')
      await lists('apply', 'lists.test')
      await setDomainPolicy(w.app, 'bad.example', { severity: 'suspend' })
      listed('sub.bad.example,silence,,,,')
      await aDayLater()
      await lists('apply', 'lists.test')
      assert.equal(await severityOf('sub.bad.example'), 'suspend')
    })

    test('what a list no longer says after a change by hand stays as the keeper left it', async () => {
      await subscribe('bad.example,suspend,,,,', 'other.example,suspend,,,,')
      await lists('apply', 'lists.test')
      w.clock.advance(1000)
      await setDomainPolicy(w.app, 'bad.example', { severity: 'silence' })
      listed('other.example,suspend,,,,')
      await aDayLater()
      assert.deepEqual(await review(), [['bad.example', 'ours']])
      await lists('apply', 'lists.test')
      assert.equal(await severityOf('bad.example'), 'silence')
      assert.deepEqual(await states(), [['other.example', 'applied']])
    })

    test('a list that cannot be reached or read changes nothing, says so, and is tried again the next day', async () => {
      await subscribe('bad.example,suspend,,,,')
      await lists('apply', 'lists.test')
      for (const [body, status, why] of [
        ['gone', 404, /answer was 404/],
        ['<!DOCTYPE html>\n<title>Sign in</title>', 200, /only names/],
        [`${HEAD}\n`, 200, /no list of blocks/],
        [`${HEAD}\nnonsense\nrubbish\nbad.example,suspend,,,,`, 200, /no list of blocks/],
        [Buffer.alloc(MOST_BYTES + 1, 'a'), 200, /larger/],
      ] as const) {
        says(body, status)
        await aDayLater()
        assert.match((await list()).error, why)
        assert.deepEqual([(await list()).state, await review()], ['failed', []])
      }
      network.down.add('lists.test')
      assert.equal((await lists('fetch', 'lists.test')).code, 1)
      assert.match((await lists('show')).out, /refused/)
      network.down.clear()
      listed('bad.example,suspend,,,,')
      await aDayLater()
      assert.deepEqual([(await list()).state, (await list()).error], ['well', ''])
      assert.equal(await severityOf('bad.example'), 'suspend')
    })

    test('BLK-08 a hostile list reaches neither our own names nor a server twice', async () => {
      listed(
        'here.example,suspend,,,,',
        'example,suspend,,,,',
        'co.uk,suspend,,,,',
        'bücher.test,silence,,,,',
        'XN--BCHER-KVA.test.,suspend,,,,',
        'one.test,suspend,,,,',
        'two.test,suspend,,,,',
      )
      const said = await lists('add', URL_OF_LIST, '--name', 'hostile')
      assert.match(said.out, /Line 2 .*Line 3 .*Line 4 /s)
      await lists('apply', 'hostile')
      assert.deepEqual(
        await Promise.all(['here.example', 'co.uk', 'xn--bcher-kva.test', 'one.test'].map(severityOf)),
        [null, null, 'suspend', 'suspend'],
      )
    })

    test('a name that is hosted here by now is left alone, whatever waits about it', async () => {
      await subscribe('late.test,suspend,,,,', 'bad.example,suspend,,,,')
      await hostDomain(w.app, { name: 'late.test', alternates: [], plainHttp: false })
      await lists('apply', 'lists.test')
      assert.deepEqual([await severityOf('late.test'), await severityOf('bad.example')], [null, 'suspend'])
    })

    test('only what can be read is subscribed to, at an address that may be asked', async () => {
      for (const url of [
        'http://lists.test/a',
        'file:///etc/passwd',
        'https://a:b@lists.test/',
        'https://here.example/x',
        'nonsense',
      ])
        assert.equal((await lists('add', url)).code, 1, url)
      assert.deepEqual(network.log, [])
      assert.equal((await lists('add', URL_OF_LIST)).code, 1)
      says('one.example\ntwo.example\n')
      assert.equal((await lists('add', URL_OF_LIST)).code, 1)
      assert.deepEqual(await allBlockLists(w.app), [])
      assert.match((await lists('add', URL_OF_LIST, '--as', 'limit', '--dry-run')).out, /2 new/)
      assert.deepEqual(await allBlockLists(w.app), [])
      assert.equal((await lists('add', URL_OF_LIST, '--as', 'limit')).code, 0)
      assert.equal((await lists('add', URL_OF_LIST, '--as', 'limit')).code, 1)
      await lists('apply', 'lists.test')
      assert.equal(await severityOf('one.example'), 'silence')
    })
  })
}
