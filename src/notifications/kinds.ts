/** What a kind of notification is like. */
type Kind = {
  /** Whether the member's policy may hold it back; the others always pass. */
  filterable?: true
  /** Whether several of them can be shown as one: with others of the same post, or with all of the kind. */
  grouped?: 'by status' | 'by kind'
  /** Whether it can be about something that the member did or that was done to them, without anybody else. */
  ofOneself?: true
  /** What it points at, without which it says nothing. */
  about?: 'status' | 'report' | 'severance' | 'warning' | 'collection'
}

/** Every kind of notification of Mastodon 4.6 (surface m). */
export const kinds = {
  mention: { filterable: true, about: 'status' },
  status: { about: 'status' },
  reblog: { filterable: true, grouped: 'by status', about: 'status' },
  follow: { filterable: true, grouped: 'by kind' },
  follow_request: { filterable: true },
  favourite: { filterable: true, grouped: 'by status', about: 'status' },
  poll: { ofOneself: true, about: 'status' },
  update: { about: 'status' },
  quote: { filterable: true, about: 'status' },
  quoted_update: { about: 'status' },
  severed_relationships: { ofOneself: true, about: 'severance' },
  moderation_warning: { ofOneself: true, about: 'warning' },
  annual_report: { ofOneself: true },
  'admin.sign_up': { grouped: 'by kind' },
  'admin.report': { about: 'report' },
  added_to_collection: { filterable: true, about: 'collection' },
  collection_update: { about: 'collection' },
} as const satisfies Record<string, Kind>

export type NotificationType = keyof typeof kinds

/** The names of all kinds. */
export const notificationTypes = Object.keys(kinds) as NotificationType[]

/** What a kind is like. */
export function kindOf(type: NotificationType): Kind {
  return kinds[type]
}

/** Those of these words that name a kind. */
export function knownTypes(words: readonly string[]): NotificationType[] {
  return notificationTypes.filter((type) => words.includes(type))
}
