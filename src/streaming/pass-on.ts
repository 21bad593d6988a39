import { StreamEvent } from './event.ts'
import type { Hub } from './hub.ts'
import { passAnnouncement } from './pass-announcement.ts'
import { passConversation } from './pass-conversation.ts'
import { passDeletion } from './pass-deletion.ts'
import { passMerged, passNotification } from './pass-notification.ts'
import { passStatus } from './pass-status.ts'
import type { Told } from './tell.ts'

/** Works out what was told for everybody who hears of it here, and sends it to them. */
export async function passOn(hub: Hub, told: Told): Promise<void> {
  switch (told.kind) {
    case 'status':
      return passStatus(hub, told.event, told.statusId)
    case 'deleted':
      return passDeletion(hub, told)
    case 'notified':
      return passNotification(hub, told)
    case 'conversation':
      return passConversation(hub, told)
    case 'announced':
      return passAnnouncement(hub, told)
    case 'merged':
      return passMerged(hub, told.accountId)
    case 'filters':
      return hub.tell('user', told.accountId, new StreamEvent('filters_changed'))
  }
}
