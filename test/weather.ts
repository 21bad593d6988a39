import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, Server } from 'node:http'
import { createServer as createPlainServer, request as send } from 'node:http'
import { createServer } from 'node:https'
import { generate } from 'selfsigned'
import type { Authority } from '../scripts/loopback/tls.ts'

type Request = { method: string; path: string; headers: OutgoingHttpHeaders; body: Buffer }
type Answer = { status: number; headers: OutgoingHttpHeaders; body: Buffer }

/** What may befall a delivery on its way. */
const fates = ['passes', 'is lost', 'answer is lost', 'comes twice', 'is held'] as const
export type Fate = (typeof fates)[number]

/** A proxy in front of a server: takes TLS off, and lets deliveries come late, twice, in another order or not at all. */
export type Weather = {
  /** From now on each delivery meets a fate that `random` chooses. */
  storm(random: () => number): void
  /** From now on everything passes. */
  calm(): void
  /** Delivers what was held, in the order that `random` gives; whether there was any. */
  release(random: () => number): Promise<boolean>
  /** How often each fate was met. */
  met: Map<Fate, number>
  /** Deliveries that the proxy answered for and that the server refused afterwards. */
  refused: string[]
  close(): Promise<void>
}

/** Opens the proxy at `https://name:port`, or `http` where there is no authority, in front of a plain server on loopback. */
export async function openWeather(
  authority: Authority | null,
  door: { name: string; port: number; to: number },
): Promise<Weather> {
  let chance: (() => number) | null = null
  let held: Request[] = []
  const met = new Map<Fate, number>()
  const refused: string[] = []

  async function meet(request: Request): Promise<Answer | null> {
    const isDelivery = request.method === 'POST' && request.path.endsWith('/inbox')
    const fate = chance && isDelivery ? (fates[Math.floor(chance() * fates.length)] as Fate) : 'passes'
    if (isDelivery) met.set(fate, (met.get(fate) ?? 0) + 1)
    if (fate === 'is lost') return null
    if (fate === 'is held') {
      held.push(request)
      return { status: 202, headers: {}, body: Buffer.alloc(0) }
    }
    const answer = await pass(door.to, request)
    if (fate === 'comes twice') return pass(door.to, request)
    return fate === 'answer is lost' ? null : answer
  }

  const server = await listener(authority, door.name, (incoming, outgoing) => {
    read(incoming)
      .then(meet)
      .then((answer) => {
        if (!answer) return outgoing.destroy()
        outgoing.writeHead(answer.status, answer.headers)
        return outgoing.end(answer.body)
      })
      .catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(door.port, '127.0.0.1', resolve)
  })
  return {
    met,
    refused,
    storm: (random) => void (chance = random),
    calm: () => void (chance = null),
    async release(random) {
      const late = shuffled(held, random)
      held = []
      for (const request of late) {
        const { status, body } = await pass(door.to, request)
        if (status > 299) refused.push(`${status} ${body} for ${request.body}`)
      }
      return late.length > 0
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listener(authority: Authority | null, name: string, answer: RequestListener): Promise<Server> {
  if (!authority) return createPlainServer(answer)
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    notAfterDate: new Date(Date.now() + 86_400_000),
    ca: authority,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  })
  return createServer({ key, cert }, answer)
}

/** The same things in an order that `random` gives. */
export function shuffled<T>(given: readonly T[], random: () => number): T[] {
  const all = [...given]
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[all[at], all[other]] = [all[other] as T, all[at] as T]
  }
  return all
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { method = 'GET', url: path = '/', headers } = incoming
  return { method, path, headers, body: Buffer.concat(chunks) }
}

function pass(port: number, { method, path, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = send({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
