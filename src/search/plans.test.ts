import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareApp } from '../../test/bare-app.ts'
import { watchPlans } from '../../test/watched-plans.ts'
import { forgetTodo, indexSoon } from './search-index.ts'

test('what was indexed is taken off the list by its key, however long the list has grown', async () => {
  const bare = await bareApp('sqlite')
  const { app, plans } = watchPlans(bare.app)
  await app.inTransaction(async (tx) => {
    for (const id of [1, 2, 3]) await indexSoon(tx, 'status', id)
  })
  const rows = await app.db.selectFrom('search_todo').selectAll().where('id', '<', 3).execute()
  plans.length = 0
  await app.inTransaction((tx) => forgetTodo(tx, rows))
  assert.equal(plans.length, 1)
  assert.deepEqual(
    plans[0]?.steps.filter((step) => /SCAN search_todo\b/.test(step)),
    [],
  )
  const left = await app.db.selectFrom('search_todo').select('id').execute()
  assert.deepEqual(left, [{ id: 3 }])
  await bare.close()
})
