import type { mastodon } from 'masto'
import { createRestAPIClient, createStreamingAPIClient } from 'masto'
import type { Name } from '../cast.ts'
import type { DatabaseName } from '../databases.ts'
import { plain } from '../pictures.ts'
import type { StreamingWorld } from '../streams.ts'
import { listening } from '../streams.ts'
import type { World } from '../world.ts'
import { world } from '../world.ts'

export const SCOPES = 'read write follow push profile'

/** A world on a port, and the clients of others that dial it. */
export type ClientStage = {
  w: World
  served: StreamingWorld
  url: string
  tokens: Record<Name, string>
  rest: Record<Name, mastodon.rest.Client>
  anyone: mastodon.rest.Client
  /** A socket on which masto.js subscribes. */
  streaming(name: Name): mastodon.streaming.Client
  close(): Promise<void>
}

/** Opens a server on a port with a signed-in masto.js for each of the cast. */
export async function clientStage(database: DatabaseName): Promise<ClientStage> {
  const w = await world({ database })
  const served = await listening(w)
  const url = `http://127.0.0.1:${served.port}`
  const names = ['alice', 'bob', 'carol', 'mallory'] as const
  const made = names.map(async (name) => [name, await served.tokenOf(w.cast[name], SCOPES)] as const)
  const tokens = Object.fromEntries(await Promise.all(made)) as Record<Name, string>
  const clients = names.map((name) => [name, createRestAPIClient({ url, accessToken: tokens[name] })])
  return {
    w,
    served,
    url,
    tokens,
    rest: Object.fromEntries(clients) as ClientStage['rest'],
    anyone: createRestAPIClient({ url }),
    streaming: (name) =>
      createStreamingAPIClient({
        streamingApiUrl: `ws://127.0.0.1:${served.port}/api/v1/streaming`,
        accessToken: tokens[name],
      }),
    async close() {
      await served.close()
      await w.close()
    },
  }
}

/** A small picture as a file that a client uploads. */
export async function picture(): Promise<Blob> {
  return new Blob([new Uint8Array(await plain(60, 40).png().toBuffer())], { type: 'image/png' })
}

/** Every id of a paged list, first page to last. */
export async function idsOf(pages: AsyncIterable<{ id: string }[]>): Promise<string[]> {
  const ids: string[] = []
  for await (const page of pages) ids.push(...page.map(({ id }) => id))
  return ids
}
