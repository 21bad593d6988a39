import { invalid } from '#platform/errors.ts'

const READ =
  'accounts blocks bookmarks collections favourites filters follows lists mutes notifications search statuses'
const WRITE =
  'accounts blocks bookmarks collections conversations favourites filters follows lists media mutes notifications reports statuses'
const ADMIN =
  'accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks canonical_email_blocks'

const under = (parent: string, children: string) => [
  parent,
  ...children.split(' ').map((child) => `${parent}:${child}`),
]

/** Every scope there is (surface d). */
export const SCOPES: readonly string[] = [
  'profile',
  ...under('read', READ),
  ...under('write', WRITE),
  'push',
  'follow',
  ...under('admin:read', ADMIN),
  ...under('admin:write', ADMIN),
]

const KNOWN = new Set(SCOPES)

/** Reads scopes parted by spaces (or `+`), each once; throws 422 naming the first that does not exist. */
export function parseScopes(text: string): string[] {
  const scopes = [...new Set(text.split(/[\s+]+/).filter((scope) => scope !== ''))]
  const unknown = scopes.find((scope) => !KNOWN.has(scope))
  if (unknown !== undefined) throw invalid(`There is no scope named ${unknown.slice(0, 100)}`)
  return scopes
}

// The old `follow` scope means reading and writing of these three.
const FOLLOW_PARTS = new Set(['blocks', 'follows', 'mutes'])

/**
 * The scopes of which a token must have one to do what asks for `required` (any of them): the scope itself,
 * its parents (`write` for `write:statuses`, `admin:read` for `admin:read:accounts`), and `follow` where it
 * stands for it.
 */
export function acceptedScopes(required: string | readonly string[]): ReadonlySet<string> {
  const accepted = new Set<string>()
  for (const scope of typeof required === 'string' ? [required] : required) {
    accepted.add(scope)
    const parts = scope.split(':')
    const [first, second] = parts
    if (first === 'admin') {
      if (parts.length === 3) accepted.add(`admin:${second}`)
    } else if (parts.length === 2) {
      accepted.add(first as string)
      if ((first === 'read' || first === 'write') && FOLLOW_PARTS.has(second as string))
        accepted.add('follow')
    }
  }
  return accepted
}

/** Whether the granted scopes cover one of the required ones. */
export function coversScope(granted: readonly string[], required: string | readonly string[]): boolean {
  return isAmong(granted, acceptedScopes(required))
}

/** Whether one of the granted scopes is accepted. */
export function isAmong(granted: readonly string[], accepted: ReadonlySet<string>): boolean {
  for (const scope of granted) if (accepted.has(scope)) return true
  return false
}
