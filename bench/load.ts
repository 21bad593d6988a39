import { Agent, request } from 'node:http'
import { signCavage } from '#federation/signatures/signatures-cavage.ts'
import { digestOf } from '#federation/signatures/signatures-digest.ts'

// Runs as a process of its own, so that making the load costs the server nothing; prints one JSON object.

export type Load = {
  port: number
  host: string
  method: string
  path: string
  headers: Record<string, string>
  /** Asked in turn, in place of the one path. */
  turns?: { path: string; headers: Record<string, string> }[]
  /** Sent with every request; `{n}` becomes its number. */
  body?: string
  connections: number
  seconds: number
  /** Stops after so many requests. */
  most?: number
  /** Signs distinct Create(Note) activities beforehand and sends each once. */
  signers?: { keyId: string; uri: string; privateKey: string }[]
  signed?: number
  /** Signs each with the key of another than it says, as a forger would; good is then a refusal with 401. */
  forged?: boolean
}
export type LoadResult = { requests: number; good: number; seconds: number; p50: number; p99: number }

type Shot = { path: string; headers: Record<string, string>; body: string }

async function signedShots(load: Load): Promise<Shot[]> {
  const shots: Shot[] = []
  for (let n = 0; n < (load.signed ?? 0); n++) {
    const signer = load.signers?.[n % load.signers.length]
    if (!signer) break
    const note = `${signer.uri}/notes/${Date.now()}-${n}`
    const to = ['https://www.w3.org/ns/activitystreams#Public']
    const cc = [`${signer.uri}/followers`]
    const content = `<p>Bench note ${n} with a few words in it, as people write them.</p>`
    const published = new Date().toISOString()
    const object = { id: note, type: 'Note', attributedTo: signer.uri, to, cc, content, published, url: note }
    const activity = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${note}/activity`,
      type: 'Create',
      actor: signer.uri,
      to,
      cc,
      object,
    }
    const body = JSON.stringify(activity)
    const headers = await signCavage({
      method: 'POST',
      url: `http://${load.host}${load.path}`,
      headers: { 'content-type': 'application/activity+json' },
      digest: digestOf(body),
      keyId: signer.keyId,
      privateKey: (load.forged ? (load.signers?.[(n + 1) % load.signers.length] ?? signer) : signer)
        .privateKey,
      now: Date.now(),
    })
    shots.push({ path: load.path, headers, body })
  }
  return shots
}

function fire(load: Load, agent: Agent, shot: Shot): Promise<{ ms: number; good: boolean }> {
  return new Promise((resolve) => {
    const began = performance.now()
    const done = (good: boolean) => resolve({ ms: performance.now() - began, good })
    const headers = {
      ...shot.headers,
      host: load.host,
      ...(shot.body ? { 'content-length': String(Buffer.byteLength(shot.body)) } : {}),
    }
    const asking = request(
      { host: '127.0.0.1', port: load.port, method: load.method, path: shot.path, headers, agent },
      (answer) => {
        answer.on('data', () => {})
        answer.on('end', () => {
          const status = answer.statusCode ?? 500
          done(load.forged ? status === 401 : status < 300)
        })
        answer.on('error', () => done(false))
      },
    )
    asking.on('error', () => done(false))
    asking.end(shot.body)
  })
}

async function run(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const shots = load.signers ? await signedShots(load) : null
  const times: number[] = []
  let good = 0
  let n = 0
  process.send?.('ready')
  await new Promise((resolve) => process.once('message', resolve))
  const began = performance.now()
  const until = began + load.seconds * 1000
  const one = async () => {
    while (performance.now() < until) {
      const number = n++
      if (load.most !== undefined && number >= load.most) return
      const { path, headers } = load.turns?.[number % load.turns.length] ?? load
      const body = (load.body ?? '').replaceAll('{n}', String(number))
      const shot = shots ? shots[number] : { path, headers, body }
      if (!shot) return
      const result = await fire(load, agent, shot)
      times.push(result.ms)
      if (result.good) good++
    }
  }
  await Promise.all(Array.from({ length: load.connections }, one))
  const seconds = (performance.now() - began) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { requests: times.length, good, seconds, p50: at(0.5), p99: at(0.99) }
}

process.once('message', (load) => {
  void run(load as Load).then((result) => {
    process.send?.(result)
    process.disconnect?.()
  })
})
