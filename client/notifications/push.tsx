import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { boot } from '../boot.ts'
import { keep, kept } from '../offline/kept.ts'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'

const KINDS = [
  'mention',
  'quote',
  'follow',
  'follow_request',
  'favourite',
  'reblog',
  'poll',
  'status',
] as const
type Kind = (typeof KINDS)[number]
type Alerts = Record<Kind, boolean>
/** What the server was told: its number for this browser, and of which kinds it sends word. */
type Told = { id: string; alerts: Alerts }

const FIRST = new Set<Kind>(['mention', 'quote'])
const PATH = '/api/web/push_subscriptions'
const { public_key: serverKey } = boot.instance.configuration.vapid
const told = signal<Told | null>(null)
const busy = signal(false)

const canPush = (): boolean => 'PushManager' in window && 'serviceWorker' in navigator && serverKey !== ''

/** Asks for the browser's leave and has mentions and quotes pushed here. */
async function begin(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return
  const { pushManager } = await navigator.serviceWorker.ready
  const place = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: serverKey })
  const { endpoint, keys } = place.toJSON()
  const alerts = Object.fromEntries(KINDS.map((kind) => [kind, FIRST.has(kind)])) as Alerts
  const { id } = await send<{ id: string }>('POST', PATH, {
    subscription: { endpoint, keys, standard: true },
    data: { alerts },
  })
  await settle({ id: String(id), alerts })
}

async function choose({ id, alerts }: Told, kind: Kind, on: boolean): Promise<void> {
  const chosen = { ...alerts, [kind]: on }
  await send('PUT', `${PATH}/${id}`, { data: { alerts: chosen } })
  await settle({ id, alerts: chosen })
}

async function end({ id }: Told): Promise<void> {
  await send('DELETE', `${PATH}/${id}`)
  const { pushManager } = await navigator.serviceWorker.ready
  await (await pushManager.getSubscription())?.unsubscribe()
  await settle(null)
}

async function settle(now: Told | null): Promise<void> {
  told.value = now
  await keep('push', now)
}

/** Push belongs to the session in this browser, which proves itself by its cookie and the secret of its forms. */
async function send<Data>(method: string, path: string, body?: unknown): Promise<Data> {
  const answer = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'x-csrf-token': boot.csrf },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const data = await answer.json()
  if (!answer.ok) throw new Error(data.error ?? answer.statusText)
  return data as Data
}

async function attempt(work: () => Promise<void>): Promise<void> {
  busy.value = true
  await work().catch((error: Error) => toast(error.message))
  busy.value = false
}

async function recall(): Promise<void> {
  const place = await (await navigator.serviceWorker.ready).pushManager.getSubscription()
  told.value = place ? ((await kept<Told | null>('push')) ?? null) : null
}

/** What is told on this device while the app is closed; nothing is asked of the browser before a click. */
export function PushChoices() {
  useEffect(() => {
    if (canPush()) void recall()
  }, [])
  if (!canPush()) return null
  const { value: now } = told
  return (
    <details class="push-choices">
      <summary>{say('push-title')}</summary>
      {Notification.permission === 'denied' && <p>{say('push-denied')}</p>}
      {Notification.permission !== 'denied' && !now && (
        <button type="button" class="button main" disabled={busy.value} onClick={() => void attempt(begin)}>
          {say('push-begin')}
        </button>
      )}
      {now && <Kinds now={now} />}
    </details>
  )
}

function Kinds({ now }: { now: Told }) {
  return (
    <>
      <fieldset disabled={busy.value}>
        <legend>{say('push-kinds')}</legend>
        {KINDS.map((kind) => (
          <label class="check">
            <input
              type="checkbox"
              checked={now.alerts[kind]}
              onChange={({ currentTarget }) => void attempt(() => choose(now, kind, currentTarget.checked))}
            />{' '}
            {say(`push-${kind}`)}
          </label>
        ))}
      </fieldset>
      <button
        type="button"
        class="button quiet"
        disabled={busy.value}
        onClick={() => void attempt(() => end(now))}
      >
        {say('push-end')}
      </button>
    </>
  )
}
