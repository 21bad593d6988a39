/** Where the pages are. Mastodon's paths where apps, mails and habits know them. */
export const paths = {
  front: '/',
  about: '/about',
  signIn: '/auth/sign_in',
  signUp: '/auth/sign_up',
  signOut: '/auth/sign_out',
  /** A reset link: `?reset_password_token=…`. */
  resetPassword: '/auth/password/edit',
  resetPasswordPost: '/auth/password',
  forgotPassword: '/auth/password/new',
  /** A link that confirms an address: `?confirmation_token=…`. */
  confirmation: '/auth/confirmation',
  account: '/settings/account',
  changePassword: '/settings/password',
  changeEmail: '/settings/email',
  endSession: (id: string) => `/settings/sessions/${encodeURIComponent(id)}/end`,
  endOtherSessions: '/settings/sessions/end_others',
  authorize: '/oauth/authorize',
  authorizedApps: '/oauth/authorized_applications',
  revokeApp: (id: string) => `/oauth/authorized_applications/${encodeURIComponent(id)}/revoke`,
  /** Where other servers send members of ours: `?uri=`. */
  interact: '/authorize_interaction',
  setup: '/setup',
  people: '/admin/people',
  person: (id: string, action: PersonAction) => `/admin/people/${encodeURIComponent(id)}/${action}`,
  profile: (username: string) => `/@${encodeURIComponent(username)}`,
  profileReplies: (username: string) => `/@${encodeURIComponent(username)}/with_replies`,
  profileMedia: (username: string) => `/@${encodeURIComponent(username)}/media`,
  profileFeed: (username: string) => `/@${encodeURIComponent(username)}.rss`,
  privacy: '/privacy-policy',
  terms: '/terms-of-service',
  tag: (name: string) => `/tags/${encodeURIComponent(name)}`,
}

/** What an administrator can do with one person on the list. */
export type PersonAction = 'approve' | 'reject' | 'reset-link'
