import { sql } from 'kysely'
import { z } from 'zod'
import type { App } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { prepared } from '#platform/database/prepared.ts'

/** To whom a document goes. Nobody else ever gets its bytes (PRIV-18, PRIV-20). */
export const Audience = z.object({
  /** All followers of this account who are elsewhere. */
  followersOf: z.number().int().nullable(),
  /** These accounts, as far as they are elsewhere. */
  accounts: z.array(z.number().int()),
  /** Every server we know of: for the end of an account. */
  everybody: z.boolean(),
  /** Each to their own inbox, unless several share one. */
  personal: z.boolean(),
  /** The relays of this domain that pass on what they are sent. */
  relaysOf: z.number().int().nullish(),
  /** These inboxes, whoever's they are: for what is said to a relay itself. */
  inboxes: z.array(z.string()).optional(),
  /** Not to this host, and no more inboxes than so many: for what is only passed on. */
  passedOn: z.object({ notTo: z.string(), most: z.number().int() }).optional(),
})
export type Audience = z.infer<typeof Audience>

/** An inbox to send to; `named` when it belongs to an account and not only to followers. */
export type Recipient = { inbox: string; host: string; named: boolean }

type Inbox = { inbox: string }
type Person = { inbox_url: string; shared_inbox_url: string | null }

const ofFollowers = prepared<{ target: number }, Inbox>(
  (_db, { target }) => sql<Inbox>`select distinct coalesce(a.shared_inbox_url, a.inbox_url) as inbox
    from follow f join account a on a.id = f.account_id
    where f.target_id = ${target} and a.domain_id is null and a.suspended_at is null`,
)
const ofEverybody = prepared<Record<string, never>, Inbox>(
  () => sql<Inbox>`select distinct coalesce(shared_inbox_url, inbox_url) as inbox
    from account where domain_id is null and suspended_at is null`,
)
const ofPeople = prepared<{ ids: readonly number[] }, Person>(
  (_db, { ids }, dialect) => sql<Person>`select inbox_url, shared_inbox_url from account
    where ${dialect.among(sql`id`, ids)} and domain_id is null and suspended_at is null`,
)

const ofRelays = prepared<{ domain: number }, { inbox: string }>(
  (_db, { domain }) => sql<Inbox>`select inbox_url as inbox from relay
    where domain_id = ${domain} and kind = 'mastodon' and state = 'accepted' and inbox_url is not null`,
)

/**
 * The inboxes of an audience, each once and always in the same order, so that writing them down can be taken up
 * again after any of them. Our own hosts and suspended accounts are left out.
 */
export async function inboxesOf(app: App, audience: Audience): Promise<Recipient[]> {
  const inboxes = new Map<string, boolean>()
  if (audience.followersOf !== null) {
    for (const { inbox } of await ofFollowers(app, { target: audience.followersOf }))
      inboxes.set(inbox, false)
  }
  if (audience.everybody) for (const { inbox } of await ofEverybody(app, {})) inboxes.set(inbox, false)
  if (audience.relaysOf != null) {
    for (const { inbox } of await ofRelays(app, { domain: audience.relaysOf })) inboxes.set(inbox, false)
  }
  for (const inbox of audience.inboxes ?? []) inboxes.set(inbox, true)
  const ids = [...new Set(audience.accounts)]
  const people = ids.length === 0 ? [] : await ofPeople(app, { ids })
  for (const inbox of inboxesOfPeople(people, audience.personal)) inboxes.set(inbox, true)
  const { notTo, most } = audience.passedOn ?? { notTo: null, most: Number.POSITIVE_INFINITY }
  const recipients = [...inboxes].flatMap(([inbox, named]) => {
    const host = hostOf(inbox)
    return host === null || host === notTo || app.domains.isOurs(host) ? [] : [{ inbox, host, named }]
  })
  return (await admitted(app, recipients))
    .sort((one, other) => (one.inbox < other.inbox ? -1 : 1))
    .slice(0, most)
}

async function admitted(app: App, recipients: Recipient[]): Promise<Recipient[]> {
  const hosts = new Map<string, boolean>()
  for (const { host } of recipients) if (!hosts.has(host)) hosts.set(host, await isAdmitted(app, host))
  return recipients.filter(({ host }) => hosts.get(host))
}

function inboxesOfPeople(people: Person[], personal: boolean): string[] {
  const shares = Map.groupBy(people, (person) => person.shared_inbox_url)
  return people.map(({ inbox_url, shared_inbox_url }) => {
    if (shared_inbox_url === null) return inbox_url
    return personal && shares.get(shared_inbox_url)?.length === 1 ? inbox_url : shared_inbox_url
  })
}

function hostOf(url: string): string | null {
  return URL.parse(url)?.host ?? null
}
