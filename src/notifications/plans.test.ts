import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareApp } from '../../test/bare-app.ts'
import { watchPlans } from '../../test/watched-plans.ts'
import { groupFacts } from './groups.ts'
import type { Ask } from './list-notifications.ts'
import { countUnread, listNotifications } from './list-notifications.ts'
import type { NotificationRow } from './notifications.ts'

test('a page of notifications or groups is one walk along an index, and never sorts, however they are narrowed', async () => {
  const bare = await bareApp('sqlite')
  const { app, plans } = watchPlans(bare.app)
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
  for (const { steps } of plans) {
    const text = steps.join(' | ')
    assert.doesNotMatch(text, /SCAN (notification|other|rep)\b/, text)
    assert.doesNotMatch(
      steps.filter((line) => !line.includes('SUBQUERY')).join(),
      /^USE TEMP B-TREE FOR ORDER BY$/,
      text,
    )
  }
  const groups = plans.filter(({ steps }) => steps.some((line) => line.includes('notification_groups')))
  assert.ok(groups.length >= 4, 'groups are found by their own index')
  await bare.close()
})
