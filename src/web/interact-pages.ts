import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { presentAccount } from '#accounts/present-account.ts'
import { notFound } from '#platform/errors.ts'
import type { Form } from '#platform/http/forms.ts'
import { readId } from '#platform/ids.ts'
import { follow, unfollow } from '#relationships/follow.ts'
import { presentRelationships } from '#relationships/present-relationship.ts'
import { favourite, unfavourite } from '#statuses/favourite.ts'
import { presentStatus } from '#statuses/present-status.ts'
import { reblog, unreblog } from '#statuses/reblog.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { visibleOriginal, visibleStatus } from '#statuses/visibility.ts'
import { paths } from './paths.ts'
import { askToSignIn, signedIn, textOf } from './route.ts'
import type { Routes } from './site.ts'
import { interactPage } from './views/interact.ts'
import type { Visit } from './visit.ts'
import { goTo, send } from './visit.ts'

const MOST_URI = 2048

/** Where other servers send our members to follow or to act: only they make us ask the network (LOOP-14). */
export function mountInteract(routes: Routes): void {
  routes.get(paths.interact, async (visit) => {
    const uri = new URL(visit.c.req.url).searchParams.get('uri') ?? ''
    if (!visit.session) return askToSignIn(visit, `${paths.interact}?uri=${encodeURIComponent(uri)}`)
    return find(
      visit,
      uri
        .replace(/^acct:/, '')
        .replace(/^web\+ap:/, 'https:')
        .slice(0, MOST_URI),
    )
  })
  routes.post(paths.interact, act)
}

async function find(visit: Visit, uri: string): Promise<Response> {
  const { app } = visit
  const isUrl = /^https?:\/\//.test(uri)
  const status = isUrl ? await app.fediverse.findStatus(uri) : null
  if (status) return showStatus(visit, status)
  const account = uri === '' ? null : await app.fediverse.findAccount(uri)
  if (account) return showAccount(visit, account)
  return send(visit, interactPage(visit.frame, { kind: 'nothing' }), { status: 404 })
}

async function showAccount(visit: Visit, account: AccountRow): Promise<Response> {
  signedIn(visit)
  const { app, domain, frame, session } = visit
  if (account.suspended_at !== null) throw notFound()
  const shown = await presentAccount(app, { domain, account: session.account }, account)
  const [relation] = await presentRelationships(app, session.account, [account.id])
  const state = relation?.following ? 'following' : relation?.requested ? 'requested' : 'none'
  return send(visit, interactPage(frame, { kind: 'account', account: shown, state }))
}

async function showStatus(visit: Visit, status: StatusRow): Promise<Response> {
  signedIn(visit)
  const { app, domain, frame, session } = visit
  const seen = await visibleStatus(app, session.account, status.id)
  const shown = await presentStatus(app, { domain, account: session.account }, seen)
  return send(visit, interactPage(frame, { kind: 'status', status: shown, now: app.now() }))
}

async function act(visit: Visit, form: Form): Promise<Response> {
  signedIn(visit)
  const { app, session } = visit
  const me = session.account
  const id = readId(textOf(form, 'id'))
  const action = textOf(form, 'action')
  if (textOf(form, 'kind') === 'account') {
    const target = id === null ? undefined : await accountById(app, id)
    if (!target) throw notFound()
    await (action === 'follow' ? follow(app, me, target) : unfollow(app, me, target))
    return goTo(visit, `${paths.interact}?uri=${encodeURIComponent(target.uri)}`)
  }
  const status = await visibleOriginal(app, me, id)
  if (action === 'favourite') await favourite(app, me, status)
  else if (action === 'unfavourite') await unfavourite(app, me, status)
  else if (action === 'reblog') await reblog(app, me, status)
  else if (action === 'unreblog') await unreblog(app, me, status)
  return goTo(visit, `${paths.interact}?uri=${encodeURIComponent(status.uri)}`)
}
