import type { AccountRow } from '#accounts/accounts.ts'
import { createLocalAccount, saveRemoteAccount } from '#accounts/save-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { OWNER, seedRoles } from '#auth/roles.ts'
import { createServerActor } from '#auth/set-up.ts'
import { confirmDomain } from '#instance/domains.ts'
import { saveSite } from '#instance/site.ts'
import { block } from '#relationships/block.ts'
import { follow } from '#relationships/follow.ts'
import { testKeys } from './keys.ts'

/** The people every test knows; see `Cast`. */
export const names = ['alice', 'bob', 'carol', 'mallory'] as const
export type Name = (typeof names)[number]

/** alice (owner), bob (follows alice), carol (locked), mallory (blocked by alice), dan (of another server). */
export type Cast = Record<Name | 'dan', AccountRow>

export const PASSWORD = 'correct horse battery'

/** Sets the server up and puts the cast in it. */
export async function bringCast(app: App, passwordHash: string): Promise<void> {
  const domain = app.domains.all()[0] as HostedDomain
  await app.inTransaction(async (tx) => {
    await seedRoles(tx)
    await confirmDomain(tx, domain.id, await createServerActor(tx, domain, testKeys('server')))
    await saveSite(tx, domain.id, { title: 'Here', registrations: 'open' })
    for (const name of names) await bring(tx, domain, name, passwordHash)
  })
  await app.domains.reload()
  const dan = await saveRemoteAccount(app, remoteDan())
  const people = await castOf(app)
  await follow(app, people.bob, people.alice)
  await block(app, people.alice, people.mallory)
  if (dan.id === people.dan.id)
    await app.inTransaction((tx) =>
      tx.db
        .deleteFrom('job')
        .execute()
        .then(() => {}),
    )
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('lane').execute()
    await tx.db.deleteFrom('notification').execute()
  })
}

async function bring(tx: App, domain: HostedDomain, name: Name, passwordHash: string) {
  const keys = testKeys(name)
  const account = await createLocalAccount(tx, domain, { username: name, keys, locked: name === 'carol' })
  const now = tx.now()
  await tx.db
    .insertInto('user')
    .values({
      id: tx.newId(),
      account_id: account.id,
      domain_id: domain.id,
      email: `${name}@mail.example`,
      email_lower: `${name}@mail.example`,
      password_hash: passwordHash,
      role_id: name === 'alice' ? OWNER : null,
      locale: 'en',
      settings: '{}',
      sign_up_reason: null,
      sign_up_ip: null,
      confirmed_at: now,
      approved_at: now,
      disabled_at: null,
      age_verified_at: null,
      created_at: now,
      last_sign_in_at: null,
    })
    .execute()
}

function remoteDan() {
  const uri = 'https://elsewhere.example/users/dan'
  return {
    username: 'dan',
    host: 'elsewhere.example',
    actor_type: 'Person',
    uri,
    url: 'https://elsewhere.example/@dan',
    inbox_url: `${uri}/inbox`,
    shared_inbox_url: 'https://elsewhere.example/inbox',
    outbox_url: `${uri}/outbox`,
    followers_url: `${uri}/followers`,
    following_url: `${uri}/following`,
    featured_url: null,
    display_name: 'Dan',
    note: '',
    fields: '[]',
    avatar_url: null,
    header_url: null,
    avatar_description: '',
    header_description: '',
    locked: 0,
    bot: 0,
    discoverable: 1,
    indexable: 1,
    memorial: 0,
    also_known_as: '[]',
    createdAt: null,
    counts: {},
    keys: [
      {
        keyId: `${uri}#main-key`,
        kind: 'rsa' as const,
        publicPem: testKeys('dan').rsa.publicPem,
        expiresAt: null,
      },
    ],
  }
}

/** The cast as it stands in a database. */
export async function castOf(app: App): Promise<Cast> {
  const rows = await app.db
    .selectFrom('account')
    .selectAll()
    .where('username_lower', 'in', [...names, 'dan'])
    .execute()
  return Object.fromEntries(rows.map((row) => [row.username_lower, row])) as Cast
}
