import { announcementById } from '#instance/announcements.ts'
import { presentAnnouncements } from '#instance/present-announcement.ts'
import { StreamEvent } from './event.ts'
import type { Hub } from './hub.ts'

type Announced = { announcementId: number; domainId: number; isGone?: boolean; name?: string }

/** Sends an announcement, its end, or the count of one reaction to all members of its domain who listen. */
export async function passAnnouncement(hub: Hub, told: Announced): Promise<void> {
  const listening = hub.heard<number>('user')
  const domain = hub.app.domains.byId(told.domainId)
  if (!domain || listening.length === 0) return
  const event = await eventOf(hub, told)
  if (!event) return
  for (const accountId of listening) {
    hub.tell('user', accountId, (listener) => (listener.domain.id === domain.id ? event : null))
  }
}

async function eventOf(hub: Hub, { announcementId, domainId, isGone, name }: Announced) {
  const { app } = hub
  if (isGone) return new StreamEvent('announcement.delete', String(announcementId))
  const domain = app.domains.byId(domainId)
  const row = await announcementById(app, announcementId).catch(() => null)
  if (!domain || !row) return null
  const [shown] = await presentAnnouncements(app, { domain, account: null }, [row])
  if (!shown) return null
  if (name === undefined) return new StreamEvent('announcement', shown)
  const reaction = shown.reactions.find((each) => each.name === name) ?? { name, count: 0 }
  return new StreamEvent('announcement.reaction', { ...reaction, announcement_id: shown.id })
}
