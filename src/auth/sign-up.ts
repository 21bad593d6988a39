import type { AccountRow } from '#accounts/accounts.ts'
import { accountByHandle } from '#accounts/accounts.ts'
import type { KeyPairs } from '#accounts/save-account.ts'
import { createLocalAccount } from '#accounts/save-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { rightsChanged, signedUp } from '#happenings.ts'
import { siteOf } from '#instance/site.ts'
import { isDuplicate } from '#platform/database/dialect.ts'
import type { RefusalDetails } from '#platform/errors.ts'
import { invalid, notAllowed } from '#platform/errors.ts'
import { isMailOn } from '#platform/mail.ts'
import { hashPassword } from '#platform/secrets.ts'
import { forgetConfirmations } from './confirm-address.ts'
import { endEverything } from './end-everything.ts'
import { keyPairs } from './keys.ts'
import { oweLetter } from './send-letter.ts'
import type { Problem } from './sign-up-checks.ts'
import { checkAge, checkEmail, checkLocale, checkName, checkPassword, isTimeZone } from './sign-up-checks.ts'
import type { UserRow } from './users.ts'
import { userByEmail } from './users.ts'

export type SignUpForm = {
  username: string
  password: string
  email?: string | undefined
  agreement: boolean
  reason?: string | undefined
  /** YYYY-MM-DD; asked for where the server has a least age, and never stored. */
  dateOfBirth?: string | undefined
  locale?: string | undefined
  ip?: string | undefined
  /** The app that asks, where it is one. */
  applicationId?: number | undefined
  timeZone?: string | undefined
}
export type Joined = { account: AccountRow; user: UserRow }

const MOST_REASON = 420

/**
 * Signs somebody up as the domain allows: at once where it is open, to wait for the staff where it approves.
 * Throws `notAllowed` where it is closed and `invalid` with details by field. Where the server can mail, an
 * address must be given, and opens the account once it is confirmed.
 */
export async function signUp(app: App, domain: HostedDomain, form: SignUpForm): Promise<Joined> {
  const site = await siteOf(app, domain.id)
  if (site.registrations === 'none' || site.single_user) throw notAllowed('Registrations are closed')
  const details = await problemsOf(app, domain, form)
  if (isMailOn(app.config) && !form.email)
    details.email = { error: 'ERR_BLANK', description: "can't be blank" }
  if (!form.agreement) details.agreement = { error: 'ERR_ACCEPTED', description: 'must be accepted' }
  if (site.min_age !== null) {
    const problem = checkAge(form.dateOfBirth, site.min_age, app.now())
    if (problem) details.date_of_birth = problem
  }
  if (site.registrations === 'approved' && site.require_reason && !form.reason) {
    details.reason = { error: 'ERR_BLANK', description: "can't be blank" }
  }
  if ((form.reason ?? '').length > MOST_REASON) {
    details.reason = {
      error: 'ERR_TOO_LONG',
      description: `is too long (maximum is ${MOST_REASON} characters)`,
    }
  }
  if (form.timeZone && !isTimeZone(form.timeZone)) {
    details.time_zone = { error: 'ERR_INCLUSION', description: 'is not included in the list' }
  }
  const localeProblem = form.locale ? checkLocale(form.locale) : null
  if (localeProblem) details.locale = localeProblem
  refuse(details)
  return create(app, domain, {
    ...form,
    locale: form.locale || undefined,
    approved: site.registrations === 'open',
    roleId: null,
    ageVerified: site.min_age !== null,
    confirmed: !isMailOn(app.config),
  })
}

export type KeepersForm = {
  username: string
  email?: string | undefined
  password: string
  roleId: number | null
  approved: boolean
  confirmed: boolean
}

/** Creates an account as its keeper asked on the command line: reserved names and closed doors do not matter. */
export async function signUpByKeeper(app: App, domain: HostedDomain, form: KeepersForm): Promise<AccountRow> {
  refuse(await problemsOf(app, domain, form, true))
  const site = await siteOf(app, domain.id)
  const approved = form.approved || site.registrations !== 'approved'
  const confirmed = form.confirmed || !form.email || !isMailOn(app.config)
  return (await create(app, domain, { ...form, approved, confirmed, ageVerified: false })).account
}

type Named = Pick<SignUpForm, 'username' | 'email' | 'password'>

async function problemsOf(app: App, domain: HostedDomain, form: Named, staff = false) {
  const details: Record<string, Problem> = {}
  const [name, email] = [form.username, form.email]
  const nameProblem = checkName(name, { staff })
  if (nameProblem) details.username = nameProblem
  else if (await accountByHandle(app, name, domain.name)) {
    details.username = { error: 'ERR_TAKEN', description: 'has already been taken' }
  }
  const emailProblem = email === undefined ? null : checkEmail(email)
  if (emailProblem) details.email = emailProblem
  else if (email && (await userByEmail(app, domain, email))) {
    details.email = { error: 'ERR_TAKEN', description: 'has already been taken' }
  }
  const passwordProblem = checkPassword(form.password)
  if (passwordProblem) details.password = passwordProblem
  return details
}

function refuse(problems: Record<string, Problem>): void {
  const entries = Object.entries(problems)
  if (entries.length === 0) return
  const details: RefusalDetails = Object.fromEntries(entries.map(([field, problem]) => [field, [problem]]))
  const named = (field: string) => `${field.charAt(0).toUpperCase()}${field.slice(1).replaceAll('_', ' ')}`
  const sentence = entries.map(([field, problem]) => `${named(field)} ${problem.description}`).join(', ')
  throw invalid(`Validation failed: ${sentence}`, details)
}

type Wanted = Omit<SignUpForm, 'agreement'> & {
  approved: boolean
  confirmed: boolean
  roleId: number | null
  ageVerified: boolean
}

async function create(app: App, domain: HostedDomain, wanted: Wanted): Promise<Joined> {
  const passwordHash = await hashPassword(wanted.password)
  const keys = await keyPairs()
  try {
    return await app.inTransaction((tx) => insert(tx, domain, wanted, passwordHash, keys))
  } catch (error) {
    // Two sign-ups for one name or address at once: one wins (ACC-18).
    if (!isDuplicate(error)) throw error
    refuse(await problemsOf(app, domain, wanted, true))
    throw error
  }
}

async function insert(tx: App, domain: HostedDomain, wanted: Wanted, passwordHash: string, keys: KeyPairs) {
  const account = await createLocalAccount(tx, domain, { username: wanted.username, keys })
  const now = tx.now()
  const user: UserRow = {
    id: tx.newId(),
    account_id: account.id,
    domain_id: domain.id,
    email: wanted.email ?? null,
    email_lower: wanted.email?.toLowerCase() ?? null,
    password_hash: passwordHash,
    role_id: wanted.roleId,
    locale: wanted.locale ?? tx.config.defaultLocale,
    settings: JSON.stringify(wanted.timeZone ? { timeZone: wanted.timeZone } : {}),
    sign_up_reason: wanted.reason ?? null,
    sign_up_ip: wanted.ip ?? null,
    confirmed_at: wanted.confirmed ? now : null,
    approved_at: wanted.approved ? now : null,
    disabled_at: null,
    age_verified_at: wanted.ageVerified ? now : null,
    created_by_application_id: wanted.applicationId ?? null,
    created_at: now,
    last_sign_in_at: null,
  }
  await tx.db.insertInto('user').values(user).execute()
  await tx.emit(signedUp, { userId: user.id, accountId: account.id, approved: wanted.approved })
  if (!wanted.confirmed) await oweLetter(tx, user, 'confirm')
  return { account, user }
}

async function change(app: App, user: UserRow, columns: Partial<UserRow>): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('user').set(columns).where('id', '=', user.id).execute()
    await tx.emit(rightsChanged, { userId: user.id })
  })
}

/** Lets a waiting person in, and tells them. */
export async function approveUser(app: App, user: UserRow): Promise<void> {
  if (user.approved_at !== null) return
  await app.inTransaction(async (tx) => {
    await change(tx, user, { approved_at: tx.now() })
    if (user.confirmed_at !== null) await oweLetter(tx, user, 'approved')
  })
}
/** Lets a frozen person sign in again. */
export const enableUser = (app: App, user: UserRow) => change(app, user, { disabled_at: null })
/** Gives a person a role, or none. */
export const setRole = (app: App, user: UserRow, roleId: number | null) =>
  change(app, user, { role_id: roleId })
/** Counts the person's address as confirmed. */
export const confirmUser = (app: App, user: UserRow) =>
  change(app, user, { confirmed_at: user.confirmed_at ?? app.now() })

/** Keeps a person out: nothing they are signed in with works any more. */
export async function disableUser(app: App, user: UserRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('user').set({ disabled_at: tx.now() }).where('id', '=', user.id).execute()
    await endEverything(tx, user.id)
  })
}

/** Gives a person another mail address; throws `invalid` when it is none, or somebody else's. */
export async function setEmail(app: App, user: UserRow, email: string): Promise<void> {
  const problem = checkEmail(email)
  if (problem) refuse({ email: problem })
  try {
    await app.inTransaction(async (tx) => {
      // What was mailed to another address says nothing of this one.
      await forgetConfirmations(tx, user)
      await change(tx, user, { email, email_lower: email.toLowerCase() })
    })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    refuse({ email: { error: 'ERR_TAKEN', description: 'has already been taken' } })
  }
}
