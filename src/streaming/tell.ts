import { z } from 'zod'
import type { App } from '#app.ts'
import { job, live } from '#platform/jobs/declare.ts'
import { topic } from '#platform/pubsub.ts'

/** What the threads that hold streams are told: ids only, since every stream is shown through other eyes. */
export type Told =
  | { kind: 'status'; event: 'update' | 'status.update'; statusId: number }
  | { kind: 'deleted'; statusId: number; accountId: number; visibility: string; audience: number[] }
  | { kind: 'notified'; notificationId: number; accountId: number }
  | { kind: 'conversation'; conversationId: number; accountId: number }
  | { kind: 'announced'; announcementId: number; domainId: number; isGone?: boolean; name?: string }
  | { kind: 'merged'; accountId: number }
  | { kind: 'filters'; accountId: number }

export const TOLD = topic<Told>('stream')

/** How many ids fit in one message. */
const IDS_AT_ONCE = 300

/** Tells those who watch of a new status. */
export const streamStatus = live<{ statusId: number; quiet?: boolean | undefined }>({
  name: 'stream a status',
  run: (app, { statusId, quiet }) => {
    if (!quiet) app.events.publish(TOLD, { kind: 'status', event: 'update', statusId })
  },
})

/** Tells those who watch of a status's new words. */
export const streamEdit = live<{ statusId: number }>({
  name: 'stream an edit',
  run: (app, { statusId }) => app.events.publish(TOLD, { kind: 'status', event: 'status.update', statusId }),
})

/** Tells those who watch of what became of a quote that they were shown before. */
export const streamAnswer = live<{ statusId: number; isNew?: boolean | undefined }>({
  name: 'stream the answer to a quote',
  run: (app, { statusId, isNew }) => {
    if (!isNew) app.events.publish(TOLD, { kind: 'status', event: 'status.update', statusId })
  },
})

/** Tells those who watch of a boost. */
export const streamReblog = live<{ reblogId: number; statusId: number; accountId: number }>({
  name: 'stream a boost',
  run: (app, { reblogId }) =>
    app.events.publish(TOLD, { kind: 'status', event: 'update', statusId: reblogId }),
})

type Deleted = { statusId: number; accountId: number; visibility: string; audience: number[] }

/** Tells those who may have been shown a status that it is gone. */
export const streamDelete = live<Deleted>({
  name: 'stream a deletion',
  run: (app, deleted) => {
    const { statusId, accountId, visibility, audience } = deleted
    const first = { kind: 'deleted' as const, statusId, accountId, visibility }
    for (let at = 0; at === 0 || at < audience.length; at += IDS_AT_ONCE) {
      app.events.publish(TOLD, { ...first, audience: audience.slice(at, at + IDS_AT_ONCE) })
    }
  },
})

/** Tells those who were shown a boost that it was taken back. */
export const streamUnreblog = live<{ reblogId: number; accountId: number }>({
  name: 'stream a boost taken back',
  run: (app: App, { reblogId, accountId }) =>
    app.events.publish(TOLD, {
      kind: 'deleted',
      statusId: reblogId,
      accountId,
      // Boosts are in homes and lists only.
      visibility: 'private',
      audience: [],
    }),
})

/** Tells a member of the new last status of a direct conversation. */
export const streamConversation = live<{ conversationId: number; accountId: number }>({
  name: 'stream a conversation',
  run: (app, { conversationId, accountId }) =>
    app.events.publish(TOLD, { kind: 'conversation', conversationId, accountId }),
})

/** Tells a member of a notification, unless it is held back. */
export const streamNotification = live<{ notificationId: number; accountId: number; filtered: boolean }>({
  name: 'stream a notification',
  run: (app, { notificationId, accountId, filtered }) => {
    if (!filtered) app.events.publish(TOLD, { kind: 'notified', notificationId, accountId })
  },
})

/** Tells a member that what had been held back is among their notifications now. */
export const streamMerged = live<{ accountId: number }>({
  name: 'stream merged notifications',
  run: (app, { accountId }) => app.events.publish(TOLD, { kind: 'merged', accountId }),
})

/** Tells a member's clients that the filters they know are out of date. */
export const streamFilters = live<{ accountId: number }>({
  name: 'stream changed filters',
  run: (app, { accountId }) => app.events.publish(TOLD, { kind: 'filters', accountId }),
})

const Announced = z.object({ announcementId: z.number().int(), domainId: z.number().int() })

// Owed rather than live: announcements are made by commands, and the streams are in another process.
/** Tells all members of an announcement. */
export const streamAnnouncement = job({
  name: 'stream an announcement',
  queue: 'local',
  tries: 3,
  payload: Announced,
  run: async (app, told) => app.events.publish(TOLD, { kind: 'announced', ...told }),
})

/** Tells all members that an announcement was taken back. */
export const streamAnnouncementGone = job({
  name: 'stream the end of an announcement',
  queue: 'local',
  tries: 3,
  payload: Announced,
  run: async (app, told) => app.events.publish(TOLD, { kind: 'announced', ...told, isGone: true }),
})

/** Tells all members how often somebody reacted to an announcement in one way. */
export const streamReaction = live<{ announcementId: number; domainId: number; name: string }>({
  name: 'stream a reaction',
  run: (app, told) => app.events.publish(TOLD, { kind: 'announced', ...told }),
})
