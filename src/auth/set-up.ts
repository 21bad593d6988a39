import { sql } from 'kysely'
import { accountByHandle } from '#accounts/accounts.ts'
import type { KeyPairs } from '#accounts/save-account.ts'
import { createLocalAccount } from '#accounts/save-account.ts'
import type { App, HostedDomain } from '#app.ts'
import type { DomainNames } from '#instance/domains.ts'
import { confirmDomain, renameDomain } from '#instance/domains.ts'
import type { HostedDomainRow } from '#instance/settings.ts'
import { saveSite } from '#instance/site.ts'
import type { RefusalDetails } from '#platform/errors.ts'
import { gone, invalid } from '#platform/errors.ts'
import { isLoopbackDomain } from '#platform/public-domain.ts'
import { hashPassword } from '#platform/secrets.ts'
import { keyPairs } from './keys.ts'
import { OWNER, seedRoles } from './roles.ts'
import { checkEmail, checkName, checkPassword } from './sign-up-checks.ts'

/** Who the server is for; decides who may sign up. */
export const audiences = ['me', 'invited', 'approval', 'open'] as const
export type Audience = (typeof audiences)[number]

export type SetUpForm = {
  domain: string
  /** Where pages live, if not on the handle's domain. */
  webDomain?: string | undefined
  audience: Audience
  ownerName: string
  password: string
  email?: string | undefined
  /** Bytes that everything kept from elsewhere may take. */
  mediaBudget?: number | undefined
  title?: string | undefined
}

const HOST =
  /^(?=.{1,260}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{2,5})?$/

/** Whether the first domain has been set up. */
export function isSetUp(app: App): boolean {
  return app.domains.all()[0]?.confirmed_at != null
}

/**
 * Finishes the setup: names the domain, creates the owner and the server's own actor, and lets the domain
 * federate. May be tried until it succeeds; afterwards it refuses as gone. Throws `invalid` with details by field.
 */
export async function setUp(app: App, form: SetUpForm): Promise<void> {
  if (isSetUp(app)) throw gone('This server is set up already. Sign in to change its settings.')
  const names = await checkForm(app, form)
  const passwordHash = await hashPassword(form.password)
  const ownerKeys = await keyPairs()
  const actorKeys = await keyPairs()
  await app.inTransaction(async (tx) => {
    const first = await heldDomain(tx)
    if (first.confirmed_at !== null)
      throw gone('This server is set up already. Sign in to change its settings.')
    await seedRoles(tx)
    await renameDomain(tx, first.id, names)
    const row = await tx.db
      .selectFrom('hosted_domain')
      .selectAll()
      .where('id', '=', first.id)
      .executeTakeFirstOrThrow()
    const domain: HostedDomain = { ...row, alternates: names.alternates ?? [] }
    const ownerId = await createOwner(tx, domain, form, passwordHash, ownerKeys)
    const actorId = await createServerActor(tx, domain, actorKeys)
    await saveSite(tx, domain.id, {
      title: form.title || domain.name,
      contact_account_id: ownerId,
      contact_email: form.email ?? '',
      registrations: { me: 'none', invited: 'none', approval: 'approved', open: 'open' }[
        form.audience
      ] as 'none',
      single_user: form.audience === 'me',
      ...(form.mediaBudget ? { media_budget: form.mediaBudget } : {}),
    })
    await confirmDomain(tx, domain.id, actorId)
  })
  await app.domains.reload()
}

/** The domain to be set up, held until the end: of two setups at once the second sees what the first did. */
async function heldDomain(tx: App): Promise<HostedDomainRow> {
  const found = await sql<HostedDomainRow>`
    select * from hosted_domain order by id limit 1 ${tx.dialect.holdRows}`.execute(tx.db)
  return found.rows[0] as HostedDomainRow
}

async function checkForm(app: App, form: SetUpForm): Promise<DomainNames> {
  const name = form.domain.trim().toLowerCase()
  const web = form.webDomain?.trim().toLowerCase() || (app.config.domainGiven ? app.config.webDomain : name)
  const details: RefusalDetails = {}
  const say = (field: string, description: string) => {
    details[field] = [{ error: 'ERR_INVALID', description }]
  }
  for (const [field, host] of [
    ['domain', name],
    ['web_domain', web],
  ] as const) {
    if (!HOST.test(host))
      say(field, 'is not a domain name: write it like example.org, without https:// or a path')
  }
  if (app.config.domainGiven && name !== app.config.localDomain) {
    say('domain', `is set to ${app.config.localDomain} by the configuration; change LOCAL_DOMAIN or keep it`)
  }
  const loopback = isLoopbackDomain(web)
  if (app.config.allowHttp && !loopback) {
    say('domain', 'cannot be public while FEDERATION_ALLOW_HTTP is on: turn it off first')
  }
  for (const [field, problem] of [
    ['username', checkName(form.ownerName)],
    ['password', checkPassword(form.password)],
    ['email', form.email ? checkEmail(form.email) : null],
  ] as const) {
    if (problem) details[field] = [problem]
  }
  if (!details.username && (await isTaken(app, form.ownerName, name)))
    details.username = [{ error: 'ERR_TAKEN', description: 'has already been taken' }]
  if (Object.keys(details).length > 0) {
    const sentences = Object.entries(details).map(([field, [problem]]) => `${field} ${problem?.description}`)
    throw invalid(`Validation failed: ${sentences.join(', ')}`, details)
  }
  const plainHttp = loopback && app.config.publicScheme === 'http'
  return { name, web, alternates: app.config.alternateDomains, plainHttp }
}

/** The server's own actor bears the domain's name, and commands may have made accounts before the setup. */
async function isTaken(app: App, ownerName: string, domain: string): Promise<boolean> {
  if (ownerName.toLowerCase() === domain) return true
  const draft = app.domains.all()[0]
  return draft !== undefined && (await accountByHandle(app, ownerName, draft.name)) !== undefined
}

async function createOwner(
  tx: App,
  domain: HostedDomain,
  form: SetUpForm,
  passwordHash: string,
  keys: KeyPairs,
) {
  const account = await createLocalAccount(tx, domain, { username: form.ownerName, keys })
  const now = tx.now()
  await tx.db
    .insertInto('user')
    .values({
      id: tx.newId(),
      account_id: account.id,
      domain_id: domain.id,
      email: form.email || null,
      email_lower: form.email?.toLowerCase() || null,
      password_hash: passwordHash,
      role_id: OWNER,
      locale: tx.config.defaultLocale,
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
  return account.id
}

/** The account that signs for the server itself when it fetches (type Application, named like the domain). */
export async function createServerActor(tx: App, domain: HostedDomain, keys: KeyPairs): Promise<number> {
  const wanted = { username: domain.name, keys, actorType: 'Application', isServer: true, locked: true }
  return (await createLocalAccount(tx, domain, wanted)).id
}
