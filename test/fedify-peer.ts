import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  Accept,
  Create,
  createFederation,
  Delete,
  Endpoints,
  Follow,
  generateCryptoKeyPair,
  Like,
  MemoryKvStore,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Undo,
  Update,
} from '@fedify/fedify'

const NAME = 'fred'

/** A small server of one person built on Fedify: parses with full JSON-LD, signs its own way, keeps what it got. */
export type FedifyPeer = {
  handle: string
  uri: string
  /** Notes that arrived, by id, as Fedify read them; null once deleted. */
  notes: Map<string, Note | null>
  likes: string[]
  accepted: string[]
  followers: string[]
  follow(uri: string): Promise<void>
  /** Publishes; a delivery that fails is sent again, `sends` times in all. */
  post(content: string, inReplyTo?: string, sends?: number): Promise<string>
  /** What Fedify makes of a document of ours. */
  lookup(uri: string): Promise<object | null>
  close(): Promise<void>
}

/** Starts the peer on a free port of loopback, over plain http. */
export async function startFedifyPeer(): Promise<FedifyPeer> {
  const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true })
  const keys = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5'), await generateCryptoKeyPair('Ed25519')]
  const notes = new Map<string, Note | null>()
  const own = new Map<string, Note>()
  const likes: string[] = []
  const accepted: string[] = []
  const followers: string[] = []

  federation
    .setActorDispatcher('/users/{identifier}', async (ctx, identifier) => {
      if (identifier !== NAME) return null
      const pairs = await ctx.getActorKeyPairs(identifier)
      return new Person({
        id: ctx.getActorUri(identifier),
        preferredUsername: identifier,
        name: 'Fred',
        inbox: ctx.getInboxUri(identifier),
        followers: ctx.getFollowersUri(identifier),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
        publicKey: pairs[0]?.cryptographicKey ?? null,
        assertionMethods: pairs.map((pair) => pair.multikey),
      })
    })
    .setKeyPairsDispatcher(() => keys)
  federation.setFollowersDispatcher('/users/{identifier}/followers', () => ({ items: [] }))
  federation.setObjectDispatcher(Note, '/notes/{id}', (_, { id }) => own.get(id) ?? null)
  federation
    .setInboxListeners('/users/{identifier}/inbox', '/inbox')
    .on(Follow, async (ctx, follow) => {
      const follower = await follow.getActor(ctx)
      if (!follower?.id) return
      followers.push(follower.id.href)
      const accept = new Accept({
        actor: ctx.getActorUri(NAME),
        object: follow,
        id: new URL(`#accept-${followers.length}`, ctx.getActorUri(NAME)),
      })
      await ctx.sendActivity({ identifier: NAME }, follower, accept)
    })
    .on(Accept, (_, accept) => void accepted.push(accept.actorId?.href ?? ''))
    .on(Create, async (ctx, create) => {
      const object = await create.getObject(ctx)
      if (object instanceof Note && object.id) notes.set(object.id.href, object)
    })
    .on(Update, async (ctx, update) => {
      const object = await update.getObject(ctx)
      if (object instanceof Note && object.id) notes.set(object.id.href, object)
    })
    .on(Delete, (_, deletion) => void (deletion.objectId && notes.set(deletion.objectId.href, null)))
    .on(Like, (_, like) => void likes.push(like.objectId?.href ?? ''))
    .on(Undo, () => {})

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', async () => {
      const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined
      const headers = new Headers(incoming.headers as Record<string, string>)
      const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
        method: incoming.method ?? 'GET',
        headers,
        ...(body && incoming.method !== 'GET' ? { body } : {}),
      })
      const answer = await federation.fetch(request, { contextData: undefined })
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
      outgoing.end(Buffer.from(await answer.arrayBuffer()))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const context = federation.createContext(new URL(`http://localhost:${port}`), undefined)
  const actor = context.getActorUri(NAME)
  const recipients: { id: URL; inboxId: URL }[] = []
  let counter = 0

  return {
    handle: `@${NAME}@localhost:${port}`,
    uri: actor.href,
    notes,
    likes,
    accepted,
    followers,
    async follow(uri) {
      const target = await context.lookupObject(new URL(uri))
      if (!(target instanceof Person) || !target.id || !target.inboxId)
        throw new Error('Fedify does not read our actor')
      recipients.push({ id: target.id, inboxId: target.inboxId })
      const follow = new Follow({ id: new URL(`#follow-${++counter}`, actor), actor, object: target.id })
      await context.sendActivity({ identifier: NAME }, { id: target.id, inboxId: target.inboxId }, follow)
    },
    async post(content, inReplyTo, sends = 1) {
      const id = String(++counter)
      const uri = context.getObjectUri(Note, { id })
      const note = new Note({
        id: uri,
        attribution: actor,
        content,
        to: PUBLIC_COLLECTION,
        cc: context.getFollowersUri(NAME),
        ...(inReplyTo ? { replyTarget: new URL(inReplyTo) } : {}),
      })
      own.set(id, note)
      const create = new Create({
        id: new URL(`${uri.href}#create`),
        actor,
        object: note,
        to: PUBLIC_COLLECTION,
      })
      for (const recipient of recipients) {
        for (let left = sends; ; left--) {
          const sent = context.sendActivity({ identifier: NAME }, recipient, create)
          // Fedify throws for what was not answered well.
          if (
            left <= 1 ||
            (await sent.then(
              () => true,
              () => false,
            ))
          ) {
            await sent
            break
          }
        }
      }
      return uri.href
    },
    lookup: (uri) => context.lookupObject(new URL(uri)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
