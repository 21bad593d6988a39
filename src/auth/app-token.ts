import { createHmac } from 'node:crypto'
import type { App } from '#app.ts'
import { hashToken } from '#platform/secrets.ts'
import { ownApplication } from './apps.ts'
import type { Session } from './sessions.ts'

/**
 * The access token of the member app in a signed-in browser. It is worked out from the session's own secret, so it
 * is the same at every visit, is stored as a hash alone, and ends with the session.
 */
export async function appTokenOf(app: App, session: Session, sessionToken: string): Promise<string> {
  const token = createHmac('sha256', sessionToken).update('member app').digest('base64url')
  const hash = hashToken(token)
  const known = await app.db
    .selectFrom('token')
    .select('id')
    .where('session_id', '=', session.id)
    .executeTakeFirst()
  if (known) return token
  const { id, scopes } = await ownApplication(app, 'hyrax-web')
  await app.inTransaction(async (tx) => {
    await dropOrphans(tx, session.user.id)
    await tx.db
      .insertInto('token')
      .values({
        id: tx.newId(),
        token_hash: hash,
        application_id: id,
        user_id: session.user.id,
        grant_id: null,
        session_id: session.id,
        scopes,
        created_at: tx.now(),
        last_used_at: null,
        revoked_at: null,
      })
      .onConflict((clash) => clash.column('token_hash').doNothing())
      .execute()
  })
  return token
}

/** Tokens whose session has ended count no more; here they go. */
async function dropOrphans(tx: App, userId: number): Promise<void> {
  await tx.db
    .deleteFrom('token')
    .where('user_id', '=', userId)
    .where('session_id', 'is not', null)
    .where('session_id', 'not in', tx.db.selectFrom('session').select('id').where('user_id', '=', userId))
    .execute()
}
