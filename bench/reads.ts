import type { Load } from './load.ts'
import { randomFrom } from './random.ts'
import type { BenchWorld } from './world.ts'
import { readerTokens, tokens } from './world.ts'

export type Read = Pick<Load, 'method' | 'path' | 'headers' | 'turns'>

const MANY = 2000
const HOME = '/api/v1/timelines/home'
const as = (token: string) => ({ authorization: `Bearer ${token}` })

/** Every read that is measured, by name: in one world or, for growth, in a small one and a large one. */
export function reads({ facts }: BenchWorld): Record<string, Read> {
  const random = randomFrom(11)
  const get = (path: string, headers: Record<string, string>): Read => ({ method: 'GET', path, headers })
  const inTurn = (turn: (n: number) => { path: string; headers: Record<string, string> }): Read => ({
    ...get('', {}),
    turns: Array.from({ length: MANY }, (_, n) => turn(n)),
  })
  // A small world holds less than a page of anybody's home before its first third.
  const anywhere = () => {
    const { first, last } = facts.span
    return Math.floor(first + (last - first) * (1 / 3 + (random() * 2) / 3))
  }
  const deep = (path: string) => `${path}?max_id=${anywhere()}`
  const readerAt = (n: number) => as(readerTokens[n % readerTokens.length] as string)
  const reader = as(tokens.reader)
  return {
    home: get(HOME, reader),
    home_2000: get(HOME, as(tokens.devotee)),
    context: get(`/api/v1/statuses/${facts.threadId}/context`, reader),
    profile_page: get('/@poster', {}),
    public: get('/api/v1/timelines/public', reader),
    account: get(`/api/v1/accounts/${facts.posterId}/statuses`, reader),
    home_deep: inTurn(() => ({ path: deep(HOME), headers: reader })),
    home_readers: inTurn((n) => ({ path: HOME, headers: readerAt(n) })),
    home_readers_deep: inTurn((n) => ({ path: deep(HOME), headers: readerAt(n) })),
    home_2000_deep: inTurn(() => ({ path: deep(HOME), headers: as(tokens.devotee) })),
    public_deep: inTurn(() => ({ path: deep('/api/v1/timelines/public'), headers: reader })),
    // Those that fill a page in a small world too.
    tag: inTurn((n) => ({ path: `/api/v1/timelines/tag/tag${1 + (n % 3)}`, headers: reader })),
  }
}

/** The reads with a line of their own; the others are measured for growth only. */
export const readLines = ['home', 'home_2000', 'context', 'profile_page', 'public', 'account']
