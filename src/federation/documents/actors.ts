import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByHandle, accountByUri } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { userByAccount } from '#auth/users.ts'
import { keptBy } from '#platform/cache.ts'
import type { Site } from '#platform/http/facts.ts'
import { withContext } from '../shapes/context-out.ts'
import { writePerson } from '../shapes/write-person.ts'
import { documentAnswer, goneAnswer, missingAnswer, tombstoneAnswer, wantsPage } from './answer-document.ts'

const kept = keptBy(() => new LRUCache<string, string>({ max: 2000 }))

/** The account of this domain whose ActivityPub id is at this path, or undefined. */
export async function actorAt(app: App, domain: HostedDomain, path: string): Promise<AccountRow | undefined> {
  return ifHere(app, domain, await accountByUri(app, domain.origin + path))
}

/** The account of this name on the domain, or undefined. */
export async function actorNamed(
  app: App,
  domain: HostedDomain,
  name: string,
): Promise<AccountRow | undefined> {
  return ifHere(app, domain, await accountByHandle(app, name, domain.name))
}

/** Who still waits for approval or a confirmed address is nobody to the world. */
async function ifHere(app: App, domain: HostedDomain, account?: AccountRow): Promise<AccountRow | undefined> {
  if (account?.domain_id !== domain.id) return undefined
  const user = await userByAccount(app, account.id)
  return user && (user.approved_at === null || user.confirmed_at === null) ? undefined : account
}

/** The actor document; made once for each state of the row. */
export async function actorAnswer(app: App, account: AccountRow): Promise<Response> {
  const state = [
    account.id,
    account.uri,
    account.updated_at,
    account.suspended_at,
    account.moved_to_id,
    account.username,
  ]
  const key = state.join(' ')
  const documents = kept(app)
  let text = documents.get(key)
  if (text === undefined) {
    text = JSON.stringify(withContext(await writePerson(app, account)))
    documents.set(key, text)
  }
  return documentAnswer(text)
}

/** Answers a request for an actor by its id: the document, its page for a browser, 410 when it was deleted. */
export async function serveActor(app: App, domain: HostedDomain, c: Context<Site>): Promise<Response> {
  const account = (await actorAt(app, domain, c.req.path)) ?? (await nickname(app, domain, c.req.path))
  if (!account) return goneAnswer(app, domain.origin + c.req.path)
  if (account.deleted_at !== null) return tombstoneAnswer(account.uri)
  if (wantsPage(c.req.header('accept')) && account.url !== null) return pageAnswer(account.url)
  if (account.uri !== domain.origin + c.req.path && account.suspended_at !== null) return missingAnswer()
  return actorAnswer(app, account)
}

async function nickname(app: App, domain: HostedDomain, path: string): Promise<AccountRow | undefined> {
  const name = /^\/users\/([^/]+)$/.exec(path)?.[1]
  return name === undefined ? undefined : actorNamed(app, domain, name)
}

/** Sends a browser to the page of something; caches keep the two apart. */
export function pageAnswer(url: string): Response {
  return new Response(null, {
    status: 302,
    headers: { Location: url, Vary: 'Accept', 'Cache-Control': 'no-store' },
  })
}
