import { randomUUID } from 'node:crypto'
import type { App, HostedDomain, HostedDomains } from '#app.ts'
import type { Config } from '#platform/config.ts'
import { invalid } from '#platform/errors.ts'
import { topic } from '#platform/pubsub.ts'
import { rehome } from './rehome.ts'
import type { HostedDomainRow } from './settings.ts'

/** Told when what is kept in memory here must be read again. */
export const DOMAINS_CHANGED = topic<string | null>('hosted domains')

/** Keeps the hosted domains in memory; call `reload` once before use. */
export function keepDomains(app: Pick<App, 'db' | 'events'>): HostedDomains {
  let domains: readonly HostedDomain[] = []
  let byHost = new Map<string, HostedDomain>()
  const read = async () => {
    const rows = await app.db.selectFrom('hosted_domain').selectAll().orderBy('id').execute()
    domains = rows.map(readRow)
    byHost = new Map(
      domains.flatMap((domain) => hostsOf(domain).map((host) => [host, domain] as const)).reverse(),
    )
  }
  // Every keeper says who it is, so that it does not answer its own news.
  const self = randomUUID()
  app.events.subscribe(DOMAINS_CHANGED, (from) => {
    if (from !== self) void read()
  })
  return {
    all: () => domains,
    byId: (id) => domains.find((domain) => domain.id === id),
    byHost: (host) => byHost.get(host.toLowerCase()),
    isOurs: (host) => byHost.has(host.toLowerCase()),
    async reload() {
      await read()
      app.events.publish(DOMAINS_CHANGED, self)
    },
  }
}

function readRow(row: HostedDomainRow): HostedDomain {
  return { ...row, alternates: JSON.parse(row.alternates) as string[] }
}

function hostsOf(domain: HostedDomain): string[] {
  return [domain.name, domain.web_host, ...domain.alternates]
}

/** What a domain is called and where it answers; `web` is left out unless pages live on another host. */
export type DomainNames = { name: string; web?: string; alternates?: string[]; plainHttp?: boolean }

/** Adds a hosted domain in draft: it works here, and nothing federates until it is confirmed. */
export async function addDomain(app: App, names: DomainNames): Promise<number> {
  return app.inTransaction(async (tx) => {
    const id = tx.newId()
    await tx.db
      .insertInto('hosted_domain')
      .values({
        id,
        ...namesRow(names),
        confirmed_at: null,
        federated_at: null,
        actor_id: null,
        created_at: tx.now(),
      })
      .execute()
    tx.afterCommit(() => app.domains.reload())
    return id
  })
}

/** Gives a draft domain its names. Throws once anything has left under the old ones: others remember them for ever. */
export async function renameDomain(app: App, id: number, names: DomainNames): Promise<void> {
  await app.inTransaction(async (tx) => {
    const domain = await tx.db
      .selectFrom('hosted_domain')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const wanted = namesRow(names)
    const same = domain.name === wanted.name && domain.web_host === wanted.web_host
    if (domain.federated_at !== null && !same) throw invalid(fixedDomain(domain.name, wanted.name))
    if (!same) await rehome(tx, readRow(domain), wanted.origin, wanted.name)
    await tx.db.updateTable('hosted_domain').set(wanted).where('id', '=', id).execute()
    tx.afterCommit(() => app.domains.reload())
  })
}

/** The names that the configuration gives the first domain. */
export function configuredNames(config: Config): DomainNames {
  return {
    name: config.localDomain,
    web: config.webDomain,
    alternates: config.alternateDomains,
    plainHttp: config.publicScheme === 'http',
  }
}

/**
 * Makes sure that the first domain exists and bears the configured names, at start. Throws with a sentence for
 * the keeper when the server has federated under other ones.
 */
export async function ensureDomain(app: App): Promise<HostedDomain> {
  await app.domains.reload()
  const first = app.domains.all()[0]
  if (!first) await addDomain(app, configuredNames(app.config))
  else if (app.config.domainGiven) await renameDomain(app, first.id, configuredNames(app.config))
  await app.domains.reload()
  return app.domains.all()[0] as HostedDomain
}

/** Lets a domain federate: its draft is over. In the caller's transaction. */
export async function confirmDomain(tx: App, id: number, actorId: number): Promise<void> {
  await tx.db
    .updateTable('hosted_domain')
    .set({ confirmed_at: tx.now(), actor_id: actorId })
    .where('id', '=', id)
    .execute()
  tx.afterCommit(() => tx.domains.reload())
}

/** Why a server that has federated refuses to go by another name. */
export function fixedDomain(stored: string, wanted: string): string {
  return (
    `This server has already sent activities as ${stored}; other servers know its people by that name. ` +
    `It cannot become ${wanted}: set LOCAL_DOMAIN and WEB_DOMAIN back, or start with an empty data directory.`
  )
}

/** Marks that an activity of this domain is about to leave; from now on its name is fixed. */
export async function markFederated(app: App, domain: HostedDomain): Promise<void> {
  if (domain.federated_at !== null) return
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('hosted_domain')
      .set({ federated_at: tx.now() })
      .where('id', '=', domain.id)
      .where('federated_at', 'is', null)
      .execute()
    tx.afterCommit(() => app.domains.reload())
  })
}

function namesRow(names: DomainNames) {
  const name = names.name.toLowerCase()
  const web = (names.web ?? names.name).toLowerCase()
  return {
    name,
    web_host: web,
    origin: `${names.plainHttp ? 'http' : 'https'}://${web}`,
    alternates: JSON.stringify((names.alternates ?? []).map((host) => host.toLowerCase())),
  }
}
