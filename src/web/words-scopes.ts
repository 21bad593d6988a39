/** How a permission is grouped on the consent page. */
export type ScopeGroup = 'read' | 'write' | 'moderate' | 'other'

const THINGS: Record<string, string> = {
  accounts: 'account details and profiles',
  blocks: 'the people and servers you block',
  bookmarks: 'your bookmarks',
  collections: 'your collections',
  favourites: 'your favourites',
  filters: 'your filters',
  follows: 'who you follow and who follows you',
  lists: 'your lists',
  mutes: 'the people you mute',
  notifications: 'your notifications',
  search: 'search results',
  statuses: 'posts, also private ones you can see',
}

const ACTS: Record<string, string> = {
  accounts: 'Change your profile',
  blocks: 'Block and unblock people and servers',
  bookmarks: 'Bookmark posts',
  collections: 'Change your collections',
  conversations: 'Tidy your private conversations',
  favourites: 'Favourite posts',
  filters: 'Change your filters',
  follows: 'Follow and unfollow people',
  lists: 'Change your lists',
  media: 'Upload pictures and videos',
  mutes: 'Mute people and conversations',
  notifications: 'Clear your notifications',
  reports: 'Report people to moderators',
  statuses: 'Publish, edit and delete posts',
}

const MODERATED: Record<string, string> = {
  accounts: 'accounts of all members',
  reports: 'reports',
  domain_allows: 'allowed servers',
  domain_blocks: 'blocked servers',
  ip_blocks: 'blocked addresses',
  email_domain_blocks: 'blocked mail domains',
  canonical_email_blocks: 'blocked mail addresses',
}

const WHOLE: Record<string, [ScopeGroup, string]> = {
  profile: ['read', 'See your name, handle and picture'],
  read: ['read', 'See everything in your account'],
  write: ['write', 'Publish, and change everything in your account'],
  follow: ['write', 'See and change whom you follow, block and mute'],
  push: ['other', 'Send you push notifications'],
  'admin:read': ['moderate', 'See everything moderators see'],
  'admin:write': ['moderate', 'Do everything moderators can do'],
}

/** What a permission lets an app do, as a sentence; one we do not know is named as it is. */
export function scopeInWords(scope: string): { group: ScopeGroup; sentence: string } {
  const whole = WHOLE[scope]
  if (whole) return { group: whole[0], sentence: whole[1] }
  const [, admin, verb, thing = ''] = /^(admin:)?(read|write):(.+)$/.exec(scope) ?? []
  const told = admin ? MODERATED[thing] : verb === 'read' ? THINGS[thing] : ACTS[thing]
  if (!told) return { group: 'other', sentence: scope }
  if (admin) return { group: 'moderate', sentence: `${verb === 'read' ? 'See' : 'Change'} ${told}` }
  return verb === 'read' ? { group: 'read', sentence: `See ${told}` } : { group: 'write', sentence: told }
}
