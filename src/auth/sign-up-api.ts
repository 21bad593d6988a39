import { z } from 'zod'
import type { App, Viewer } from '#app.ts'
import { invalid, notAllowed } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, text } from '#platform/http/forms-fields.ts'
import { MINUTE } from '#platform/times.ts'
import { countAttempt, lettersTo } from './attempts.ts'
import { oweLetter } from './send-letter.ts'
import { setEmail, signUp } from './sign-up.ts'
import { createToken } from './tokens.ts'

const Token = z.object({
  access_token: z.string(),
  token_type: z.string(),
  scope: z.string(),
  created_at: z.number().int(),
})

export const registerAccountEndpoint = endpoint({
  route: 'POST /api/v1/accounts',
  scope: 'app',
  ifToken: 'write:accounts',
  summary: 'Sign somebody up; answers with their token',
  limit: 'accounts',
  body: z.object({
    username: text().optional(),
    email: text().optional(),
    password: z.string().max(10_000).optional(),
    agreement: flag.optional(),
    locale: z.string().max(35).optional(),
    time_zone: z.string().max(100).optional(),
    reason: text().optional(),
    date_of_birth: z.string().max(20).optional(),
    invite_code: text(200).optional(),
  }),
  returns: Token,
  handle: async ({ app, viewer, token, domain, body, request }) => {
    if (viewer || !token) throw notAllowed('This method requires an application token')
    if (body.invite_code?.trim()) throw unknownInvite()
    const { applicationId } = token
    const { user } = await signUp(app, domain, {
      username: body.username?.trim() ?? '',
      email: body.email?.trim() || undefined,
      password: body.password ?? '',
      agreement: body.agreement ?? false,
      locale: body.locale,
      timeZone: body.time_zone || undefined,
      reason: body.reason || undefined,
      dateOfBirth: body.date_of_birth,
      ip: request.ip,
      applicationId,
    })
    // The newcomer's token may do all that the app registered for; this request's own may do less.
    const { scopes } = await app.db
      .selectFrom('application')
      .select('scopes')
      .where('id', '=', applicationId)
      .executeTakeFirstOrThrow()
    const made = await createToken(app, { applicationId, userId: user.id, scopes: scopes.split(' ') })
    return {
      access_token: made,
      token_type: 'Bearer',
      scope: scopes,
      created_at: Math.floor(app.now() / 1000),
    }
  },
})

/** Nobody can be invited yet, so no code is good. */
function unknownInvite() {
  const description = 'is not valid; this server has given out no invitations'
  return invalid(`Validation failed: Invite code ${description}`, {
    invite_code: [{ error: 'ERR_INVALID', description }],
  })
}

export const checkConfirmationEndpoint = endpoint({
  route: 'GET /api/v1/emails/check_confirmation',
  scope: 'read:accounts',
  summary: 'Whether the member’s mail address is confirmed',
  whileRefused: true,
  returns: z.boolean(),
  handle: async ({ viewer }) => viewer.user.confirmed_at !== null,
})

export const resendConfirmationEndpoint = endpoint({
  route: 'POST /api/v1/emails/confirmations',
  scope: 'write:accounts',
  summary: 'Ask for the confirmation mail again, to another address too',
  limit: 'confirmation',
  whileRefused: true,
  body: z.object({ email: text().optional() }),
  returns: z.object({}).strict(),
  handle: async ({ app, viewer, body }) => {
    mayAsk(viewer)
    await countConfirmation(app, viewer)
    const email = body.email?.trim()
    const { user } = viewer
    const to = email || user.email
    if (to) await countAttempt(app, [lettersTo(to)])
    if (email && email !== user.email) await setEmail(app, user, email)
    await app.inTransaction((tx) => oweLetter(tx, { ...user, email: to }, 'confirm'))
    return {}
  },
})

function mayAsk({ user, token }: Viewer): void {
  if (user.created_by_application_id !== token.application_id)
    throw notAllowed('This method is only available to the application the user originally signed-up with')
  if (user.confirmed_at !== null)
    throw notAllowed('This method is only available while the e-mail is awaiting confirmation')
}

/** Five in half an hour for one person, whatever the address they ask from (ACC-09). */
const countConfirmation = (app: App, { user }: Viewer) =>
  countAttempt(app, [{ key: `confirmation ${user.id}`, most: 5, spanMs: 30 * MINUTE }])
