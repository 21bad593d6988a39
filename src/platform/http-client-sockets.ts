import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'

export type Agents = { http: http.Agent; https: https.Agent }

const MAX_SOCKETS_PER_HOST = 16

/**
 * Opens a pair of keep-alive agents. `idle` is the line of unused connections it shares with other pairs,
 * bounded by `mostIdle`; `ca` as in HttpClientSettings.
 */
export function openAgents(mostIdle: number, ca: string | undefined, idle: Set<Socket>): Agents {
  const options = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS_PER_HOST,
    maxFreeSockets: MAX_SOCKETS_PER_HOST,
    scheduling: 'lifo',
  } as const
  const secure = ca === undefined ? {} : { ca }
  const agents = {
    http: new http.Agent(options),
    https: new https.Agent({ ...options, maxCachedSessions: 1024, ...secure }),
  }
  for (const agent of [agents.http, agents.https]) countIdle(agent, idle, mostIdle)
  return agents
}

// Node's own bounds are per host, or (`maxTotalSockets`) let a request wait for the idle connection of another
// host to end by itself. With ten thousand hosts neither will do: the idle ones of all agents stand in one
// line, and the longest unused goes first.
function countIdle(agent: http.Agent, idle: Set<Socket>, most: number): void {
  const known = new WeakSet<Socket>()
  const keep = agent.keepSocketAlive.bind(agent)
  const reuse = agent.reuseSocket.bind(agent)
  agent.keepSocketAlive = (socket: Socket) => {
    // Declared without a result, answers false for a socket the other side wants closed.
    const isKept: unknown = keep(socket)
    if (isKept === false) return false
    if (!known.has(socket)) {
      known.add(socket)
      socket.once('close', () => idle.delete(socket))
    }
    idle.add(socket)
    const oldest = idle.size > most ? idle.values().next().value : undefined
    if (oldest) {
      idle.delete(oldest)
      oldest.destroy()
    }
    return oldest !== socket
  }
  agent.reuseSocket = (socket: Socket, request: http.ClientRequest) => {
    idle.delete(socket)
    reuse(socket, request)
  }
}

/** Lets at most `most` tasks run at once; the others wait in order. */
export function openGate(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running < most) running++
    else await new Promise<void>((enter) => waiting.push(enter))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      // The place is handed over, so nobody who comes just now can take it first.
      if (next) next()
      else running--
    }
  }
}
