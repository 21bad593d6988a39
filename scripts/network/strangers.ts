import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signCavage } from '../../src/federation/signatures/signatures-cavage.ts'
import { digestOf } from '../../src/federation/signatures/signatures-digest.ts'
import type { Member } from './people.ts'

const CONTEXT = 'https://www.w3.org/ns/activitystreams'
/** Longer than anybody should wait for a delivery. */
const SLOW = 12_000

export const manners = ['slow', '500', 'garbage'] as const
export type Manner = (typeof manners)[number]

/** A server that follows members and then behaves badly. It keeps all it is sent. */
export type Stranger = {
  manner: Manner
  host: string
  received: string[]
  follow(members: readonly Member[], hostOf: (member: Member) => string): Promise<void>
  misbehave(): void
  close(): void
}

/** Opens a server with one actor on it, which is well-behaved until told otherwise. */
export async function openStranger(manner: Manner): Promise<Stranger> {
  const encoding = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, ...encoding })
  const received: string[] = []
  let isBad = false
  const server = createServer((incoming, outgoing) => {
    if (incoming.method === 'POST') void collect(incoming, received)
    if (isBad) return answerBadly(manner, outgoing)
    if (incoming.method === 'POST') return outgoing.writeHead(202).end()
    const isActor = incoming.url === '/actor'
    outgoing.writeHead(isActor ? 200 : 404, { 'content-type': 'application/activity+json' })
    return outgoing.end(isActor ? JSON.stringify(actor) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `localhost:${(server.address() as AddressInfo).port}`
  const id = `http://${host}/actor`
  const actor = {
    '@context': [CONTEXT, 'https://w3id.org/security/v1'],
    id,
    type: 'Person',
    preferredUsername: 'stranger',
    inbox: `http://${host}/inbox`,
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem: publicKey },
  }
  return {
    manner,
    host,
    received,
    misbehave: () => void (isBad = true),
    close() {
      server.close()
      server.closeAllConnections()
    },
    async follow(members, hostOf) {
      for (const [n, member] of members.entries()) {
        const follow = {
          '@context': CONTEXT,
          id: `${id}/follows/${n}`,
          type: 'Follow',
          actor: id,
          object: member.uri,
        }
        await deliver(`http://${hostOf(member)}/inbox`, JSON.stringify(follow), `${id}#main-key`, privateKey)
      }
    },
  }
}

async function collect(incoming: IncomingMessage, received: string[]): Promise<void> {
  let text = ''
  try {
    for await (const chunk of incoming) text += String(chunk)
  } finally {
    received.push(text)
  }
}

function answerBadly(manner: Manner, outgoing: ServerResponse): void {
  if (manner === '500') return void outgoing.writeHead(500).end('no')
  if (manner === 'slow') return void setTimeout(() => outgoing.writeHead(202).end(), SLOW).unref()
  outgoing.socket?.end('\u0000\u0007 this is not HTTP \r\n\r\n')
}

async function deliver(url: string, body: string, keyId: string, privateKey: string): Promise<void> {
  const headers = await signCavage({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/activity+json' },
    digest: digestOf(body),
    keyId,
    privateKey,
    now: Date.now(),
  })
  await new Promise<void>((resolve, reject) => {
    const asking = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.on('end', () =>
        answer.statusCode === 202
          ? resolve()
          : reject(new Error(`a follow was answered ${answer.statusCode}`)),
      )
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
