import type { App, HostedDomain, Viewer } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { readId } from '#platform/ids.ts'
import { Status } from './entities.ts'
import { muteConversation, unmuteConversation } from './mute-conversation.ts'
import { pinStatus, unpinStatus } from './pin-status.ts'
import { presentStatus } from './present-status.ts'
import type { StatusRow } from './statuses.ts'
import { visibleOriginal, visibleStatus } from './visibility.ts'

const shown = (app: App, domain: HostedDomain, viewer: Viewer, status: StatusRow) =>
  presentStatus(app, { domain, account: viewer.account }, status)

export const pinEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/pin',
  scope: 'write:accounts',
  summary: 'Put an own status at the top of the profile',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleStatus(app, viewer.account, readId(params.id))
    await pinStatus(app, viewer.account, status)
    return shown(app, domain, viewer, status)
  },
})

export const unpinEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/unpin',
  scope: 'write:accounts',
  summary: 'Take a status off the top of the profile',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleStatus(app, viewer.account, readId(params.id))
    await unpinStatus(app, viewer.account, status)
    return shown(app, domain, viewer, status)
  },
})

export const muteStatusEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/mute',
  scope: 'write:mutes',
  summary: 'Hear no more of the conversation of a status',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    await muteConversation(app, viewer.account, status)
    return shown(app, domain, viewer, status)
  },
})

export const unmuteStatusEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/unmute',
  scope: 'write:mutes',
  summary: 'Hear of the conversation of a status again',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    await unmuteConversation(app, viewer.account, status)
    return shown(app, domain, viewer, status)
  },
})
