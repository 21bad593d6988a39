import type { App, HostedDomain } from '#app.ts'
import type { DomainNames } from '#instance/domains.ts'
import { addDomain, confirmDomain } from '#instance/domains.ts'
import { saveSite } from '#instance/site.ts'
import { domainName } from '#platform/domain-name.ts'
import { invalid } from '#platform/errors.ts'
import { keyPairs } from './keys.ts'
import { createServerActor } from './set-up.ts'

/**
 * Hosts one more domain beside the first: with its own people, timelines and server actor; nobody can sign up until
 * that is allowed. Throws `invalid` for what is no host name, or one that we answer to already.
 */
export async function hostDomain(app: App, names: DomainNames): Promise<HostedDomain> {
  for (const host of [names.name, names.web ?? names.name, ...(names.alternates ?? [])]) {
    if (domainName(host) !== host.toLowerCase()) throw invalid(`${host} is not the name of a host`)
    if (app.domains.isOurs(host)) throw invalid(`This server answers to ${host} already`)
  }
  const keys = await keyPairs()
  const id = await app.inTransaction(async (tx) => {
    const added = await addDomain(tx, names)
    const row = await tx.db
      .selectFrom('hosted_domain')
      .selectAll()
      .where('id', '=', added)
      .executeTakeFirstOrThrow()
    const domain: HostedDomain = { ...row, alternates: names.alternates ?? [] }
    await confirmDomain(tx, added, await createServerActor(tx, domain, keys))
    await saveSite(tx, added, { title: domain.name, registrations: 'none' })
    return added
  })
  await app.domains.reload()
  return app.domains.byId(id) as HostedDomain
}
