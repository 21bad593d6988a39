import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import type { OpenWire } from '../pubsub.ts'
import { SECOND } from '../times.ts'

/** Texts that wait while the database cannot be reached; the oldest are lost first. */
const MOST_WAITING = 2000
const TRY_AGAIN = SECOND
/** How often the listening connection proves that it still stands: a cut line would otherwise be silent for ever. */
const PROVE_EVERY = 30 * SECOND
const SENDER_LENGTH = 8

export type PostgresLine = {
  /** Makes a connection of its own, not yet connected; only a session can listen. */
  makeClient(): Client
  /** Runs one statement on any connection. */
  run(statement: string, values: unknown[]): Promise<unknown>
}

/**
 * Joins every thread and process on one PostgreSQL database by LISTEN and NOTIFY. What is sent within one turn of the
 * event loop goes in one statement; after a broken connection the listeners are told that they may have missed some.
 */
export function postgresWire(line: PostgresLine): OpenWire {
  return (name, { received, missed }) => {
    const self = randomBytes(6).toString('base64url').slice(0, SENDER_LENGTH)
    const hear = (payload: string) => {
      if (!payload.startsWith(self)) received(payload.slice(SENDER_LENGTH))
    }
    const ear = keepListening(line, name, hear, missed)
    const mouth = openMouth((texts) =>
      line.run('select pg_notify($1, item) from unnest($2::text[]) as item', [
        name,
        texts.map((text) => self + text),
      ]),
    )
    return {
      send: mouth.send,
      ready: ear.ready,
      async close() {
        await mouth.close()
        await ear.close()
      },
    }
  }
}

function openMouth(say: (texts: string[]) => Promise<unknown>) {
  // The same words twice in one breath are heard once.
  let waiting = new Set<string>()
  let speaking: Promise<void> | null = null
  let open = true
  const speak = async () => {
    for (let pause = false; waiting.size > 0; pause = !(await utter())) {
      if (pause && !open) return
      await new Promise((resolve) => (pause ? setTimeout(resolve, TRY_AGAIN).unref() : setImmediate(resolve)))
    }
  }
  const utter = async () => {
    const texts = [...waiting]
    waiting = new Set()
    try {
      await say(texts)
      return true
    } catch {
      waiting = new Set([...texts, ...waiting].slice(-MOST_WAITING))
      return false
    }
  }
  return {
    send(text: string) {
      waiting.delete(text)
      waiting.add(text)
      speaking ??= speak().finally(() => {
        speaking = null
      })
    },
    async close() {
      open = false
      await speaking
    },
  }
}

function keepListening(
  line: PostgresLine,
  name: string,
  hear: (payload: string) => void,
  missed: () => void,
) {
  let client: Client | null = null
  let open = true
  let later: NodeJS.Timeout | undefined
  let listening = Promise.withResolvers<void>()
  const lose = (lost: Client) => {
    if (client !== lost) return
    client = null
    lost.end().catch(() => {})
    listening = Promise.withResolvers<void>()
    if (open) later = setTimeout(() => void connect(), TRY_AGAIN)
  }
  const connect = async () => {
    const fresh = line.makeClient()
    client = fresh
    fresh.on('notification', ({ payload }) => hear(payload ?? ''))
    fresh.on('error', () => lose(fresh))
    fresh.on('end', () => lose(fresh))
    try {
      await fresh.connect()
      await fresh.query(`listen ${fresh.escapeIdentifier(name)}`)
    } catch {
      return lose(fresh)
    }
    missed()
    listening.resolve()
  }
  const proof = setInterval(() => {
    const asked = client
    if (!asked) return
    const late = setTimeout(() => lose(asked), PROVE_EVERY / 2)
    asked.query('select 1').then(
      () => clearTimeout(late),
      () => lose(asked),
    )
  }, PROVE_EVERY)
  proof.unref()
  void connect()
  return {
    ready: () => listening.promise,
    async close() {
      open = false
      clearTimeout(later)
      clearInterval(proof)
      const last = client
      client = null
      await last?.end().catch(() => {})
    },
  }
}
