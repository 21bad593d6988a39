import type { App } from '#app.ts'

/**
 * Whether two ids are of one maker that counts up, and the first was made before the second. What somebody does, takes
 * back and does again may arrive in any order, and only its ids tell the one from the other (FAIL-19).
 */
export function isEarlier(one: string, other: string): boolean {
  if (one === other || one.length > 2048 || other.length > 2048) return false
  const [left, right] = [partsOf(one), partsOf(other)]
  if (left.length !== right.length) return false
  const at = left.findIndex((part, index) => part !== right[index])
  const [first = '', second = ''] = [left[at], right[at]]
  // They differ in one place alone.
  if (left.some((part, index) => index > at && part !== right[index])) return false
  if (/^\d{1,30}$/.test(first) && /^\d{1,30}$/.test(second)) return BigInt(first) < BigInt(second)
  const isUlid = (part: string) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(part)
  return isUlid(first) && isUlid(second) && first.toUpperCase() < second.toUpperCase()
}

const partsOf = (id: string) => id.split(/[/#?=&]/)

type Kept = 'favourite' | 'block' | 'follow' | 'follow_request' | 'status'

/** What is kept of two of the same is the later one, whichever came first: its end is the end of both. */
export async function keepLater(
  app: App,
  table: Kept,
  known: { id: number; uri: string },
  uri: string,
): Promise<void> {
  if (!isEarlier(known.uri, uri)) return
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable(table).set({ uri }).where('id', '=', known.id).execute()
  })
}
