import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountByUri } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { acceptFollow, unfollow } from '#relationships/follow.ts'
import { followOf, followRequestOf } from '#relationships/relationships.ts'
import { FIRST, patience, send, urgency } from '../deliver/deliver-send.ts'
import * as activities from '../shapes/activities.ts'
import { withPlainContext } from '../shapes/context-out.ts'
import { followersDigest } from '../shapes/followers-digest.ts'
import { idOf, isA, isObject, listOf, sameOrigin } from '../shapes/shape.ts'
import { fetchDocument } from './fetch-document.ts'

const MOST_PAGES = 10
const MOST_MEMBERS = 25_000
/** Differences set right in one go; the next post brings the rest. */
const MOST_CHANGES = 1000

/**
 * Compares who here follows somebody elsewhere with whom their server counts among the followers from here, and sets
 * right what differs: a follow it does not know ends, one that we do not know is taken back (FEP-8fcf).
 */
export const synchronizeFollowers = job({
  name: 'synchronize followers',
  queue: 'fetch',
  tries: 2,
  payload: z.object({
    accountId: z.number().int(),
    domainId: z.number().int(),
    collectionId: z.string(),
    url: z.string(),
    digest: z.string(),
  }),
  lane: ({ url }) => URL.parse(url)?.host ?? '',
  async run(app, { accountId, domainId, collectionId, url, digest }) {
    const account = await accountById(app, accountId)
    if (!account || account.domain_id !== null || account.followers_url !== collectionId) return
    const followers = await followersHere(app, accountId, domainId)
    if (followersDigest(followers.map(({ uri }) => uri)) === digest) return
    const listed = await readListed(app, url, domainId)
    // A list that is not the one that was hashed says nothing about today.
    if (!listed || followersDigest(listed) !== digest) return
    const known = new Set(listed)
    const gone = followers.filter(({ uri }) => !known.has(uri)).slice(0, MOST_CHANGES)
    for (const follower of gone) await unfollow(app, follower, account)
    const following = new Set(followers.map(({ uri }) => uri))
    const unknown = listed.filter((uri) => !following.has(uri)).slice(0, MOST_CHANGES)
    for (const uri of unknown) await takeBack(app, uri, account, domainId)
  },
})

function followersHere(app: App, targetId: number, domainId: number): Promise<AccountRow[]> {
  return app.db
    .selectFrom('follow')
    .innerJoin('account', 'account.id', 'follow.account_id')
    .selectAll('account')
    .where('follow.target_id', '=', targetId)
    .where('account.domain_id', '=', domainId)
    .limit(MOST_MEMBERS)
    .execute()
}

/** Ids of this domain in a collection and its pages; null when it cannot be had whole. */
async function readListed(app: App, url: string, domainId: number): Promise<string[] | null> {
  const listed: string[] = []
  let next: unknown = url
  for (let page = 0; next !== undefined; page++) {
    if (page >= MOST_PAGES || listed.length > MOST_MEMBERS) return null
    let collection = next
    if (typeof next === 'string') {
      if (!sameOrigin(next, url)) return null
      const fetched = await fetchDocument(app, next, { fresh: true, asDomain: domainId })
      collection = fetched.kind === 'document' && sameOrigin(fetched.url, url) ? fetched.document : null
    }
    if (
      !isObject(collection) ||
      !isA(collection, 'Collection', 'OrderedCollection', 'CollectionPage', 'OrderedCollectionPage')
    )
      return null
    const items = [
      ...listOf(collection.orderedItems, MOST_MEMBERS),
      ...listOf(collection.items, MOST_MEMBERS),
    ]
    listed.push(...items.flatMap((item) => idOf(item) ?? []))
    next = collection.first ?? collection.next
  }
  return listed.filter((uri) => app.domains.byHost(URL.parse(uri)?.host ?? '')?.id === domainId)
}

async function takeBack(app: App, uri: string, account: AccountRow, domainId: number): Promise<void> {
  const member = await accountByUri(app, uri)
  if (!member || member.domain_id !== domainId || (await followOf(app, member.id, account.id))) return
  // Their yes was lost on the way.
  if (await followRequestOf(app, member.id, account.id))
    return acceptFollow(app, account, member, 'elsewhere')
  const followed = activities.follow(member, account, { uri: `${member.uri}#follows/unknown-${account.id}` })
  await send(app, {
    actor: member,
    document: withPlainContext(activities.undo(member, followed, `${followed.id}/undo/${app.now()}`)),
    to: { accounts: [account.id], personal: true },
    about: `follow ${member.uri} ${account.uri}`,
    word: FIRST,
    prio: urgency.answer,
    keeps: patience.mark,
  })
}
