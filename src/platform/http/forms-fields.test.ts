import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import * as fields from './forms-fields.ts'

const read = (schema: z.ZodType, value: unknown) => schema.parse(value)
const refuses = (schema: z.ZodType, value: unknown) => assert.equal(schema.safeParse(value).success, false)

describe('the habits of Mastodon clients', () => {
  test('booleans are read as true, 1, "1", "true", "on" and their opposites', () => {
    for (const value of [true, 1, '1', 'true', 'on', 't']) assert.equal(read(fields.flag, value), true)
    for (const value of [false, 0, '0', 'false', 'off', 'f']) assert.equal(read(fields.flag, value), false)
    for (const value of [undefined, null, '']) assert.equal(read(fields.flag, value), undefined)
    assert.equal(read(fields.flagOr(true), ''), true)
    refuses(fields.flag, 'maybe')
  })

  test('lists of ids come as a list, as one id, or with numbered names', () => {
    for (const value of [['1', '2'], ['1', '', 2], { 0: '1', 5: '2' }]) {
      assert.deepEqual(read(fields.idList, value), ['1', '2'])
    }
    assert.deepEqual(read(fields.idList, '7'), ['7'])
    assert.equal(read(fields.idList, ''), undefined)
    refuses(fields.idList, { a: '1' })
  })

  test('numbers come as text', () => {
    assert.equal(read(fields.intText, '42'), 42)
    assert.equal(read(fields.intText, -1), -1)
    assert.equal(read(fields.numberText, '0.5'), 0.5)
    for (const value of ['1.5', 'x', '99999999999999999999', '0x10']) refuses(fields.intText, value)
    refuses(fields.intBetween(1, 3), '4')
  })

  test('null and empty text mean "left out", except for text itself', () => {
    assert.equal(read(fields.idText, null), undefined)
    assert.equal(read(fields.idText, 5), '5')
    assert.equal(read(fields.text(), ''), '')
    assert.equal(read(fields.text(), null), undefined)
    assert.equal(read(fields.wordOf(['a', 'b']), ''), undefined)
    assert.equal(read(fields.timeText, ''), undefined)
    refuses(fields.requiredText(), '   ')
    refuses(fields.wordOf(['a', 'b']), 'c')
  })

  test('moments are ISO 8601', () => {
    assert.equal(read(fields.timeText, '2024-01-02T03:04:05Z'), Date.UTC(2024, 0, 2, 3, 4, 5))
    for (const value of ['0000-99-00', 'tomorrow', '99999-01-01']) refuses(fields.timeText, value)
  })

  test('all of them may be missing from a form', () => {
    const form = z.object({
      a: fields.flag,
      b: fields.idList,
      c: fields.intText,
      d: fields.timeText,
      e: fields.file,
    })
    assert.deepEqual(form.parse({}), {})
    refuses(form, { e: 'not a file' })
    assert.deepEqual(read(fields.rows(z.object({ x: fields.flag })), { 0: { x: '1' }, 1: { x: '0' } }), [
      { x: true },
      { x: false },
    ])
  })
})
