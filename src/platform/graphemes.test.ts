import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cutGraphemes, graphemeLength } from '#platform/graphemes.ts'

const cases: [string, number][] = [
  ['', 0],
  ['hello', 5],
  ['a\r\nb', 3],
  ['a\nb', 3],
  ['\r\n\r\n', 2],
  ['\r', 1],
  ['é', 1],
  ['e\u0301', 1],
  ['日本語', 3],
  ['👍', 1],
  ['👍🏽', 1],
  ['👨‍👩‍👧‍👦', 1],
  ['🇫🇷🇩🇪', 2],
  ['❤️', 1],
  ['नमस्ते', 3],
  ['각', 1],
  ['Z̸̛͔a', 2],
]

describe('graphemes', () => {
  for (const [text, length] of cases)
    it(`counts ${JSON.stringify(text)} as ${length}`, () => assert.equal(graphemeLength(text), length))

  it('cuts between graphemes, never inside one', () => {
    assert.equal(cutGraphemes('👨‍👩‍👧‍👦👍🏽x', 1), '👨‍👩‍👧‍👦')
    assert.equal(cutGraphemes('👨‍👩‍👧‍👦👍🏽x', 2), '👨‍👩‍👧‍👦👍🏽')
    assert.equal(cutGraphemes('hello', 2), 'he')
    assert.equal(cutGraphemes('hello', 0), '')
    assert.equal(cutGraphemes('e\u0301e\u0301', 1), 'e\u0301')
    assert.equal(cutGraphemes('a\r\nb', 2), 'a\r\n')
  })

  it('cuts every text to at most the length asked for, and keeps shorter texts whole', () => {
    for (const [text, length] of cases) {
      for (let n = 0; n <= length; n++) assert.equal(graphemeLength(cutGraphemes(text, n)), n)
      assert.equal(cutGraphemes(text, length), text)
      assert.equal(cutGraphemes(text, length + 1), text)
    }
  })
})
