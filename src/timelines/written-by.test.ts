import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { idAt } from '#platform/ids.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { AuthorSet } from './author-set.ts'
import { writtenBy } from './written-by.ts'
import type { Span } from './written-query.ts'

const AUTHORS = 40
const authorAt = (n: number) => 5_000_000 + n

for (const database of databases) {
  describe(`written by (${database})`, () => {
    let w: World
    let first: number
    beforeEach(async () => {
      w = await world({ database })
      first = idAt(w.app.now()) - 1_000_000
    })
    afterEach(() => w.close())

    const write = (places: number[]) =>
      w.app.inTransaction(async (tx) => {
        const rows = places.map((place) => {
          const id = first + place
          const rest = { visibility: 'public' as const, created_at: tx.now() }
          return { id, uri: `https://there.example/${id}`, account_id: authorAt((place * 7) % 60), ...rest }
        })
        // The rest of the columns have defaults.
        await tx.db
          .insertInto('status')
          .values(rows as unknown as StatusRow[])
          .execute()
      })

    type Written = { id: number; account_id: number }
    const expected = (all: Written[], authors: AuthorSet, span: Span) => {
      const ids = all
        .filter(
          ({ id, account_id }) => id > span.above && id < span.below && authors.ids.includes(account_id),
        )
        .map(({ id }) => id)
      return (span.ascending ? ids : ids.reverse()).slice(0, span.most)
    }

    const agrees = async (authors: AuthorSet) => {
      const all = await w.app.db.selectFrom('status').select(['id', 'account_id']).orderBy('id').execute()
      for (const [above, below] of [
        [0, Number.MAX_SAFE_INTEGER],
        [0, first + 700],
        [first + 300, Number.MAX_SAFE_INTEGER],
        [first + 311, first + 1290],
        [first + 1400, first + 1402],
      ] as const) {
        for (const ascending of [false, true]) {
          for (const most of [7, 5000]) {
            const span = { above, below, most, ascending }
            assert.deepEqual(await writtenBy(w.app, authors, span), expected(all, authors, span))
          }
        }
      }
    }

    test('finds what many wrote in any span and from both ends, also what came later or late', async () => {
      const authors = new AuthorSet(Array.from({ length: AUTHORS }, (_, n) => authorAt(n)))
      await write(Array.from({ length: 1500 }, (_, n) => n * 2))
      await agrees(authors)
      await write([1, 701, 703, 1289, 2999, 3001, 90_001])
      await agrees(authors)
      assert.equal(authors.isSparse, false)
    })

    test('asks each author when they write rarely, and those who are few', async () => {
      const quiet = new AuthorSet(Array.from({ length: 30 }, (_, n) => authorAt(n * 1000)))
      await write(Array.from({ length: 2200 }, (_, n) => n))
      await agrees(quiet)
      assert.equal(quiet.isSparse, database === 'sqlite')
      await agrees(new AuthorSet([authorAt(3), authorAt(4)]))
    })
  })
}
