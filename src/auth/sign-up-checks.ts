import { MAX_PASSWORD_BYTES } from '#platform/secrets.ts'

export type Problem = { error: string; description: string }

const problem = (error: string, description: string): Problem => ({ error, description })

/** Names that would pass for the server or its staff, or stand in for a path. */
const RESERVED = new Set([
  'abuse',
  'account',
  'accounts',
  'admin',
  'administration',
  'administrator',
  'api',
  'auth',
  'contact',
  'help',
  'helpdesk',
  'hostmaster',
  'inbox',
  'instance',
  'mod',
  'moderator',
  'oauth',
  'owner',
  'postmaster',
  'root',
  'security',
  'server',
  'settings',
  'setup',
  'support',
  'sysadmin',
  'webmaster',
])
const MOST_NAME = 30
const LEAST_PASSWORD = 8
const MOST_EMAIL = 320
// A strict subset of what mail allows: no quotes, comments or address literals (ACC-15).
const EMAIL =
  /^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$/i

/** What is wrong with a name, or null. `staff` may take reserved ones. */
export function checkName(name: string, { staff = true } = {}): Problem | null {
  if (name === '') return problem('ERR_BLANK', "can't be blank")
  if (name.length > MOST_NAME)
    return problem('ERR_TOO_LONG', `is too long (maximum is ${MOST_NAME} characters)`)
  if (!/^[a-z0-9_]+$/i.test(name))
    return problem('ERR_INVALID', 'must contain only letters, numbers and underscores')
  if (!staff && RESERVED.has(name.toLowerCase())) return problem('ERR_RESERVED', 'is reserved')
  return null
}

/** What is wrong with a mail address, or null. */
export function checkEmail(email: string): Problem | null {
  if (email === '') return problem('ERR_BLANK', "can't be blank")
  if (email.length > MOST_EMAIL || !EMAIL.test(email) || email.includes('..')) {
    return problem('ERR_INVALID', 'is not a mail address')
  }
  return null
}

/** What is wrong with a password, or null. */
export function checkPassword(password: string): Problem | null {
  if (password === '') return problem('ERR_BLANK', "can't be blank")
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    return problem('ERR_TOO_LONG', `is too long (maximum is ${MAX_PASSWORD_BYTES} bytes)`)
  }
  if ([...password].length < LEAST_PASSWORD) {
    return problem('ERR_TOO_SHORT', `is too short (minimum is ${LEAST_PASSWORD} characters)`)
  }
  return null
}

/** What is wrong with a date of birth (YYYY-MM-DD) where one must be `least` years old, or null. */
export function checkAge(dateOfBirth: string | undefined, least: number, now: number): Problem | null {
  if (!dateOfBirth) return problem('ERR_BLANK', "can't be blank")
  const born = /^\d{4}-\d{2}-\d{2}$/.test(dateOfBirth) ? new Date(`${dateOfBirth}T00:00:00Z`) : null
  // Engines read the 31st of February as a day in March.
  if (!born || Number.isNaN(born.getTime()) || born.toISOString().slice(0, 10) !== dateOfBirth)
    return problem('ERR_INVALID', 'is not a date')
  const grown = Date.UTC(born.getUTCFullYear() + least, born.getUTCMonth(), born.getUTCDate())
  return grown > now ? problem('ERR_BELOW_LIMIT', `is below the age of ${least}`) : null
}

/** What is wrong with the name of a language (BCP 47), or null. */
export function checkLocale(locale: string): Problem | null {
  return /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i.test(locale)
    ? null
    : problem('ERR_INCLUSION', 'is not the name of a language')
}

/** Whether this is the name of a time zone (IANA). */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
