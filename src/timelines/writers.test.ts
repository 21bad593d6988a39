import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AuthorSet, keyOfAuthor } from './author-set.ts'
import { chunkOf, EVERYTHING, placeIn, Writers } from './writers.ts'

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ id: from + n, key: keyOfAuthor((from + n) % 7) }))
const chunk = (from: number, to: number, made: ReturnType<typeof rows>) =>
  chunkOf(
    from,
    to,
    made.map(({ id }) => id),
    made.map(({ key }) => key),
  )

describe('author set', () => {
  test('holds every account it was made of and, of many others, none', () => {
    const ids = Array.from({ length: 3000 }, (_, n) => 2_000_000_000_000_000 + n * 4096 + (n % 8))
    const authors = new AuthorSet(ids)
    assert.ok(ids.every((id) => authors.has(keyOfAuthor(id))))
    const strangers = ids.map((id) => id + 2)
    assert.deepEqual(
      strangers.filter((id) => authors.has(keyOfAuthor(id))),
      [],
    )
    assert.equal(new AuthorSet([]).has(keyOfAuthor(5)), false)
  })
})

describe('writers', () => {
  test('a status that arrives late stands in its place, once, and is nowhere where nothing is known', () => {
    const writers = new Writers()
    writers.keep(chunk(10, 20, [rows(10, 11), rows(12, 13)].flat()))
    for (const id of [11, 11, 15, 30]) writers.add(id, 1)
    const held = writers.holding(19)
    assert.deepEqual([...(held?.ids ?? [])].slice(0, held?.length), [10, 11, 12, 15])
    assert.equal(writers.holding(30), undefined)
    assert.deepEqual(writers.gapAt(30), { from: 20, to: EVERYTHING })
    assert.deepEqual(writers.gapAt(3), { from: 0, to: 10 })
  })

  test('a chunk that grows is halved, and both halves together tell the same', () => {
    const writers = new Writers()
    writers.keep(chunk(0, EVERYTHING, []))
    for (const { id, key } of rows(1, 5001)) writers.add(id, key)
    const seen: number[] = []
    for (let at = 0; at < EVERYTHING; ) {
      const held = writers.holding(at)
      assert.ok(held && held.length <= 2048)
      seen.push(...held.ids.subarray(0, held.length))
      assert.equal(placeIn(held, held.to), held.length)
      at = held.to
    }
    assert.deepEqual(
      seen,
      rows(1, 5001).map(({ id }) => id),
    )
  })

  test('only so much is kept: what was looked at longest ago goes first', () => {
    const writers = new Writers(3000)
    for (const from of [0, 1000, 2000]) writers.keep(chunk(from, from + 1000, rows(from, from + 1000)))
    writers.holding(500)
    writers.keep(chunk(3000, 4000, rows(3000, 4000)))
    assert.deepEqual(
      [500, 1500, 2500, 3500].map((id) => writers.holding(id) !== undefined),
      [true, false, true, true],
    )
  })
})
