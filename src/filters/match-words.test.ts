import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findWords, fold } from './match-words.ts'

const finds = (keyword: string, text: string, whole: boolean) =>
  findWords([{ text: keyword, whole }])(fold(text)).length > 0

describe('words that are looked for', () => {
  const table: [keyword: string, text: string, whole: boolean, found: boolean][] = [
    ['cat', 'A CAT sat', true, true],
    ['cat', 'concatenate', true, false],
    ['cat', 'concatenate', false, true],
    ['cat', 'cats', true, false],
    ['cat', 'éclair,cat!', true, true],
    ['cat', 'écat', true, false],
    ['cat', 'my_cat', true, false],
    ['#cat', 'x#cat', true, true],
    ['#cat', '#cats', true, false],
    ['c++', 'c++x', true, true],
    ['(a+)+$', 'aaaa', false, false],
    ['(a+)+$', 'say (a+)+$ twice', true, true],
    ['straße', 'DIE STRASSE', false, false],
    ['STRASSE', 'die straSse', true, true],
    ['привет', 'ПРИВЕТ, мир', true, true],
    ['вет', 'привет', true, false],
    ['猫', '我家的猫很好', true, true],
    ['ねこ', 'うちのねこはかわいい', true, true],
    ['cat', '猫cat犬', true, true],
    ['👍', 'ok👍ok', true, true],
    ['😀', '😁', false, false],
    ['e\u0301clair', 'Éclair', true, true],
    ['two words', 'in two words here', true, true],
    ['two words', 'in two  words', true, false],
    ['hers', 'ushers', false, true],
  ]
  for (const [keyword, text, whole, found] of table)
    test(`${keyword} is ${found ? '' : 'not '}in “${text}”${whole ? ' as a whole word' : ''}`, () =>
      assert.equal(finds(keyword, text, whole), found))

  test('all of them are found in one reading, also those inside of others', () => {
    const words = ['she', 'he', 'hers', 'his', 'he', 'x'].map((text) => ({ text, whole: false }))
    assert.deepEqual(findWords(words)('ushers'), [0, 1, 2, 4])
    const mixed = [
      { text: 'he', whole: true },
      { text: 'she', whole: false },
    ]
    assert.deepEqual(findWords(mixed)('ushe'), [1])
    assert.deepEqual(findWords(mixed)('ushe he'), [0, 1])
  })

  test('hostile words cost no more steps than the letters of the text allow', () => {
    const words = Array.from({ length: 90 }, (_, n) => ({ text: `${'a'.repeat(400 + n)}b`, whole: true }))
    const find = findWords(words)
    assert.deepEqual(find('a'.repeat(50_000)), [])
    assert.deepEqual(find(`${'a'.repeat(400)}b`), [0])
  })
})
