import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import { waitingAmong } from '#accounts/let-in.ts'
import { Account } from '#accounts/present-account.ts'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, idList, intText, textList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { block, unblock } from './block.ts'
import { acceptFollow, follow, rejectFollow, removeFollower, unfollow } from './follow.ts'
import { mute, unmute } from './mute.ts'
import { presentRelationships, Relationship } from './present-relationship.ts'
import { relatedAccounts } from './related-accounts.ts'
import { blockExists } from './relationships.ts'
import { accountNamed, relationTo } from './target-account.ts'

const USUAL = 40
/** How many relations one request may ask for. */
const MOST_RELATIONS = 200

export const relationshipsEndpoint = endpoint({
  route: 'GET /api/v1/accounts/relationships',
  scope: 'read:follows',
  summary: 'What the member is to other accounts',
  query: z.object({ id: idList.optional(), with_suspended: flag.optional() }),
  returns: z.array(Relationship),
  handle: async ({ app, viewer, query }) => {
    const ids = (query.id ?? []).slice(0, MOST_RELATIONS).flatMap((id: string) => readId(id) ?? [])
    const known = await accountsByIds(app, ids)
    const waits = await waitingAmong(app, ids)
    const there = [...new Set(ids)].filter((id) => {
      const account = known.get(id)
      return account && !waits.has(id) && (query.with_suspended || account.suspended_at === null)
    })
    return presentRelationships(app, viewer.account, there)
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
    languages: textList(200).optional(),
  }),
  returns: Relationship,
  handle: async ({ app, viewer, params, body }) => {
    const target = await accountNamed(app, params.id)
    const state = await follow(app, viewer.account, target, {
      ...body,
      languages: languagesOf(body.languages),
    })
    const relation = await relationTo(app, viewer, target)
    // Clients are told what will be so in a moment: nobody answers a follow of an unlocked account by hand.
    const soon = state === 'requested' && target.locked === 0 && viewer.account.silenced_at === null
    return soon ? { ...relation, following: true, requested: false } : relation
  },
})

/** The languages that were chosen, each once; throws `invalid` for what names none. None chosen means all. */
function languagesOf(given: string[] | undefined): string[] | undefined {
  const languages = given?.filter((code) => code !== '')
  if (languages?.some((code) => !/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(code)))
    throw invalid('Validation failed: Languages are not valid')
  return languages && [...new Set(languages)]
}

/** Declares the verbs that need nothing but the other account's id. */
function act(route: `POST /api/v1/accounts/:id/${string}`, scope: string, summary: string, run: Act) {
  return endpoint({
    route,
    scope: [scope, 'follow'],
    summary,
    returns: Relationship,
    handle: async ({ app, viewer, params }) => {
      const target = await accountNamed(app, (params as { id: string }).id)
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
    const target = await accountNamed(app, params.id)
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
      const asking = await accountNamed(app, (params as { id: string }).id)
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
      const account = await accountNamed(app, params.id)
      const page = readPage(query, USUAL)
      if (account.suspended_at !== null) return []
      if (viewer?.account.id !== account.id) {
        if (account.hide_collections === 1) return []
        if (viewer && (await blockExists(app, account.id, viewer.account.id))) return []
      }
      const { accounts, ...ends } = await relatedAccounts(app, readerOf(domain, viewer), kind, account, page)
      return paged(accounts, { request, page, ...ends, style: 'accounts' })
    },
  })
}
export const followersEndpoint = network('GET /api/v1/accounts/:id/followers', 'followers')
export const followingEndpoint = network('GET /api/v1/accounts/:id/following', 'following')
