import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import type { App, Viewer } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import type { Relationship } from './present-relationship.ts'
import { presentRelationships } from './present-relationship.ts'

/** The account that a path names; throws `notFound` for none, and for one whose member waits to be let in. */
export async function accountNamed(app: App, id: string): Promise<AccountRow> {
  const known = readId(id)
  const account = await letIn(app, known === null ? undefined : await accountById(app, known))
  if (!account) throw notFound()
  return account
}

/** What the member is to one account, as the acts upon it answer. */
export async function relationTo(
  app: App,
  viewer: Viewer,
  target: Pick<AccountRow, 'id'>,
): Promise<Relationship> {
  return (await presentRelationships(app, viewer.account, [target.id]))[0] as Relationship
}
