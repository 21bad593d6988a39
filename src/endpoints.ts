import type { Endpoint } from '#platform/http/endpoint.ts'
import * as accounts from './accounts/api.ts'
import * as profile from './accounts/profile-api.ts'
import * as auth from './auth/api.ts'
import * as oauth from './auth/oauth-api.ts'
import * as signUp from './auth/sign-up-api.ts'
import * as tokenFacts from './auth/token-facts-api.ts'
import * as collections from './collections/api.ts'
import * as collectionItems from './collections/items-api.ts'
import * as filters from './filters/api.ts'
import * as olderFilters from './filters/older-api.ts'
import * as filterParts from './filters/parts-api.ts'
import * as hashtags from './hashtags/api.ts'
import * as featuredTags from './hashtags/featured-tags-api.ts'
import * as aboutInstance from './instance/about-api.ts'
import * as announcements from './instance/announcements-api.ts'
import * as instance from './instance/api.ts'
import * as media from './media/api.ts'
import * as adminAccounts from './moderation/admin-accounts-api.ts'
import * as moderation from './moderation/api.ts'
import * as domainPolicies from './moderation/domain-policies-api.ts'
import * as hosts from './moderation/hosts-api.ts'
import * as notifications from './notifications/api.ts'
import * as notificationGroups from './notifications/groups-api.ts'
import * as notificationPolicy from './notifications/policy-api.ts'
import * as push from './notifications/push-api.ts'
import * as notificationRequests from './notifications/requests-api.ts'
import * as relationships from './relationships/api.ts'
import * as domainBlocks from './relationships/domain-blocks-api.ts'
import * as lists from './relationships/lists-api.ts'
import * as personal from './relationships/personal-api.ts'
import * as search from './search/api.ts'
import * as discovery from './search/discovery-api.ts'
import * as oembed from './search/oembed-api.ts'
import * as trends from './search/trends-api.ts'
import * as statuses from './statuses/api.ts'
import * as refreshes from './statuses/async-refreshes-api.ts'
import * as delivery from './statuses/delivery-api.ts'
import * as interactions from './statuses/interactions-api.ts'
import * as pins from './statuses/pins-api.ts'
import * as polls from './statuses/polls-api.ts'
import * as quotes from './statuses/quotes-api.ts'
import * as reactions from './statuses/reactions-api.ts'
import * as scheduled from './statuses/scheduled-api.ts'
import * as translations from './statuses/translate-api.ts'
import * as streaming from './streaming/api.ts'
import * as timelines from './timelines/api.ts'
import * as conversations from './timelines/conversations-api.ts'
import * as browserPush from './web/push-api.ts'
import * as webClient from './web/web-api.ts'

const rooms: object[] = [
  instance,
  announcements,
  aboutInstance,
  auth,
  oauth,
  tokenFacts,
  signUp,
  // Before accounts: /accounts/relationships and /accounts/search must not be read as ids.
  relationships,
  personal,
  domainBlocks,
  search,
  trends,
  oembed,
  discovery,
  profile,
  accounts,
  media,
  featuredTags,
  moderation,
  adminAccounts,
  domainPolicies,
  hosts,
  statuses,
  refreshes,
  interactions,
  delivery,
  pins,
  polls,
  quotes,
  reactions,
  scheduled,
  translations,
  hashtags,
  lists,
  collections,
  collectionItems,
  timelines,
  conversations,
  notifications,
  notificationGroups,
  notificationPolicy,
  notificationRequests,
  filters,
  filterParts,
  olderFilters,
  streaming,
  push,
  browserPush,
  webClient,
]

/** The whole Mastodon API, one line a room. */
export const endpoints: Endpoint[] = rooms.flatMap((room) => Object.values(room).flat().filter(isEndpoint))

function isEndpoint(exported: unknown): exported is Endpoint {
  return typeof exported === 'object' && exported !== null && 'route' in exported && 'handle' in exported
}
