/** What a verb throws when it will not do what was asked; every door translates it once. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  /** Per-field reasons, as Mastodon's `details` of a failed validation. */
  readonly details: RefusalDetails | undefined
  /** What else the answer carries beside the error. */
  readonly more: Record<string, unknown>

  constructor(
    kind: RefusalKind,
    message: string,
    details?: RefusalDetails,
    more: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.kind = kind
    this.details = details
    this.more = more
  }
}

export type RefusalKind =
  | 'not-found'
  | 'not-allowed'
  | 'unauthenticated'
  | 'invalid'
  | 'conflict'
  | 'too-many'
  | 'unavailable'
  | 'gone'
export type RefusalDetails = Record<string, { error: string; description: string }[]>

/** The thing does not exist, or the asker may not see it: the two must not be told apart. */
export const notFound = (message = 'Record not found') => new Refusal('not-found', message)

/** The asker is known and may not do this. */
export const notAllowed = (message = 'This action is not allowed') => new Refusal('not-allowed', message)

/** The asker must say who they are first. */
export const unauthenticated = (message = 'The access token is invalid') =>
  new Refusal('unauthenticated', message)

/** What was sent cannot be accepted as it is; `details` names the fields. */
export const invalid = (message: string, details?: RefusalDetails) => new Refusal('invalid', message, details)

/** Somebody else changed the thing first. */
export const conflict = (message: string) => new Refusal('conflict', message)

/** A limit was reached. */
export const tooMany = (message = 'Too many requests') => new Refusal('too-many', message)

/** Something we depend on (another server, the disk) does not answer now. */
export const unavailable = (message: string) => new Refusal('unavailable', message)

/** The thing existed and was deleted for good. */
export const gone = (message = 'Gone') => new Refusal('gone', message)
