import type { AccountRow } from '#accounts/accounts.ts'
import { accountCores } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import type { Shaped } from './shape.ts'
import { idOf, listOf, webUrl } from './shape.ts'

type Parent = { parent: StatusRow | null; parentUri: string | null }

/** What a post answers. A post of ours that its author cannot see is not among it: that would be a way to find it (ACT-33). */
export async function readParent(app: App, object: Shaped, author: AccountRow): Promise<Parent> {
  const parentUri = webUrl(idOf(listOf(object.inReplyTo, 1)[0]))
  const parent = parentUri === null ? undefined : await statusByUri(app, parentUri)
  if (!parent) return { parent: null, parentUri }
  const isHidden = parent.domain_id !== null && !(await isSeenBy(app, author, parent))
  return isHidden ? { parent: null, parentUri: null } : { parent, parentUri }
}

async function isSeenBy(app: App, author: AccountRow, status: StatusRow): Promise<boolean> {
  if (status.visibility === 'public' || status.visibility === 'unlisted') return true
  const authors = await accountCores(app, [status.account_id])
  return maySee(await standingTo(app, author, [status], authors.values()), status)
}
