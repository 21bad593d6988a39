import { accountsByIds } from '#accounts/accounts.ts'
import { presentAccounts } from '#accounts/present-account.ts'
import { createRecovery, RECOVERY_MS } from '#auth/recover.ts'
import { may, positionOf, rolesById } from '#auth/roles.ts'
import { approveUser } from '#auth/sign-up.ts'
import { rejectUser } from '#auth/turn-away.ts'
import type { UserRow } from '#auth/users.ts'
import { userById } from '#auth/users.ts'
import { notAllowed, notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { isoTime } from '#platform/times.ts'
import { paths } from './paths.ts'
import { askToSignIn, signedIn } from './route.ts'
import type { Routes } from './site.ts'
import type { AdminPeopleData, ShownPerson } from './views/admin-people.ts'
import { adminPeoplePage } from './views/admin-people.ts'
import type { Visit } from './visit.ts'
import { goTo, send } from './visit.ts'

const PER_PAGE = 50

/** Who is here, and what staff can do: let in, turn away, hand out a reset link. */
export function mountAdminPeople(routes: Routes): void {
  routes.get(paths.people, (visit) => (visit.session ? show(visit, null) : askToSignIn(visit, paths.people)))
  routes.post('/admin/people/:id/approve', async (visit) => {
    await approveUser(visit.app, await personAt(visit))
    return goTo(visit, paths.people)
  })
  routes.post('/admin/people/:id/reject', async (visit) => {
    await rejectUser(visit.app, await personAt(visit))
    return goTo(visit, paths.people)
  })
  routes.post('/admin/people/:id/reset-link', async (visit) => {
    const { app, domain } = visit
    const user = await personAt(visit)
    const token = await createRecovery(app, user)
    const account = (await accountsByIds(app, [user.account_id])).get(user.account_id)
    return show(visit, {
      username: account?.username ?? '',
      url: `${domain.origin}${paths.resetPassword}?reset_password_token=${token}`,
      expiresAt: isoTime(app.now() + RECOVERY_MS),
    })
  })
}

async function staffOnly(visit: Visit): Promise<void> {
  signedIn(visit)
  if (!(await may(visit.app, visit.session.user, 'manage_users'))) throw notAllowed()
}

/** The person a form is about: of this domain only (AZ-16), and never of a higher role than the asker's (AZ-14). */
async function personAt(visit: Visit): Promise<UserRow> {
  await staffOnly(visit)
  signedIn(visit)
  const id = readId(visit.c.req.param('id'))
  const user = id === null ? undefined : await userById(visit.app, id)
  if (!user || user.domain_id !== visit.domain.id) throw notFound()
  const isSelf = user.id === visit.session.user.id
  const isAbove = (await positionOf(visit.app, visit.session.user)) > (await positionOf(visit.app, user))
  if (!isSelf && !isAbove) throw notAllowed()
  return user
}

async function show(visit: Visit, resetLink: AdminPeopleData['resetLink']): Promise<Response> {
  await staffOnly(visit)
  const { app, domain, frame } = visit
  const after = readId(new URL(visit.c.req.url).searchParams.get('max_id'))
  let query = app.db.selectFrom('user').selectAll().where('domain_id', '=', domain.id)
  if (after !== null) query = query.where('id', '<', after)
  const users = await query.orderBy('id', 'desc').limit(PER_PAGE).execute()
  const counts = await app.db
    .selectFrom('user')
    .select(({ fn }) => [fn.countAll<number>().as('total'), fn.count<number>('approved_at').as('approved')])
    .where('domain_id', '=', domain.id)
    .executeTakeFirstOrThrow()
  const last = users.length === PER_PAGE ? users.at(-1)?.id : undefined
  const html = adminPeoplePage(frame, {
    people: await presentPeople(visit, users),
    total: Number(counts.total),
    waiting: Number(counts.total) - Number(counts.approved),
    newer: after === null ? null : paths.people,
    older: last === undefined ? null : `${paths.people}?max_id=${last}`,
    resetLink,
  })
  return send(visit, html)
}

async function presentPeople(visit: Visit, users: UserRow[]): Promise<ShownPerson[]> {
  const { app, domain } = visit
  const rows = await accountsByIds(
    app,
    users.map((user) => user.account_id),
  )
  const shown = await presentAccounts(app, { domain, account: null }, [...rows.values()])
  const accounts = new Map(shown.map((account) => [account.id, account]))
  const roles = await rolesById(app)
  return users.flatMap((user): ShownPerson[] => {
    const account = accounts.get(String(user.account_id))
    if (!account) return []
    return [
      {
        ...account,
        id: String(user.id),
        email: user.email,
        createdAt: isoTime(user.created_at),
        role: user.role_id === null ? '' : (roles.get(user.role_id)?.name ?? ''),
        state: stateOf(user, account.suspended === true),
        reason: user.sign_up_reason,
      },
    ]
  })
}

function stateOf(user: UserRow, suspended: boolean): ShownPerson['state'] {
  if (suspended) return 'suspended'
  if (user.disabled_at !== null) return 'disabled'
  return user.approved_at === null ? 'pending' : 'active'
}
