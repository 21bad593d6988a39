import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { passwordChanged } from '#happenings.ts'
import { siteOf } from '#instance/site.ts'
import { job } from '#platform/jobs/declare.ts'
import { isMailOn, sendMail } from '#platform/mail.ts'
import { createConfirmation } from './confirm-address.ts'
import type { LetterKind } from './letters.ts'
import { letterKinds, writeLetter } from './letters.ts'
import { createRecovery } from './recover.ts'
import type { UserRow } from './users.ts'
import { userById } from './users.ts'

/** Sends one letter. Its link is made as it leaves: what waits in the queue opens nothing. */
export const sendLetter = job({
  name: 'send letter',
  queue: 'mail',
  tries: 10,
  payload: z.object({ userId: z.number().int(), kind: z.enum(letterKinds), address: z.string().optional() }),
  async run(app, { userId, kind, address }) {
    const user = await userById(app, userId)
    const account = user && (await accountById(app, user.account_id))
    const domain = user && app.domains.byId(user.domain_id)
    const to = address ?? user?.email
    if (!user || !to || !account || !domain || !isMailOn(app.config)) return
    // It was confirmed while the letter waited.
    if (kind === 'confirm' && user.confirmed_at !== null) return
    const { title } = await siteOf(app, domain.id)
    const named = { site: title, handle: `@${account.username}@${domain.name}` }
    const letter = writeLetter(kind, user.locale, named, await linkFor(app, user, domain, kind, to))
    await sendMail(app.config, { to, fromName: title, ...letter })
  },
})

/** Links lead to where the server is configured to be, whatever a request said (WEB-10). */
async function linkFor(
  app: App,
  user: UserRow,
  { origin }: HostedDomain,
  kind: LetterKind,
  to: string,
): Promise<string> {
  if (kind === 'confirm' || kind === 'new-address')
    return `${origin}/auth/confirmation?confirmation_token=${await createConfirmation(app, user, to)}`
  if (kind === 'reset')
    return `${origin}/auth/password/edit?reset_password_token=${await createRecovery(app, user)}`
  if (kind === 'password-changed' || kind === 'address-changing') return `${origin}/auth/password/new`
  return `${origin}/auth/sign_in`
}

/**
 * Owes a member a letter, to another address than theirs where one is given, in the caller's transaction; nothing where
 * the server mails nothing or no address is known.
 */
export async function oweLetter(tx: App, user: UserRow, kind: LetterKind, address?: string): Promise<void> {
  const to = address ?? user.email
  if (!to || !isMailOn(tx.config)) return
  const lane = to.split('@').at(-1)?.toLowerCase() ?? ''
  const letter = { userId: user.id, kind, ...(address ? { address } : {}) }
  await tx.later(sendLetter, letter, { lane, prio: 10, unique: `letter ${kind} ${user.id} ${to}` })
}

/** Tells a member of a new password: it may have been somebody else who chose it. */
export const tellPasswordChanged = job({
  name: 'tell of a new password',
  queue: 'local',
  tries: 5,
  payload: passwordChanged.payload,
  concerns: (tx) => isMailOn(tx.config),
  async run(app, { userId }) {
    const user = await userById(app, userId)
    if (user) await app.inTransaction((tx) => oweLetter(tx, user, 'password-changed'))
  },
})
