import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import WebSocket from 'ws'
import type { AccountRow } from '#accounts/accounts.ts'
import { ownApplication } from '#auth/apps.ts'
import { createToken } from '#auth/tokens.ts'
import { userByAccount } from '#auth/users.ts'
import type { OpenServer } from '#platform/http/server.ts'
import { openServer } from '#platform/http/server.ts'
import { hubOf } from '../src/streaming/hub.ts'
import { openWebSockets } from '../src/streaming/web-socket.ts'
import type { World } from './world.ts'

/** How long a test waits for what must come; what must not come is never waited for. */
const PATIENCE = 10_000

export type Frame = { stream?: string[]; event?: string; payload?: string; error?: string; status?: number }

/** An open stream of a test. */
export type OpenStream<T> = {
  /** The next thing it heard. */
  next(): Promise<T>
  /** Resolves when it ended: the code of a WebSocket, 0 for an event stream. */
  ended: Promise<number>
  close(): void
}
export type TestSocket = OpenStream<Frame> & { ws: WebSocket; say(order: unknown): void }

function queue<T>() {
  const heard: T[] = []
  const waiting: ((value: T) => void)[] = []
  return {
    put(value: T) {
      const taker = waiting.shift()
      if (taker) taker(value)
      else heard.push(value)
    },
    next: () => {
      const value = heard.shift()
      if (value !== undefined) return Promise.resolve(value)
      return new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('nothing came')), PATIENCE)
        waiting.push((one) => {
          clearTimeout(timer)
          resolve(one)
        })
      })
    },
  }
}

/** A world that listens on a port, with clients that open streams on it. */
export type StreamingWorld = {
  port: number
  tokenOf(who: AccountRow, scopes?: string): Promise<string>
  socket(path: string, options?: SocketOptions): Promise<TestSocket>
  /** Opens what must be refused, and gives the status. */
  refused(path: string, options?: SocketOptions): Promise<{ status: number; message: string }>
  lines(path: string, token: string): Promise<OpenStream<string> & { status: number }>
  /** Runs what is owed and lets everything told be sent. */
  settle(): Promise<void>
  close(): Promise<void>
}
export type SocketOptions = { token?: string; protocol?: string; headers?: Record<string, string> }

/** A fresh token of somebody. */
export async function tokenFor(w: World, who: AccountRow, scopes = 'read push'): Promise<string> {
  return createToken(w.app, {
    applicationId: (await ownApplication(w.app, 'hyrax-command-line')).id,
    userId: (await userByAccount(w.app, who.id))?.id ?? null,
    scopes: scopes.split(' '),
  })
}

/** Lets a world listen, as the server does. */
export async function listening(w: World): Promise<StreamingWorld> {
  const host = w.app.domains.all()[0]?.web_host ?? ''
  const server = await openServer({
    // Client libraries dial the port; what they ask for is this world's domain all the same.
    fetch: (request, env) => w.site.fetch(request, { ...env, client: { ...env.client, host } }),
    listen: { host: '127.0.0.1', port: 0 },
    log: w.app.log,
    trusted: [],
    onUpgrade: openWebSockets(w.app),
  })
  const port = server.port as number
  const dial = (path: string, { token, protocol, headers = {} }: SocketOptions = {}) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol ? [protocol] : [], {
      headers: { host, ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    })
  return {
    port,
    tokenOf: (who, scopes) => tokenFor(w, who, scopes),
    socket: async (path, options) => openSocket(dial(path, options)),
    refused: async (path, options) => refusalOf(dial(path, options)),
    lines: (path, token) => openLines(port, host, path, token),
    async settle() {
      await w.settle()
      await hubOf(w.app).settled()
    },
    close: () => closeAll(w, server),
  }
}

async function closeAll(w: World, server: OpenServer) {
  hubOf(w.app).close()
  await server.close(100)
}

async function openSocket(ws: WebSocket): Promise<TestSocket> {
  const { put, next } = queue<Frame>()
  ws.on('message', (data) => put(JSON.parse(String(data)) as Frame))
  const ended = new Promise<number>((resolve) => ws.once('close', resolve))
  await once(ws, 'open')
  return { ws, next, ended, close: () => ws.close(), say: (order) => ws.send(JSON.stringify(order)) }
}

async function refusalOf(ws: WebSocket): Promise<{ status: number; message: string }> {
  ws.on('error', () => {})
  const [, answer] = await once(ws, 'unexpected-response')
  const { statusCode, headers } = answer as { statusCode: number; headers: Record<string, string> }
  ws.terminate()
  return { status: statusCode, message: headers['x-error-message'] ?? '' }
}

function openLines(port: number, host: string, path: string, token: string) {
  const { put, next } = queue<string>()
  return new Promise<OpenStream<string> & { status: number }>((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${token}` }
    const request = get({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let rest = ''
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => {
        const parts = (rest + text).split(/(?<=\n\n|^:.*\n)/m)
        rest = parts.at(-1)?.endsWith('\n') ? '' : (parts.pop() ?? '')
        for (const part of parts) if (part) put(part)
      })
      answer.on('error', () => {})
      const ended = new Promise<number>((end) => answer.once('close', () => end(0)))
      resolve({ status: answer.statusCode ?? 0, next, ended, close: () => request.destroy() })
    })
    request.on('error', reject)
  })
}

/** The words of the status that a frame carries. */
export function wordsOf(frame: Frame): string {
  assert.ok(frame.payload, JSON.stringify(frame))
  const status = JSON.parse(frame.payload) as { content: string; reblog: { content: string } | null }
  return (status.reblog ?? status).content.replace(/<[^>]+>/g, '')
}
