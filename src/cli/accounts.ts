import { acctOf } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { ownApplication } from '#auth/apps.ts'
import { resetPassword } from '#auth/change-password.ts'
import { createRecovery } from '#auth/recover.ts'
import { roleByName } from '#auth/roles.ts'
import {
  approveUser,
  confirmUser,
  disableUser,
  enableUser,
  setEmail,
  setRole,
  signUpByKeeper,
} from '#auth/sign-up.ts'
import { createToken } from '#auth/tokens.ts'
import { stateOf } from '#auth/user-state.ts'
import type { UserRow } from '#auth/users.ts'
import { userByName } from '#auth/users.ts'
import { notFound } from '#platform/errors.ts'
import { parseScopes } from '#platform/http/scopes.ts'
import { randomToken } from '#platform/secrets.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import { accountEndCommands } from './account-ends.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)
const MOST_LISTED = 1000

export const accountCommands: Command[] = [
  {
    name: 'accounts create',
    about: 'Create an account with a random password, which is printed',
    words: ['USERNAME'],
    options: {
      email: { type: 'string', hint: 'ADDRESS', about: 'their mail address' },
      domain: { type: 'string', hint: 'NAME', about: 'on this hosted domain (the first when left out)' },
      role: { type: 'string', hint: 'NAME', about: 'Owner, Admin or Moderator' },
      confirmed: { type: 'boolean', about: 'count the mail address as confirmed' },
      approve: { type: 'boolean', about: 'let them in although sign-ups need approval' },
      force: { type: 'boolean', about: 'accepted for scripts written for Mastodon; changes nothing' },
      reattach: { type: 'boolean', about: 'accepted for scripts written for Mastodon; changes nothing' },
    },
    run: create,
  },
  {
    name: 'accounts modify',
    about: "Change an account's role, address, password or state",
    words: ['USERNAME'],
    options: {
      role: { type: 'string', hint: 'NAME', about: 'give this role' },
      'remove-role': { type: 'boolean', about: 'take the role away' },
      email: { type: 'string', hint: 'ADDRESS', about: 'a new mail address' },
      confirm: { type: 'boolean', about: 'count the mail address as confirmed' },
      approve: { type: 'boolean', about: 'let them in' },
      enable: { type: 'boolean', about: 'let them sign in again' },
      disable: { type: 'boolean', about: 'do not let them sign in' },
      'disable-2fa': { type: 'boolean', about: 'accepted; there is no second factor yet' },
      'reset-password': { type: 'boolean', about: 'give a new random password, which is printed' },
      'reset-link': { type: 'boolean', about: 'print a link with which they choose a new password' },
    },
    run: modify,
  },
  ...accountEndCommands,
  {
    name: 'accounts list',
    about: 'The accounts of this server',
    run: async ({ hands }) => {
      const app = await hands.openApp()
      const rows = await app.db
        .selectFrom('user')
        .innerJoin('account', 'account.id', 'user.account_id')
        .leftJoin('role', 'role.id', 'user.role_id')
        .select(['account.username', 'account.host', 'user.email', 'role.name as role', 'user.approved_at'])
        .select(['user.disabled_at', 'user.confirmed_at', 'account.suspended_at', 'user.last_sign_in_at'])
        .orderBy('user.id')
        .limit(MOST_LISTED)
        .execute()
      const lines = rows.map((row) => [
        `${row.username}@${row.host}`,
        row.email ?? '',
        row.role ?? '',
        stateOf(row, row),
        isoTimeOrNull(row.last_sign_in_at)?.slice(0, 10) ?? 'never',
      ])
      hands.print(table(['account', 'mail', 'role', 'state', 'signed in'], lines))
      return 0
    },
  },
  {
    name: 'tokens create',
    about: 'Print an access token of an account, for scripts',
    words: ['USERNAME'],
    options: {
      scopes: { type: 'string', hint: '"read write"', about: 'what it may do (read when left out)' },
    },
    run: async ({ hands, words, options }) => {
      const app = await hands.openApp()
      const user = await person(app, words[0])
      const scopes = parseScopes(text(options.scopes) ?? 'read')
      const applicationId = (await ownApplication(app, 'hyrax-command-line')).id
      hands.print(await createToken(app, { applicationId, userId: user.id, scopes }))
      return 0
    },
  },
]

async function person(app: App, name = ''): Promise<UserRow> {
  const user = await userByName(app, name)
  if (!user) throw notFound(`There is no account named ${name} here`)
  return user
}

async function create({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const named = text(options.domain)
  const domain = named === undefined ? app.domains.all()[0] : app.domains.byHost(named)
  if (!domain) throw notFound(named === undefined ? 'There is no domain yet' : `${named} is not hosted here`)
  const password = randomToken(12)
  const role = text(options.role)
  const roleId = role ? (await roleByName(app, role))?.id : null
  if (roleId === undefined) throw new Misuse(`there is no role named ${role}`)
  const account = await signUpByKeeper(app, domain, {
    username: words[0] ?? '',
    email: text(options.email),
    password,
    roleId,
    approved: options.approve === true,
    confirmed: options.confirmed === true,
  })
  hands.print('OK')
  hands.print(`@${acctOf(account, domain)}@${domain.name}`)
  hands.print(`New password: ${password}`)
  return 0
}

async function modify({ hands, words, options }: Given): Promise<number> {
  const app = await hands.openApp()
  const user = await person(app, words[0])
  const role = text(options.role)
  if (role) {
    const found = await roleByName(app, role)
    if (!found) throw new Misuse(`there is no role named ${role}`)
    await setRole(app, user, found.id)
  }
  if (options['remove-role']) await setRole(app, user, null)
  const email = text(options.email)
  if (email) await setEmail(app, user, email)
  if (options.confirm) await confirmUser(app, user)
  if (options.approve) await approveUser(app, user)
  if (options.enable) await enableUser(app, user)
  if (options.disable) await disableUser(app, user)
  hands.print('OK')
  if (options['reset-password']) {
    const password = randomToken(12)
    await resetPassword(app, user, password)
    hands.print(`New password: ${password}`)
  }
  if (options['reset-link']) {
    const domain = app.domains.byId(user.domain_id)
    hands.print(
      `${domain?.origin}/auth/password/edit?reset_password_token=${await createRecovery(app, user)}`,
    )
  }
  return 0
}
