import type { Hono } from 'hono'
import type { App } from '#app.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import type { Hub } from './hub.ts'
import { hubOf } from './hub.ts'

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Whether this machine asks: how many listen is nobody else's business (AZ-20). */
export const asksFromHere = (ip: string) => ip === '::1' || ip.startsWith('127.')

/** Answers /metrics on names that are none of ours too, since this machine calls itself localhost. */
export function mountMetrics(site: Hono<Site>, app: App): void {
  site.get('/metrics', async (c, next) => {
    const { ip, host } = clientOf(c)
    if (app.domains.byHost(host) || !asksFromHere(ip)) return next()
    return c.body(streamMetrics(hubOf(app)), 200, {
      'Content-Type': METRICS_TYPE,
      'Cache-Control': 'no-store',
    })
  })
}

/** The types by their names in Mastodon's metrics. */
const TYPES = ['websocket', 'eventsource'] as const

/** What is open, for Prometheus, under the names that Mastodon gives it: with its prefix and without. */
export function streamMetrics(hub: Hub): string {
  const clients = TYPES.map((type): Sample => {
    const open = [...hub.connections].filter((each) => each.type === type).length
    return [`{type="${type}"}`, open]
  })
  const channels = new Map<string, number>()
  for (const { type, subscriptions } of hub.connections) {
    for (const { kind } of subscriptions) {
      const label = `{type="${type}",channel="${kind}"}`
      channels.set(label, (channels.get(label) ?? 0) + 1)
    }
  }
  const sent = TYPES.map((type): Sample => [`{type="${type}"}`, hub.sent[type]])
  return ['mastodon_streaming_', '']
    .flatMap((prefix) => [
      metric(`${prefix}connected_clients`, 'gauge', 'Streams that are open', clients),
      metric(`${prefix}connected_channels`, 'gauge', 'Channels that are heard', [...channels]),
      metric(`${prefix}messages_sent_total`, 'counter', 'Events that were sent', sent),
    ])
    .join('')
}

type Sample = [label: string, value: number]

function metric(name: string, kind: 'gauge' | 'counter', help: string, samples: Sample[]): string {
  const lines = samples.map(([label, value]) => `${name}${label} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}
