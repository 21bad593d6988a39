import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import { Account } from '#accounts/present-account.ts'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, idList, intText } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { block, unblock } from './block.ts'
import { acceptFollow, follow, rejectFollow, removeFollower, unfollow } from './follow.ts'
import { mute, unmute } from './mute.ts'
import { presentRelationships, Relationship } from './present-relationship.ts'
import { relatedAccounts } from './related-accounts.ts'

const USUAL = 40
/** How many relations one request may ask for. */
const MOST_RELATIONS = 200

async function targetOf(app: App, id: string): Promise<AccountRow> {
  const known = readId(id)
  const account = await letIn(app, known === null ? undefined : await accountById(app, known))
  if (!account) throw notFound()
  return account
}

async function relationTo(app: App, viewer: Viewer, target: AccountRow): Promise<Relationship> {
  return (await presentRelationships(app, viewer.account, [target.id]))[0] as Relationship
}

export const relationshipsEndpoint = endpoint({
  route: 'GET /api/v1/accounts/relationships',
  scope: 'read:follows',
  summary: 'What the member is to other accounts',
  query: z.object({ id: idList.optional(), with_suspended: flag.optional() }),
  returns: z.array(Relationship),
  handle: async ({ app, viewer, query }) => {
    const ids = (query.id ?? []).slice(0, MOST_RELATIONS).flatMap((id: string) => readId(id) ?? [])
    const known = await app.db
      .selectFrom('account')
      .select('id')
      .where('id', 'in', ids.length ? ids : [-1])
      .execute()
    const there = new Set(known.map((row) => row.id))
    return presentRelationships(
      app,
      viewer.account,
      [...new Set(ids)].filter((id) => there.has(id)),
    )
  },
})

export const followEndpoint = endpoint({
  route: 'POST /api/v1/accounts/:id/follow',
  scope: ['write:follows', 'follow'],
  summary: 'Follow an account, or change how',
  limit: 'follows',
  body: z.object({
    reblogs: flag.optional(),
    notify: flag.optional(),
    languages: z.array(z.string().max(35)).max(200).optional(),
  }),
  returns: Relationship,
  handle: async ({ app, viewer, params, body }) => {
    const target = await targetOf(app, params.id)
    await follow(app, viewer.account, target, body)
    return relationTo(app, viewer, target)
  },
})

/** Declares the verbs that need nothing but the other account's id. */
function act(route: `POST /api/v1/accounts/:id/${string}`, scope: string, summary: string, run: Act) {
  return endpoint({
    route,
    scope: [scope, 'follow'],
    summary,
    returns: Relationship,
    handle: async ({ app, viewer, params }) => {
      const target = await targetOf(app, (params as { id: string }).id)
      await run(app, viewer.account, target)
      return relationTo(app, viewer, target)
    },
  })
}
type Act = (app: App, account: AccountRow, target: AccountRow) => Promise<unknown>

export const unfollowEndpoint = act(
  'POST /api/v1/accounts/:id/unfollow',
  'write:follows',
  'Stop following',
  unfollow,
)
export const blockEndpoint = act('POST /api/v1/accounts/:id/block', 'write:blocks', 'Block an account', block)
export const unblockEndpoint = act(
  'POST /api/v1/accounts/:id/unblock',
  'write:blocks',
  'End a block',
  unblock,
)
export const unmuteEndpoint = act('POST /api/v1/accounts/:id/unmute', 'write:mutes', 'End a mute', unmute)
export const removeFollowerEndpoint = act(
  'POST /api/v1/accounts/:id/remove_from_followers',
  'write:follows',
  'Remove a follower',
  removeFollower,
)

export const muteEndpoint = endpoint({
  route: 'POST /api/v1/accounts/:id/mute',
  scope: ['write:mutes', 'follow'],
  summary: 'Hide an account, for a time or until undone',
  body: z.object({ notifications: flag.optional(), duration: intText.optional() }),
  returns: Relationship,
  handle: async ({ app, viewer, params, body }) => {
    const target = await targetOf(app, params.id)
    await mute(app, viewer.account, target, {
      notifications: body.notifications,
      durationSeconds: Math.max(0, body.duration ?? 0),
    })
    return relationTo(app, viewer, target)
  },
})

const readerOf = (domain: HostedDomain, viewer: Viewer | null) => ({
  domain,
  account: viewer?.account ?? null,
})

/** Declares a list of accounts that stand in some relation to the member. */
function own(
  route: `GET /api/v1/${string}`,
  scope: string,
  summary: string,
  kind: 'follow_request' | 'block' | 'mute',
) {
  return endpoint({
    route,
    scope: [scope, 'follow'],
    summary,
    query: PageQuery,
    returns: z.array(Account.extend({ mute_expires_at: z.string().nullable().optional() })),
    handle: async ({ app, viewer, domain, query, request }) => {
      const page = readPage(query, USUAL)
      const { accounts, ...ends } = await relatedAccounts(
        app,
        readerOf(domain, viewer),
        kind,
        viewer.account,
        page,
      )
      return paged(accounts, { request, page, ...ends, style: 'accounts' })
    },
  })
}

export const followRequestsEndpoint = own(
  'GET /api/v1/follow_requests',
  'read:follows',
  'Who asks to follow',
  'follow_request',
)
export const blocksEndpoint = own('GET /api/v1/blocks', 'read:blocks', 'Blocked accounts', 'block')
export const mutesEndpoint = own('GET /api/v1/mutes', 'read:mutes', 'Muted accounts', 'mute')

function answer(route: `POST /api/v1/follow_requests/:id/${string}`, summary: string, run: Act) {
  return endpoint({
    route,
    scope: ['write:follows', 'follow'],
    summary,
    returns: Relationship,
    handle: async ({ app, viewer, params }) => {
      const asking = await targetOf(app, (params as { id: string }).id)
      await run(app, viewer.account, asking)
      return relationTo(app, viewer, asking)
    },
  })
}
export const authorizeFollowEndpoint = answer(
  'POST /api/v1/follow_requests/:id/authorize',
  'Let them follow',
  acceptFollow,
)
export const rejectFollowEndpoint = answer(
  'POST /api/v1/follow_requests/:id/reject',
  'Refuse a follow',
  rejectFollow,
)

function network(
  route: 'GET /api/v1/accounts/:id/followers' | 'GET /api/v1/accounts/:id/following',
  kind: 'followers' | 'following',
) {
  return endpoint({
    route,
    scope: 'public',
    ifToken: 'read:accounts',
    summary: kind === 'followers' ? 'Who follows an account' : 'Whom an account follows',
    query: PageQuery,
    returns: z.array(Account),
    handle: async ({ app, viewer, domain, params, query, request }) => {
      const account = await targetOf(app, params.id)
      const page = readPage(query, USUAL)
      const hidden = account.hide_collections === 1 && viewer?.account.id !== account.id
      if (hidden || account.suspended_at !== null) return []
      const { accounts, ...ends } = await relatedAccounts(app, readerOf(domain, viewer), kind, account, page)
      return paged(accounts, { request, page, ...ends, style: 'accounts' })
    },
  })
}
export const followersEndpoint = network('GET /api/v1/accounts/:id/followers', 'followers')
export const followingEndpoint = network('GET /api/v1/accounts/:id/following', 'following')
