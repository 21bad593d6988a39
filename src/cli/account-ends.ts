import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { actOnAccount } from '#moderation/act-on-account.ts'
import { deleteAccount } from '#moderation/delete-account.ts'
import { unsilenceAccount, unsuspendAccount } from '#moderation/mark-account.ts'
import { notFound } from '#platform/errors.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'

const reason = { reason: { type: 'string', hint: 'TEXT', about: 'what its owner is told' } } as const
const dryRun = { 'dry-run': { type: 'boolean', about: 'say what would be done, and do nothing' } } as const

type Deed = {
  sentence: (name: string) => string
  run: (app: App, account: AccountRow, text: string) => Promise<void>
}

/** Declares a command that does one thing to an account, or says that it would. */
function deed(name: string, about: string, options: Command['options'], { sentence, run }: Deed): Command {
  return {
    name: `accounts ${name}`,
    about,
    words: ['HANDLE'],
    options: { ...options, ...dryRun },
    async run({ hands, words, options: given }: Given) {
      const app = await hands.openApp()
      const account = await named(app, words[0])
      if (given['dry-run']) {
        hands.print(sentence(`@${account.username}@${account.host}`))
        return 0
      }
      if (name === 'delete' && !given.yes)
        throw new Misuse(`${sentence(`@${account.username}@${account.host}`)} Repeat it with --yes.`)
      await run(app, account, typeof given.reason === 'string' ? given.reason : '')
      hands.print('OK')
      return 0
    },
  }
}

const act =
  (action: 'suspend' | 'silence'): Deed['run'] =>
  (app, account, text) =>
    actOnAccount(app, account, { action, text, by: null })

/** What the keeper does to accounts, here and elsewhere. */
export const accountEndCommands: Command[] = [
  deed('suspend', 'Let nobody see an account, and sign it out everywhere', reason, {
    sentence: (name) => `${name} would be suspended. One of ours can come back within 30 days.`,
    run: act('suspend'),
  }),
  deed(
    'unsuspend',
    'Take a suspension back',
    {},
    {
      sentence: (name) => `${name} would be suspended no longer.`,
      run: unsuspendAccount,
    },
  ),
  deed('limit', 'Show an account only to those who follow it', reason, {
    sentence: (name) => `${name} would be limited.`,
    run: act('silence'),
  }),
  deed(
    'unlimit',
    'Limit an account no longer',
    {},
    {
      sentence: (name) => `${name} would be limited no longer.`,
      run: unsilenceAccount,
    },
  ),
  deed(
    'delete',
    'Delete an account with all it wrote, for good, and tell every server',
    { yes: { type: 'boolean', about: 'do it' } },
    {
      sentence: (name) =>
        `${name} would be deleted with all posts, files and follows. This cannot be taken back, and its name stays taken.`,
      run: deleteAccount,
    },
  ),
]

async function named(app: App, handle = ''): Promise<AccountRow> {
  const [domain] = app.domains.all()
  const account = domain ? await accountByAcct(app, domain, handle) : undefined
  if (!account || account.deleted_at !== null || account.actor_type === 'Application')
    throw notFound(`There is no account named ${handle} here`)
  return account
}
