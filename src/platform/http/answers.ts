import type { z } from 'zod'
import { Refusal, type RefusalDetails, type RefusalKind } from '#platform/errors.ts'
import { HttpRefusal } from './refuse.ts'

/** How an error is told: `unexpected` ones are logged, and say nothing of themselves. */
export type ErrorAnswer = {
  status: number
  body: Record<string, unknown>
  headers: Record<string, string>
  unexpected: boolean
}

const STATUS: Record<RefusalKind, number> = {
  'not-found': 404,
  'not-allowed': 403,
  unauthenticated: 401,
  invalid: 422,
  conflict: 409,
  'too-many': 429,
  unavailable: 503,
  gone: 410,
}

/** Translates whatever was thrown into the API's words (surface h). */
export function answerError(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof Refusal) return answerRefusal(error)
  if (error instanceof HttpRefusal) {
    return { status: error.status, body: { error: error.message }, headers: error.headers, unexpected: false }
  }
  if (isOverload(error)) {
    return {
      status: 503,
      body: { error: 'The server cannot store anything right now, please try again' },
      headers: { 'Retry-After': '10' },
      unexpected: true,
    }
  }
  return {
    status: 500,
    body: { error: 'Something went wrong on our side', request_id: requestId },
    headers: {},
    unexpected: true,
  }
}

function answerRefusal(refusal: Refusal): ErrorAnswer {
  const body: Record<string, unknown> = { error: refusal.message, ...refusal.more }
  if (refusal.details) body.details = refusal.details
  const headers: Record<string, string> = {}
  if (refusal.kind === 'unavailable') headers['Retry-After'] = '10'
  if (refusal.kind === 'unauthenticated') headers['WWW-Authenticate'] = 'Bearer realm="Hyrax"'
  return { status: STATUS[refusal.kind], body, headers, unexpected: false }
}

// node:sqlite: busy 5, locked 6, input/output 10, full 13. PostgreSQL: classes 53 (resources), 57P (going
// down), 08 (connection), deadlock and lock timeouts.
const FULL_OR_BUSY = new Set([5, 6, 10, 13])
const OVERLOAD_CODE = /^(?:53...|57P0.|57014|08...|40P01|55P03|ECONNREFUSED|ENOSPC|EDQUOT|EMFILE)$/

/** Whether the store is full, busy or away, so that trying again later may help. */
export function isOverload(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return FULL_OR_BUSY.has(errcode & 0xff)
  return typeof code === 'string' && OVERLOAD_CODE.test(code)
}

/** What did not fit a form as Mastodon says it: one sentence, and `details` by field. */
export function validationRefusal(error: z.ZodError): Refusal {
  const details: RefusalDetails = {}
  const sentences: string[] = []
  for (const issue of error.issues.slice(0, 20)) {
    const field = issue.path.map(String).join('.') || 'base'
    const description = describe(issue)
    details[field] ??= []
    details[field].push({ error: codeOf(issue), description })
    const name = field.replace(/[._]+/g, ' ')
    sentences.push(
      field === 'base' ? description : `${name.charAt(0).toUpperCase()}${name.slice(1)} ${description}`,
    )
  }
  return new Refusal('invalid', `Validation failed: ${sentences.join(', ')}`, details)
}

type Issue = z.core.$ZodIssue

const isMissing = (issue: Issue) =>
  issue.code === 'invalid_type' && / received undefined$/.test(issue.message)

function codeOf(issue: Issue): string {
  if (isMissing(issue)) return 'ERR_BLANK'
  if (issue.code === 'too_small') {
    if (issue.origin !== 'string') return 'ERR_INVALID'
    return issue.minimum === 1 ? 'ERR_BLANK' : 'ERR_TOO_SHORT'
  }
  if (issue.code === 'too_big') return issue.origin === 'string' ? 'ERR_TOO_LONG' : 'ERR_INVALID'
  return issue.code === 'invalid_value' ? 'ERR_INCLUSION' : 'ERR_INVALID'
}

function describe(issue: Issue): string {
  if (isMissing(issue)) return "can't be blank"
  if (issue.code === 'too_small' && issue.origin === 'string') {
    return issue.minimum === 1 ? "can't be blank" : `is too short (minimum is ${issue.minimum} characters)`
  }
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return `is too long (maximum is ${issue.maximum} characters)`
  }
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`
  if (issue.code === 'invalid_value') return 'is not included in the list'
  // What zod says by itself is about types; words given in a schema are meant for people.
  return /^(?:Invalid|Unrecognized|Too )/.test(issue.message) ? 'is invalid' : issue.message
}
