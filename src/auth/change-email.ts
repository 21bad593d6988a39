import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { isMailOn } from '#platform/mail.ts'
import { MINUTE } from '#platform/times.ts'
import { countAttempt, lettersTo } from './attempts.ts'
import { demandPassword } from './demand-password.ts'
import { oweLetter } from './send-letter.ts'
import { setEmail } from './sign-up.ts'
import { checkEmail } from './sign-up-checks.ts'
import type { UserRow } from './users.ts'
import { userByEmail } from './users.ts'

const CHANGES = 5

/**
 * Gives a member who knows their password another mail address. Where the server mails, the new one holds once a link
 * sent to it was followed, and the old one is told before (ACC-14); answers whether that is so. Throws `invalid` with
 * details by field, and when asked too often (ACC-09).
 */
export async function changeEmail(
  app: App,
  user: UserRow,
  wish: { email: string; password: string },
): Promise<'now' | 'once confirmed'> {
  await countAttempt(app, [{ key: `email ${user.id}`, most: CHANGES, spanMs: 30 * MINUTE }])
  await demandPassword(user, wish.password)
  const email = wish.email.trim()
  const problem = checkEmail(email)
  if (problem) throw invalid(`Validation failed: Email ${problem.description}`, { email: [problem] })
  if (!isMailOn(app.config)) {
    await setEmail(app, user, email)
    return 'now'
  }
  await countAttempt(app, [lettersTo(email)])
  const domain = app.domains.byId(user.domain_id)
  // Where somebody has the address already, nothing goes there; who asks is told the same (ACC-06).
  const isFree = domain && !(await userByEmail(app, domain, email))
  await app.inTransaction(async (tx) => {
    if (isFree) await oweLetter(tx, user, 'new-address', email)
    await oweLetter(tx, user, 'address-changing')
  })
  return 'once confirmed'
}
