import { clear, createStore, get, set, update } from 'idb-keyval'

/** What this browser keeps of the member for when the line is down. The app and its service worker share it. */
const store = createStore('hyrax', 'kept')

const quietly = <Value>(work: Promise<Value>): Promise<Value | undefined> => work.catch(() => undefined)

/** Keeps something by its name. A browser that gives no room, as some do in private windows, keeps nothing. */
export const keep = (name: string, value: unknown): Promise<unknown> => quietly(set(name, value, store))
/** What was kept by that name, or undefined. */
export const kept = <Value>(name: string): Promise<Value | undefined> => quietly(get<Value>(name, store))
/** Changes what is kept by that name in one step, whoever else does so. */
export const change = <Value>(name: string, to: (before: Value | undefined) => Value): Promise<void> =>
  update<Value>(name, to, store)
/** Forgets everything. */
export const forgetKept = (): Promise<unknown> => quietly(clear(store))

/** What the buttons of a pushed notification say, in the reader's language. */
export type PushWords = { reply: string; read: string }

/** Whose things these are; those of whoever was here before go. */
export async function keepFor(accountId: string, token: string): Promise<void> {
  const owner = await kept<string>('owner')
  if (owner !== undefined && owner !== accountId) await forgetKept()
  await keep('owner', accountId)
  await keep('token', token)
}

export const keptToken = (): Promise<string | undefined> => kept<string>('token')

/** Files that another app shared, until the composer takes them. */
export const keepShared = (files: File[]): Promise<unknown> => keep('shared', files)
export async function takeShared(): Promise<File[]> {
  const files = (await kept<File[]>('shared')) ?? []
  if (files.length > 0) await keep('shared', [])
  return files
}
