import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeUtf8, readFields, readJson } from './forms.ts'
import { HttpRefusal } from './refuse.ts'

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
const refused = (status: number) => (error: unknown) =>
  error instanceof HttpRefusal && error.status === status

describe('readFields', () => {
  const shapes: [text: string, shape: unknown][] = [
    ['', {}],
    ['a=1&b=x+y%20z&c', { a: '1', b: 'x y z', c: '' }],
    ['a=1&a=2', { a: '2' }],
    ['id[]=1&id[]=2', { id: ['1', '2'] }],
    ['id%5B%5D=1&id%5B%5D=2', { id: ['1', '2'] }],
    [
      'poll[options][]=a&poll[options][]=b&poll[multiple]=1',
      { poll: { options: ['a', 'b'], multiple: '1' } },
    ],
    ['f[][x]=1&f[][y]=2&f[][x]=3', { f: [{ x: '1', y: '2' }, { x: '3' }] }],
    ['f[0][x]=1&f[1][x]=2', { f: [{ x: '1' }, { x: '2' }] }],
    ['f[999999999][x]=b&f[7][x]=a', { f: [{ x: 'a' }, { x: 'b' }] }],
    ['f[][x][]=1&f[][x][]=2', { f: [{ x: ['1', '2'] }] }],
    ['a[b=1&[]=2&=3', { 'a[b': '1' }],
    ['q=%F0%9F%98%80', { q: '😀' }],
  ]
  for (const [text, shape] of shapes) {
    test(`reads ${text || 'nothing'}`, () => assert.deepEqual(plain(readFields(text)), shape))
  }

  test('refuses names that reach a prototype, and leaves every prototype alone', () => {
    for (const text of [
      '__proto__=1',
      '__proto__[x]=1',
      'a[constructor][prototype][x]=1',
      'a[__proto__][]=1',
    ]) {
      assert.throws(() => readFields(text), refused(400), text)
    }
    assert.equal(({} as { x?: unknown }).x, undefined)
    assert.equal(Object.getPrototypeOf(readFields('a[b]=1')), null)
  })

  test('PAR-22 refuses deep names, too many fields, contradictions, broken escapes and NUL', () => {
    assert.doesNotThrow(() => readFields('a[b][c][d][e]=1'))
    const bodies = [
      'a[b][c][d][e][f]=1',
      Array.from({ length: 1001 }, (_, at) => `k${at}=1`).join('&'),
      'a=1&a[b]=2',
      'a[]=1&a[b]=2',
      'a[][]=1',
      'a=%ff',
      'a=%zz',
      'a=%00',
      `${'x'.repeat(600)}=1`,
    ]
    for (const body of bodies) assert.throws(() => readFields(body), refused(400), body.slice(0, 40))
  })
})

describe('readJson', () => {
  test('reads objects, and nothing as an empty form', () => {
    assert.deepEqual(plain(readJson('{"a":[1,{"b":null}]}')), { a: [1, { b: null }] })
    assert.deepEqual(plain(readJson('  ')), {})
  })

  test('refuses what is broken, no object, too deep, or holds what a database cannot', () => {
    const bodies = [
      '{',
      '[1]',
      '"x"',
      'null',
      `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '{"__proto__":{"x":1}}',
      '{"a":{"constructor":1}}',
      '{"a":"\\u0000"}',
      '{"a":"\\ud800"}',
      '{"a":1e999}',
    ]
    for (const body of bodies) assert.throws(() => readJson(body), refused(400), body.slice(0, 40))
  })

  test('PAR-07 the last of two equal names counts', () => assert.equal(readJson('{"a":1,"a":2}').a, 2))
})

test('PAR-09 only UTF-8 without a byte order mark is decoded', () => {
  assert.equal(decodeUtf8(Buffer.from('é')), 'é')
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf, 0x7b, 0x7d]]) {
    assert.throws(() => decodeUtf8(Buffer.from(bytes)), refused(400))
  }
})
