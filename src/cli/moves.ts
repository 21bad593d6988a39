import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { userByName } from '#auth/users.ts'
import { addAlias, cancelMove, dropAlias, moveAccount } from '#relationships/move-account.ts'
import type { Command } from './command.ts'
import { Misuse } from './command.ts'

export const moveCommands: Command[] = [
  {
    name: 'accounts alias',
    about: 'Let another account, HANDLE or address, move to an account of ours',
    words: ['NAME', 'HANDLE'],
    options: { remove: { type: 'boolean', about: 'take it back' } },
    run: async ({ hands, words, options }) => {
      const app = await hands.openApp()
      const account = await ours(app, words[0])
      if (options.remove) await dropAlias(app, account, (await other(app, words[1])).uri)
      else await addAlias(app, account, await other(app, words[1]))
      hands.print(options.remove ? 'It is no alias any more.' : 'It may move here now.')
      return 0
    },
  },
  {
    name: 'accounts move',
    about:
      'Move an account of ours to another one, which has to name it as an alias first; followers are sent after it',
    words: ['NAME'],
    options: {
      to: { type: 'string', hint: 'HANDLE', about: 'the account it goes on as' },
      cancel: { type: 'boolean', about: 'stay after all; followers who went stay there' },
      'dry-run': { type: 'boolean', about: 'say whether it could be done, and do nothing' },
    },
    run: async ({ hands, words, options }) => {
      const app = await hands.openApp()
      const account = await ours(app, words[0])
      if (options.cancel) {
        await cancelMove(app, account)
        hands.print(`@${account.username} stays.`)
        return 0
      }
      if (typeof options.to !== 'string') throw new Misuse('--to says where it goes')
      const target = await other(app, options.to)
      if (options['dry-run']) {
        const named = (JSON.parse(target.also_known_as) as string[]).includes(account.uri)
        const away = `@${target.username}@${target.host}`
        hands.print(
          named
            ? `${account.followers_count} followers would be sent to ${away}.`
            : `${away} does not name @${account.username} as an alias yet.`,
        )
        return named ? 0 : 1
      }
      await moveAccount(app, account, target)
      hands.print(
        `@${account.username} moved to @${target.username}@${target.host}; followers are being sent after it.`,
      )
      return 0
    },
  },
]

async function ours(app: App, name = ''): Promise<AccountRow> {
  const user = await userByName(app, name)
  const account = user && (await accountById(app, user.account_id))
  if (!account) throw new Misuse(`There is no account named ${name} here`)
  return account
}

async function other(app: App, handle = ''): Promise<AccountRow> {
  const account = await app.fediverse.findAccount(handle.replace(/^@/, ''), { refresh: true })
  if (!account) throw new Misuse(`Nobody called ${handle} was found`)
  return account
}
