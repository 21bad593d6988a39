import type { Account } from '#accounts/present-account.ts'
import { escapeHtml } from '#platform/html.ts'
import type { Status } from '#statuses/entities.ts'
import type { NotificationFallback } from './entities.ts'
import type { NotificationType } from './kinds.ts'

const sentences: Record<NotificationType, (name: string) => string> = {
  mention: (name) => `${name} mentioned you`,
  status: (name) => `${name} just posted`,
  reblog: (name) => `${name} boosted your post`,
  follow: (name) => `${name} followed you`,
  follow_request: (name) => `${name} asks to follow you`,
  favourite: (name) => `${name} favourited your post`,
  poll: (name) => `A poll by ${name} has ended`,
  update: (name) => `${name} edited a post`,
  quote: (name) => `${name} quoted your post`,
  quoted_update: (name) => `${name} edited a post that you quoted`,
  severed_relationships: () => 'Some of your follows were cut',
  moderation_warning: () => 'You have a warning from the moderators',
  annual_report: () => 'Your report of the year is there',
  'admin.sign_up': (name) => `${name} signed up`,
  'admin.report': (name) => `${name} filed a report`,
  added_to_collection: (name) => `${name} added you to a collection`,
  collection_update: (name) => `${name} changed a collection that you are in`,
}

/** What an app shows that does not know this kind of notification, in HTML. */
export function fallbackOf(type: NotificationType, from: Account, status?: Status): NotificationFallback {
  const title = sentences[type](escapeHtml(from.display_name || from.username))
  const summary = status ? status.spoiler_text || null : null
  return {
    title,
    summary: summary === null ? null : escapeHtml(summary),
    details: status && !status.spoiler_text ? status.content : null,
  }
}
