import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import type { UserRow } from './users.ts'

/** An app that somebody let in. */
export type AuthorizedApp = {
  id: number
  name: string
  website: string | null
  /** When it was let in first, and when one of its tokens was last used; in ms. */
  since: number
  lastUsedAt: number | null
}

const MOST_LISTED = 200

/** The apps that may act for a person, newest first. */
export async function authorizedApps(app: App, user: UserRow): Promise<AuthorizedApp[]> {
  const rows = await app.db
    .selectFrom('token')
    .innerJoin('application', 'application.id', 'token.application_id')
    .select(['application.id', 'application.name', 'application.website'])
    .select(({ fn }) => [
      fn.min<number>('token.created_at').as('since'),
      fn.max<number | null>('token.last_used_at').as('lastUsedAt'),
    ])
    .where('token.user_id', '=', user.id)
    .where('token.revoked_at', 'is', null)
    .groupBy(['application.id', 'application.name', 'application.website'])
    .orderBy('since', 'desc')
    .limit(MOST_LISTED)
    .execute()
  return rows.map((row) => ({
    ...row,
    since: Number(row.since),
    lastUsedAt: row.lastUsedAt === null ? null : Number(row.lastUsedAt),
  }))
}

/** Lets an app act for the person no more: its tokens and codes end at once. */
export async function shutOutApp(app: App, user: UserRow, applicationId: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('token')
      .set({ revoked_at: tx.now() })
      .where('user_id', '=', user.id)
      .where('application_id', '=', applicationId)
      .where('revoked_at', 'is', null)
      .execute()
    await tx.db
      .deleteFrom('grant')
      .where('user_id', '=', user.id)
      .where('application_id', '=', applicationId)
      .execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
}
