import { invalid } from '#platform/errors.ts'
import { verifyPassword } from '#platform/secrets.ts'
import type { UserRow } from './users.ts'

/** Before what cannot be taken back: throws `invalid`, naming the field, unless this is the person's password (ACC-23). */
export async function demandPassword(user: Pick<UserRow, 'password_hash'>, password: string): Promise<void> {
  if (user.password_hash && (await verifyPassword(password, user.password_hash))) return
  throw invalid('Validation failed: Password is wrong', {
    password: [{ error: 'ERR_INVALID', description: 'is wrong' }],
  })
}
