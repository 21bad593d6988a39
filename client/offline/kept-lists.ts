import type { Status } from '#statuses/entities.ts'
import type { Answer } from '../api.ts'
import { ask, Offline } from '../api.ts'
import { boot } from '../boot.ts'
import { keep, kept } from './kept.ts'

const MOST_POSTS = 400
/** Home changes with each post that arrives; it is written down when it has been quiet for so long. */
const QUIET_MS = 2000
/** What is written down is one member's: another in the same browser never reads it. */
const own = (name: string): string => `${boot.me.id} ${name}`

let timer: ReturnType<typeof setTimeout> | undefined

/** Writes the newest posts of home down, soon. */
export function keepHome(posts: () => Status[]): void {
  clearTimeout(timer)
  timer = setTimeout(() => void keep(own('home'), posts().slice(0, MOST_POSTS)), QUIET_MS)
}

/** The posts of home that were written down, below the one with this id, or all. */
export async function keptHome(below: string | undefined): Promise<Status[]> {
  const posts = (await kept<Status[]>(own('home'))) ?? []
  return below === undefined ? posts : posts.slice(posts.findIndex(({ id }) => id === below) + 1)
}

/** Asks for something that is also read while the line is down: then the last answer is given again. */
export async function askOrKept<Data>(path: string): Promise<Answer<Data>> {
  try {
    const answer = await ask<Data>(path)
    void keep(own(path), answer.data)
    return answer
  } catch (error) {
    const data = error instanceof Offline ? await kept<Data>(own(path)) : undefined
    if (data === undefined) throw error
    return { data, next: null, headers: new Headers() }
  }
}
