import type { Member } from './people.ts'

type Status = { id: string; uri: string; account: { acct: string }; reblog: unknown; visibility: string }
export type Chance = () => number

/** What was answered with a 2xx: it has to be there at the end. */
export type Diary = { posted: Set<string>; deleted: Set<string>; done: Map<string, number>; failed: number }

export const openDiary = (): Diary => ({ posted: new Set(), deleted: new Set(), done: new Map(), failed: 0 })

/** Begins every text that is not for everybody; what follows says whose it is. */
export const SECRET = 'zqsecret'

type Own = { id: string; uri: string }
type Doing = { member: Member; chance: Chance; diary: Diary; own: Own[]; neighbours: readonly Member[] }

const pick = <T>(all: readonly T[], chance: Chance): T | undefined => all[Math.floor(chance() * all.length)]
let counter = 0

async function post({ member, diary, own }: Doing, fields: Record<string, string>): Promise<void> {
  const made = await member.api.post<Own>('/api/v1/statuses', fields)
  own.push(made)
  diary.posted.add(made.uri)
}

async function seen(
  { member, chance }: Doing,
  wanted: (status: Status) => boolean,
): Promise<Status | undefined> {
  const home = await member.api.get<Status[]>('/api/v1/timelines/home?limit=20')
  return pick(
    home.filter((each) => each.reblog === null && wanted(each)),
    chance,
  )
}

const isOpen = ({ visibility }: Status) => visibility === 'public' || visibility === 'unlisted'
const isOthers = ({ account }: Status) => account.acct.includes('@')

/** What members do, and how often an hour. */
const deeds: Record<string, { hourly: number; run(doing: Doing): Promise<void> }> = {
  post: {
    hourly: 3,
    run: (doing) => post(doing, { status: `word ${++counter} of ${doing.member.name} #life` }),
  },
  'followers only': {
    hourly: 0.5,
    run: (doing) =>
      post(doing, { status: `${SECRET}f${doing.member.name}n${++counter}e`, visibility: 'private' }),
  },
  direct: {
    hourly: 0.5,
    run: async (doing) => {
      const to = pick(doing.neighbours, doing.chance)
      if (to)
        await post(doing, {
          status: `${to.handle} ${SECRET}d${doing.member.name}n${++counter}e`,
          visibility: 'direct',
        })
    },
  },
  reply: {
    hourly: 1.5,
    run: async (doing) => {
      const status = await seen(doing, isOpen)
      if (status)
        await post(doing, {
          status: `@${status.account.acct} answer ${++counter}`,
          in_reply_to_id: status.id,
        })
    },
  },
  boost: { hourly: 1.5, run: (doing) => mark(doing, 'reblog') },
  favourite: { hourly: 4, run: (doing) => mark(doing, 'favourite') },
  'boost no more': { hourly: 0.3, run: (doing) => mark(doing, 'unreblog') },
  'favourite no more': { hourly: 0.5, run: (doing) => mark(doing, 'unfavourite') },
  edit: {
    hourly: 0.5,
    run: async ({ own, chance, member }) => {
      const mine = pick(own, chance)
      // What only some may read stays recognisable in every version.
      const source = mine && (await member.api.get<{ text: string }>(`/api/v1/statuses/${mine.id}/source`))
      if (mine && source)
        await member.api.put(`/api/v1/statuses/${mine.id}`, { status: `${source.text} edited` })
    },
  },
  delete: {
    hourly: 0.2,
    run: async ({ own, chance, member, diary }) => {
      const mine = pick(own, chance)
      if (!mine) return
      own.splice(own.indexOf(mine), 1)
      // Asked for is enough: an answer that was lost may have been a yes.
      diary.deleted.add(mine.uri)
      await member.api.delete(`/api/v1/statuses/${mine.id}`)
    },
  },
}

async function mark(doing: Doing, word: string): Promise<void> {
  const status = await seen(doing, (each) => isOpen(each) && isOthers(each))
  if (status) await doing.member.api.post(`/api/v1/statuses/${status.id}/${word}`)
}

/** One minute of the life of all members, spread over `ms`; what a server that is down refuses is simply not done. */
export async function liveMinute(
  members: readonly Member[],
  owns: Map<Member, Own[]>,
  diary: Diary,
  chance: Chance,
  ms: number,
): Promise<void> {
  const began = performance.now()
  const doings: Promise<void>[] = []
  for (const [n, member] of members.entries()) {
    const own = owns.get(member) ?? []
    owns.set(member, own)
    for (const [name, { hourly, run }] of Object.entries(deeds)) {
      if (chance() >= hourly / 60) continue
      const doing = { member, chance, diary, own, neighbours: members }
      doings.push(
        run(doing).then(
          () => void diary.done.set(name, (diary.done.get(name) ?? 0) + 1),
          () => void diary.failed++,
        ),
      )
    }
    const left = began + (ms * (n + 1)) / members.length - performance.now()
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
  }
  await Promise.all(doings)
}

export type { Own }
