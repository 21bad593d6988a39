import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { dismissAnnouncement, shownAnnouncement, shownAnnouncements } from './announcements.ts'
import { Announcement, presentAnnouncements } from './present-announcement.ts'
import { react, unreact } from './react.ts'

const Nothing = z.object({})

export const announcementsEndpoint = endpoint({
  route: 'GET /api/v1/announcements',
  scope: ['read:accounts', 'read:statuses', 'write:accounts', 'push'],
  summary: 'What the keeper tells the members now',
  query: z.object({ with_dismissed: flag.optional() }),
  returns: z.array(Announcement),
  handle: async ({ app, viewer, domain, query }) => {
    const rows = await shownAnnouncements(app, domain)
    const shown = await presentAnnouncements(app, { domain, account: viewer.account }, rows)
    return query.with_dismissed ? shown : shown.filter((each) => !each.read)
  },
})

export const dismissAnnouncementEndpoint = endpoint({
  route: 'POST /api/v1/announcements/:id/dismiss',
  scope: 'write:accounts',
  summary: 'Put an announcement away',
  returns: Nothing,
  handle: async ({ app, viewer, domain, params }) => {
    const { id } = await shownAnnouncement(app, domain, readId(params.id))
    await dismissAnnouncement(app, viewer.account, id)
    return {}
  },
})

type Route = `${'PUT' | 'PATCH' | 'DELETE'} /api/v1/announcements/:id/reactions/:name`

function reacting(route: Route, summary: string, run: typeof react) {
  return endpoint({
    route,
    scope: 'write:favourites',
    summary,
    returns: Nothing,
    handle: async ({ app, viewer, domain, params }) => {
      const announcement = await shownAnnouncement(app, domain, readId(params.id))
      await run(app, viewer.account, announcement, params.name)
      return {}
    },
  })
}
export const reactEndpoint = reacting(
  'PUT /api/v1/announcements/:id/reactions/:name',
  'React to an announcement',
  react,
)
export const patchReactionEndpoint = reacting(
  'PATCH /api/v1/announcements/:id/reactions/:name',
  'React to an announcement',
  react,
)
export const unreactEndpoint = reacting(
  'DELETE /api/v1/announcements/:id/reactions/:name',
  'Take a reaction to an announcement back',
  unreact,
)
