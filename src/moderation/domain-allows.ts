import type { App } from '#app.ts'
import type { DomainAllowRow } from '#instance/domain-policies.ts'
import { forgetPolicies } from '#instance/domain-policies.ts'
import { notFound } from '#platform/errors.ts'

/** Lets limited federation speak with a host; the same again changes nothing. */
export async function allowDomain(app: App, domain: string): Promise<DomainAllowRow> {
  const row = await app.inTransaction(async (tx) => {
    await tx.db
      .insertInto('domain_allow')
      .values({ id: tx.newId(), domain, created_at: tx.now() })
      .onConflict((clash) => clash.column('domain').doNothing())
      .execute()
    return tx.db.selectFrom('domain_allow').selectAll().where('domain', '=', domain).executeTakeFirstOrThrow()
  })
  forgetPolicies(app)
  return row
}

/** Takes the permission back; throws `notFound`. */
export async function disallowDomain(app: App, domain: string): Promise<DomainAllowRow> {
  const row = await app.db
    .selectFrom('domain_allow')
    .selectAll()
    .where('domain', '=', domain)
    .executeTakeFirst()
  if (!row) throw notFound()
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('domain_allow').where('id', '=', row.id).execute()
  })
  forgetPolicies(app)
  return row
}

/** A server that was allowed, by its id; throws `notFound`. */
export async function allowById(app: App, id: number | null): Promise<DomainAllowRow> {
  const row = await app.db
    .selectFrom('domain_allow')
    .selectAll()
    .where('id', '=', id ?? -1)
    .executeTakeFirst()
  if (!row) throw notFound()
  return row
}
