import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { HostedDomain } from '#app.ts'
import { filteredBy } from '#filters/filtered.ts'
import { filtersOfReaders } from '#filters/reader-filters.ts'
import { tagName } from '#platform/text/parse-text.ts'
import { HOUR } from '#platform/times.ts'
import type { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import { homeAudience } from '#timelines/home-audience.ts'
import { listAudience } from '#timelines/list-audience.ts'
import { StreamEvent } from './event.ts'
import type { Hub } from './hub.ts'
import { presentForMany } from './present-for-many.ts'
import { seenApart } from './quoted-alike.ts'
import type { Listener, StreamName } from './streams.ts'
import { openStreams } from './streams.ts'
import { unwillingAmong } from './unwilling.ts'

type News = 'update' | 'status.update'

/** What is older when it arrives is history, not news. */
const NEWS_FOR = 6 * HOUR

/** Sends a status to every stream it belongs in, shaped once for all who see the same of it. */
export async function passStatus(hub: Hub, news: News, statusId: number): Promise<void> {
  const { app } = hub
  const status = await statusById(app, statusId)
  if (!status || (news === 'update' && status.created_at < app.now() - NEWS_FOR)) return
  await toOwn(hub, news, status)
  if (status.visibility === 'public' && status.reblog_of_id === null) await toPublic(hub, news, status)
}

type Place = { kind: 'user' | 'list'; id: number; owner: number }

/** Homes and lists: each is shown what its owner would find there. */
async function toOwn(hub: Hub, news: News, status: StatusRow): Promise<void> {
  const { app } = hub
  const homes = await homeAudience(app, status, hub.heard<number>('user'))
  const lists = await listAudience(app, status, hub.heard<number>('list'))
  const places: Place[] = [
    ...homes.map((id) => ({ kind: 'user' as const, id, owner: id })),
    ...lists.map(({ id, account_id: owner }) => ({ kind: 'list' as const, id, owner })),
  ]
  const owners = await accountsByIds(app, [...new Set(places.map(({ owner }) => owner))])
  const events = new Map<number, StreamEvent>()
  for (const domain of app.domains.all()) {
    const viewers = [...owners.values()].filter((account) => account.domain_id === domain.id)
    for (const { status: shown, accountIds } of await presentForMany(app, domain, status, viewers)) {
      const event = new StreamEvent(news, shown)
      for (const accountId of accountIds) events.set(accountId, event)
    }
  }
  for (const { kind, id, owner } of places) hub.tell(kind, id, () => events.get(owner) ?? null)
}

type Channel = { kind: StreamName; id: string | number }

async function toPublic(hub: Hub, news: News, status: StatusRow): Promise<void> {
  const { app } = hub
  if (!openStreams.some((kind) => hub.heard(kind).length > 0)) return
  const author = await accountById(app, status.account_id)
  if (!author || author.silenced_at !== null) return
  const shapes = new Map<HostedDomain, Status>()
  for (const domain of app.domains.all()) {
    const [shown] = await presentStatuses(app, { domain, account: null }, [status.id])
    if (shown) shapes.set(domain, shown)
  }
  const [any] = shapes.values()
  if (!any) return
  const channels = channelsOf(status, any).filter(({ kind, id }) => hub.hearers(kind, id).size > 0)
  const members = new Set<number>()
  for (const { kind, id } of channels) {
    for (const { listener } of hub.hearers(kind, id)) members.add(listener.accountId)
  }
  const mentioned = any.mentions.map((each) => Number(each.id))
  const unwilling = await unwillingAmong(app, [...members], { author, mentioned })
  const events = new Map([...shapes].map(([domain, shown]) => [domain.id, new StreamEvent(news, shown)]))
  const filtering = await filtersOfReaders(app, [...members])
  const apart = await seenApart(app, any, [...members])
  const choose = (listener: Listener) => {
    const { accountId, domain, languages } = listener
    if (unwilling.has(accountId) || !speaks(languages, status.language)) return null
    const own = apart.get(accountId)
    if (own) return new StreamEvent(news, own)
    const [filters, shown] = [filtering.get(accountId), shapes.get(domain)]
    const filtered = filters && shown ? filteredBy(app, filters, shown) : []
    if (shown && filtered.length > 0) return new StreamEvent(news, { ...shown, filtered })
    return events.get(domain.id) ?? null
  }
  for (const { kind, id } of channels) hub.tell(kind, id, choose)
}

const speaks = (languages: readonly string[], language: string | null) =>
  languages.length === 0 || language === null || languages.includes(language)

/** The public channels a public status belongs in: answers to others are in those of hashtags only. */
function channelsOf(status: StatusRow, shown: Status): Channel[] {
  const channels: Channel[] = []
  const isAnswer =
    status.in_reply_to_uri !== null ||
    (status.in_reply_to_id !== null && status.in_reply_to_account_id !== status.account_id)
  if (!isAnswer) {
    const [place, id] =
      status.domain_id === null ? ['remote' as const, 0] : ['local' as const, status.domain_id]
    channels.push({ kind: 'public', id: 0 }, { kind: `public:${place}`, id })
    if (shown.media_attachments.length > 0)
      channels.push({ kind: 'public:media', id: 0 }, { kind: `public:${place}:media`, id })
  }
  for (const name of new Set(shown.tags.map((tag) => tagName(tag.name)))) {
    channels.push({ kind: 'hashtag', id: name })
    if (status.domain_id !== null) channels.push({ kind: 'hashtag:local', id: name })
  }
  return channels
}
