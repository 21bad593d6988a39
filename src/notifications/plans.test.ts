import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompiledQuery } from 'kysely'
import type { App } from '#app.ts'
import { bareApp } from '../../test/bare-app.ts'
import { groupFacts } from './groups.ts'
import type { Ask } from './list-notifications.ts'
import { countUnread, listNotifications } from './list-notifications.ts'
import type { NotificationRow } from './notifications.ts'

/** Notes how each statement finds its rows before it runs. */
function watched(db: App['db'], plans: string[][]): App['db'] {
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (name !== 'executeQuery') return typeof value === 'function' ? value.bind(target) : value
      return async (query: CompiledQuery) => {
        const asked = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters])
        const plan = await target.executeQuery<{ detail: string }>(asked)
        plans.push(plan.rows.map((row) => row.detail))
        return target.executeQuery(query)
      }
    },
  })
}

test('a page of notifications or groups is one walk along an index, and never sorts, however they are narrowed', async () => {
  const bare = await bareApp('sqlite')
  const plans: string[][] = []
  const app: App = { ...bare.app, db: watched(bare.app.db, plans) }
  const asks: Ask[] = [
    {},
    { types: ['poll'] },
    { excludeTypes: ['follow'], includeFiltered: true },
    { grouped: true },
    { grouped: true, types: ['mention', 'favourite'] },
    { grouped: ['favourite'] },
    { fromAccountId: 7 },
    { fromAccountId: 7, grouped: true, types: ['follow'] },
  ]
  for (const ask of asks) {
    for (const minId of [null, 5]) {
      await listNotifications(app, 1, ask, { limit: 40, maxId: null, sinceId: null, minId })
    }
    await countUnread(app, 1, ask, 100)
  }
  await groupFacts(app, [{ id: 1 } as NotificationRow], 0)
  assert.ok(plans.length > asks.length * 3)
  for (const plan of plans) {
    const text = plan.join(' | ')
    assert.doesNotMatch(text, /SCAN (notification|other|rep)\b/, text)
    assert.doesNotMatch(
      plan.filter((line) => !line.includes('SUBQUERY')).join(),
      /^USE TEMP B-TREE FOR ORDER BY$/,
      text,
    )
  }
  const groups = plans.filter((plan) => plan.some((line) => line.includes('notification_groups')))
  assert.ok(groups.length >= 4, 'groups are found by their own index')
  await bare.close()
})
