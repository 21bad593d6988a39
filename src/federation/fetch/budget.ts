import { AsyncLocalStorage } from 'node:async_hooks'

type Budget = { left: number; outer: Budget | undefined }

// Carried along rather than handed on: a post leads to its author, that to a handle, and all of it is one piece of work.
const carried = new AsyncLocalStorage<Budget>()

/** Runs work that asks other servers `requests` times at most, whatever it leads to (LOOP-01); beyond that nothing is found. */
export function withBudget<T>(requests: number, work: () => Promise<T>): Promise<T> {
  return carried.run({ left: requests, outer: carried.getStore() }, work)
}

/** Counts one request against what this piece of work may ask; false when it may ask no more. */
export function spend(): boolean {
  if (isSpent()) return false
  for (let each = carried.getStore(); each; each = each.outer) each.left--
  return true
}

/** Whether this piece of work may ask nobody any more. */
export function isSpent(): boolean {
  for (let each = carried.getStore(); each; each = each.outer) if (each.left <= 0) return true
  return false
}
