import type { Context } from 'hono'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import type { Site } from '#platform/http/facts.ts'
import { isKeptApart } from '#relationships/relationships.ts'
import { isSecure } from '../signatures/vouch.ts'
import { actorAt, actorNamed } from './actors.ts'
import { missingAnswer, strangerAnswer, unsignedAnswer, wantsPage } from './answer-document.ts'
import type { Asking } from './asker.ts'

/** What must be readable by everybody: who cannot have this cannot check our signatures (federation.md §3). */
const ALWAYS_OPEN = '/actor'

/**
 * Gives a document in secure mode to those alone who signed for it, are of a host we speak with, and whom its owner
 * has not blocked; for the others it is not there. Otherwise to everybody. A browser's way to the page stays open.
 */
export async function given(
  app: App,
  asking: Asking,
  domain: HostedDomain,
  c: Context<Site>,
  serve: () => Response | Promise<Response>,
): Promise<Response> {
  if (!isSecure(app) || c.req.path === ALWAYS_OPEN) return serve()
  if (wantsPage(c.req.header('accept'))) {
    const answer = await serve()
    return answer.status === 302 ? answer : unsignedAnswer()
  }
  const asker = await asking(domain, c)
  if (!asker) return unsignedAnswer()
  if (!(await isAdmitted(app, new URL(asker.uri).host))) return strangerAnswer()
  const owner = await ownerOf(app, domain, c.req.path)
  const account = await accountById(app, asker.accountId)
  if (owner && account && (await isKeptApart(app, owner, account))) return missingAnswer()
  const answer = await serve()
  // One reader's answer is no other's.
  answer.headers.set('Cache-Control', 'private, no-store')
  return answer
}

async function ownerOf(app: App, domain: HostedDomain, path: string): Promise<AccountRow | undefined> {
  const actor = /^\/(?:ap\/users|users)\/[^/]+/.exec(path)?.[0]
  if (actor) return actorAt(app, domain, actor)
  const name = /^\/@([^/]+)/.exec(path)?.[1]
  return name === undefined ? undefined : actorNamed(app, domain, name)
}
