import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'

/** A person who signs in; owns one local account. */
export type UserRow = {
  id: number
  account_id: number
  domain_id: number
  email: string | null
  email_lower: string | null
  /** PHC string; null when the person cannot sign in with a password. */
  password_hash: string | null
  role_id: number | null
  locale: string | null
  /** JSON of the member's preferences (posting defaults …). */
  settings: string
  sign_up_reason: string | null
  sign_up_ip: string | null
  confirmed_at: number | null
  approved_at: number | null
  disabled_at: number | null
  age_verified_at: number | null
  /** The app through which the person signed up, if it was one. */
  created_by_application_id: number | null
  created_at: number
  last_sign_in_at: number | null
}

export type RoleRow = {
  id: number
  name: string
  color: string
  position: number
  permissions: number
  highlighted: number
  /** How many collections somebody of this role may make. */
  collection_limit: number
  created_at: number
  updated_at: number
}

/** A browser that is signed in. The cookie holds the token, the row its hash. */
export type SessionRow = {
  id: number
  token_hash: string
  user_id: number
  csrf: string
  ip: string | null
  user_agent: string | null
  created_at: number
  last_used_at: number
}

/** A link that lets a person choose a new password, once, or that confirms a mail address. */
export type RecoveryRow = {
  id: number
  token_hash: string
  user_id: number
  /** The address that it confirms; null for a new password. */
  email: string | null
  created_at: number
  expires_at: number
  used_at: number | null
}

/** Counted tries (sign-in, reset) that must survive a restart. */
export type AttemptRow = { key: string; window_start: number; count: number }

/** An application registered through OAuth. */
export type ApplicationRow = {
  id: number
  name: string
  website: string | null
  redirect_uris: string
  scopes: string
  client_id: string
  secret_hash: string
  confidential: number
  created_at: number
}

/** A code given at the consent page, waiting to be exchanged. */
export type GrantRow = {
  id: number
  code_hash: string
  application_id: number
  user_id: number
  redirect_uri: string
  scopes: string
  code_challenge: string | null
  created_at: number
  expires_at: number
  used_at: number | null
}

/** An access token; `user_id` is null for an application's own. */
export type TokenRow = {
  id: number
  token_hash: string
  application_id: number
  user_id: number | null
  grant_id: number | null
  /** The signed-in browser it was made for; it ends with that session. */
  session_id: number | null
  scopes: string
  created_at: number
  last_used_at: number | null
  revoked_at: number | null
}

export type AuthTables = {
  user: UserRow
  role: RoleRow
  session: SessionRow
  recovery: RecoveryRow
  attempt: AttemptRow
  application: ApplicationRow
  grant: GrantRow
  token: TokenRow
}

const byId = prepared<{ id: number }, UserRow>((db, { id }) =>
  db.selectFrom('user').selectAll().where('id', '=', id),
)
const byAccount = prepared<{ id: number }, UserRow>((db, { id }) =>
  db.selectFrom('user').selectAll().where('account_id', '=', id),
)

/** The person with this id, or undefined. */
export async function userById(app: App, id: number): Promise<UserRow | undefined> {
  return (await byId(app, { id }))[0]
}

/** The person who owns this account, or undefined. */
export async function userByAccount(app: App, accountId: number): Promise<UserRow | undefined> {
  return (await byAccount(app, { id: accountId }))[0]
}

/** The person of the domain with this mail address, in any case, or undefined. */
export async function userByEmail(
  app: App,
  domain: HostedDomain,
  email: string,
): Promise<UserRow | undefined> {
  return app.db
    .selectFrom('user')
    .selectAll()
    .where('domain_id', '=', domain.id)
    .where('email_lower', '=', email.toLowerCase())
    .executeTakeFirst()
}

/** The person a domain's sign-in form means: by name, handle or mail address, in any case. */
export async function userBySignIn(
  app: App,
  domain: HostedDomain,
  login: string,
): Promise<UserRow | undefined> {
  const typed = login.trim().toLowerCase().slice(0, 400)
  const byMail = await userByEmail(app, domain, typed)
  if (byMail) return byMail
  const [name = '', host] = typed.replace(/^@/, '').split('@')
  if (host && app.domains.byHost(host)?.id !== domain.id) return undefined
  return byName(app, name, domain.id)
}

/** The person of that name on this server (`name`, or `name@domain` where it hosts several), or undefined. */
export async function userByName(app: App, handle: string): Promise<UserRow | undefined> {
  const [name = '', host] = handle.trim().toLowerCase().replace(/^@/, '').split('@')
  const domain = host ? app.domains.byHost(host) : app.domains.all()[0]
  return domain ? byName(app, name, domain.id) : undefined
}

async function byName(app: App, name: string, domainId: number): Promise<UserRow | undefined> {
  return app.db
    .selectFrom('user')
    .innerJoin('account', 'account.id', 'user.account_id')
    .selectAll('user')
    .where('account.username_lower', '=', name)
    .where('user.domain_id', '=', domainId)
    .executeTakeFirst()
}

const Stored = z.object({
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']).nullable().catch(null),
  sensitive: z.boolean().catch(false),
  language: z.string().nullable().catch(null),
  quotePolicy: z.enum(['public', 'followers', 'nobody']).catch('public'),
  expandMedia: z.enum(['default', 'show_all', 'hide_all']).catch('default'),
  expandSpoilers: z.boolean().catch(false),
  autoplayGifs: z.boolean().catch(false),
  timeZone: z.string().nullable().catch(null),
  /** Languages that public timelines show; none means all. */
  chosenLanguages: z.array(z.string()).catch([]),
})

/** What a member prefers; null where the server decides. */
export type Preferences = z.output<typeof Stored>

const readBefore = new WeakMap<object, { settings: string; preferences: Preferences }>()

/** The member's preferences with defaults filled in. */
export function readPreferences(user: Pick<UserRow, 'settings'>): Preferences {
  const { settings } = user
  const before = readBefore.get(user)
  if (before?.settings === settings) return before.preferences
  const preferences = Stored.parse(JSON.parse(settings))
  readBefore.set(user, { settings, preferences })
  return preferences
}

/** Preferences as the forms of a member send them. */
export type SourceChanges = {
  privacy?: Preferences['visibility'] | undefined
  sensitive?: boolean | undefined
  language?: string | null | undefined
  quote_policy?: Preferences['quotePolicy'] | undefined
  chosen_languages?: readonly string[] | undefined
}

/** Changes preferences; what is left out stays. */
export async function savePreferences(app: App, user: UserRow, changes: SourceChanges): Promise<UserRow> {
  const chosen = {
    ...(changes.privacy === undefined ? {} : { visibility: changes.privacy }),
    ...(changes.sensitive === undefined ? {} : { sensitive: changes.sensitive }),
    ...(changes.language === undefined ? {} : { language: changes.language || null }),
    ...(changes.quote_policy === undefined ? {} : { quotePolicy: changes.quote_policy }),
    ...(changes.chosen_languages === undefined ? {} : { chosenLanguages: changes.chosen_languages }),
  }
  return app.inTransaction(async (tx) => {
    // Read anew: what was chosen elsewhere in the meantime stays chosen.
    const present = (await userById(tx, user.id)) ?? user
    const settings = JSON.stringify({ ...(JSON.parse(present.settings) as object), ...chosen })
    await tx.db.updateTable('user').set({ settings }).where('id', '=', user.id).execute()
    await tx.emit(rightsChanged, { userId: user.id })
    return { ...present, settings }
  })
}

/** The language in which a member is spoken to where no page is there to ask: in what is pushed to their devices. */
export async function saveLocale(app: App, user: UserRow, locale: string): Promise<UserRow> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('user').set({ locale }).where('id', '=', user.id).execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
  return { ...user, locale }
}

/** Keeps what a web client wants to remember, as it is. */
export async function saveWebSettings(app: App, user: UserRow, data: Record<string, unknown>): Promise<void> {
  await app.inTransaction(async (tx) => {
    const present = (await userById(tx, user.id)) ?? user
    const settings = JSON.stringify({ ...(JSON.parse(present.settings) as object), web: data })
    await tx.db.updateTable('user').set({ settings }).where('id', '=', user.id).execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
}
