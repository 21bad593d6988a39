import type { App, HostedDomain } from '#app.ts'
import { tagName } from '#platform/text/parse-text.ts'
import { ownList } from '#relationships/lists.ts'

/** The streams that carry what anybody may read. */
export const openStreams = [
  'public',
  'public:media',
  'public:local',
  'public:local:media',
  'public:remote',
  'public:remote:media',
  'hashtag',
  'hashtag:local',
] as const

/** The streams by their names on a WebSocket. */
export const streamNames = ['user', 'user:notification', ...openStreams, 'list', 'direct'] as const
export type StreamName = (typeof streamNames)[number]

/** Whose stream it is, as far as streams need to know; kept small, since thousands are held. */
export type Listener = {
  tokenId: number
  userId: number
  accountId: number
  domain: HostedDomain
  readsStatuses: boolean
  readsNotifications: boolean
  /** The only languages that public streams bring; all where there are none. */
  languages: readonly string[]
}

/** A stream as a client names it. */
export type StreamAsk = { stream?: unknown; tag?: unknown; list?: unknown }

/** A stream that may be heard: its channel, and how the client is told which stream an event came by. */
export type Subscription = { kind: StreamName; id: string | number; label: readonly string[] }

/** A stream that cannot be had; said to the client in these words. */
export class StreamRefusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads which stream a client asks for; throws a refusal when there is none such, or not for them. */
export async function readAsk(app: App, listener: Listener, ask: StreamAsk): Promise<Subscription> {
  const kind = streamNames.find((name) => name === first(ask.stream))
  if (!kind) throw new StreamRefusal(400, 'Unknown stream type')
  const allowed = kind === 'user:notification' ? listener.readsNotifications : listener.readsStatuses
  if (!allowed) throw new StreamRefusal(403, 'This action is outside the authorized scopes')
  if (kind === 'hashtag' || kind === 'hashtag:local') return tagStream(kind, first(ask.tag))
  if (kind === 'list') return listStream(app, listener, first(ask.list))
  const local = kind === 'public:local' || kind === 'public:local:media'
  const isPublic = kind.startsWith('public')
  const id = isPublic ? (local ? listener.domain.id : 0) : listener.accountId
  return { kind, id, label: [kind] }
}

function tagStream(kind: 'hashtag' | 'hashtag:local', asked: string): Subscription {
  const name = tagName(asked.replace(/^#/, '').slice(0, 512))
  if (!name) throw new StreamRefusal(400, 'Missing tag name parameter')
  return { kind, id: name, label: [kind, asked.slice(0, 512)] }
}

async function listStream(app: App, listener: Listener, asked: string): Promise<Subscription> {
  const list = await ownList(app, { id: listener.accountId }, asked).catch(() => null)
  if (!list) throw new StreamRefusal(404, 'List not found')
  return { kind: 'list', id: list.id, label: ['list', String(list.id)] }
}

/** A parameter, which may come several times over: the first counts. */
function first(value: unknown): string {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' || typeof one === 'number' ? String(one) : ''
}
