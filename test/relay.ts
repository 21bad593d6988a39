import { signCavage } from '../src/federation/signatures/signatures-cavage.ts'
import { digestOf } from '../src/federation/signatures/signatures-digest.ts'
import type { Network } from './network.ts'
import type { Stranger } from './stranger.ts'
import { PUBLIC, serveDocuments, stranger } from './stranger.ts'

type Json = Record<string, unknown>

/** A small relay of either kind: takes Follows, answers, and passes on what members send. */
export type Relay = {
  actor: Stranger
  inbox: string
  /** Origins of the servers that take part. */
  members: Set<string>
  /** What members sent, in order. */
  received: Json[]
  /** What it answers to a Follow; nothing while it is null. */
  answer: 'Accept' | 'Reject' | null
  /** Sends something to the shared inbox of a server, signed as the relay. */
  send(origin: string, activity: Json): Promise<number>
}

/** Opens a relay on the network: `mastodon` sends everything on as it came, `litepub` announces what it hears of. */
export function openRelay(network: Network, host: string, kind: 'mastodon' | 'litepub'): Relay {
  const documents = new Map<string, Json>()
  const actor = stranger(documents, host, 'relay')
  const inbox = String(documents.get(actor.uri)?.inbox)
  serveDocuments(network, documents, [host])
  const relay: Relay = { actor, inbox, members: new Set(), received: [], answer: 'Accept', send: deliver }
  const serve = network.hostOf(host)
  let owed: Promise<unknown> = Promise.resolve()
  network.host(host, async (request) => {
    if (request.method !== 'POST') return serve(request)
    const activity = JSON.parse(request.body.toString()) as Json
    relay.received.push(activity)
    owed = owed.then(() => react(activity, request.body.toString()))
    await owed
    return { status: 202, headers: {}, body: Buffer.alloc(0) }
  })

  async function react(activity: Json, text: string): Promise<void> {
    const origin = new URL(String(activity.actor)).origin
    if (activity.type === 'Follow') {
      if (relay.answer === null) return
      // It follows back before it says yes, as some do.
      if (kind === 'litepub') await deliver(origin, actor.activity('Follow', String(activity.actor)))
      await deliver(origin, actor.activity(relay.answer, activity))
      if (relay.answer === 'Accept') relay.members.add(origin)
    } else if (activity.type === 'Undo') relay.members.delete(origin)
    else if (kind === 'mastodon') {
      for (const member of relay.members) if (member !== origin) await deliverText(member, text)
    } else if (activity.type === 'Announce') {
      const announce = actor.activity('Announce', activity.object, {
        to: [`${actor.uri}/followers`],
        cc: [PUBLIC],
      })
      for (const member of relay.members) if (member !== origin) await deliver(member, announce)
    }
  }

  function deliver(origin: string, activity: Json): Promise<number> {
    return deliverText(origin, JSON.stringify(activity))
  }

  async function deliverText(origin: string, body: string): Promise<number> {
    const url = `${origin}/inbox`
    const headers = await signCavage({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/activity+json' },
      digest: digestOf(body),
      keyId: actor.keyId,
      privateKey: actor.keys.rsa.privatePem,
      now: Date.UTC(2026, 5, 1, 12),
    })
    return (await network.request({ method: 'POST', url, headers, body: Buffer.from(body) })).status
  }
  return relay
}
