import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { sameOrigin } from '../shapes/shape.ts'
import { pagesOf } from './walk-collection.ts'

const MOST = 100_000_000

/** Asks the collections of an account elsewhere how many follow it, whom it follows and what it wrote, and whether it shows whom. */
export async function readCounts(app: App, account: AccountRow): Promise<void> {
  const [followers, following, outbox] = await Promise.all([
    headOf(app, account, account.followers_url),
    headOf(app, account, account.following_url),
    headOf(app, account, account.outbox_url),
  ])
  const networks = [followers, following].flatMap((head) => head ?? [])
  // Who lists nobody there hides both (surface o).
  const isHidden = networks.length > 0 && networks.every((head) => !head.hasFirst && head.count !== 0)
  const changes = {
    ...countOf('followers_count', followers),
    ...countOf('following_count', following),
    ...countOf('statuses_count', outbox),
    ...(networks.length > 0 ? { hide_collections: isHidden ? 1 : 0 } : {}),
  }
  if (Object.keys(changes).length === 0) return
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('account')
      .set(changes)
      .where('id', '=', account.id)
      .where('domain_id', 'is', null)
      .execute()
  })
}

type Head = { count: number | null; hasFirst: boolean }

async function headOf(app: App, account: AccountRow, url: string | null): Promise<Head | null> {
  if (url === null) return null
  const walk = { pages: 1, mayAsk: (each: string) => sameOrigin(each, account.uri) }
  for await (const page of pagesOf(app, url, account.uri, walk)) {
    const isCount = page.total !== null && Number.isFinite(page.total) && page.total >= 0
    return {
      count: isCount ? Math.min(MOST, Math.trunc(page.total as number)) : null,
      hasFirst: page.hasFirst,
    }
  }
  return null
}

type Counted = 'followers_count' | 'following_count' | 'statuses_count'

const countOf = (column: Counted, head: Head | null): Partial<Record<Counted, number>> =>
  head?.count == null ? {} : { [column]: head.count }
