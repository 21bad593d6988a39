import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import type { AccountConversationRow } from './conversations.ts'
import { conversationsOf, markConversation, ownConversation, removeConversation } from './conversations.ts'
import { Conversation, presentConversations } from './present-conversation.ts'

const USUAL = 20

type Shown = { app: App; viewer: Viewer; domain: HostedDomain }

async function show({ app, viewer, domain }: Shown, row: AccountConversationRow): Promise<Conversation> {
  const reader = { domain, account: viewer.account }
  return (await presentConversations(app, reader, [row]))[0] as Conversation
}

export const conversationsEndpoint = endpoint({
  route: 'GET /api/v1/conversations',
  scope: 'read:statuses',
  summary: 'Direct conversations of the member, by their last statuses',
  query: PageQuery,
  returns: z.array(Conversation),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const rows = await conversationsOf(app, viewer.account, page)
    const shown = await presentConversations(app, { domain, account: viewer.account }, rows)
    const ends = { first: rows[0]?.last_status_id ?? null, last: rows.at(-1)?.last_status_id ?? null }
    return paged(shown, { request, page, ...ends, found: rows.length, style: 'statuses' })
  },
})

export const removeConversationEndpoint = endpoint({
  route: 'DELETE /api/v1/conversations/:id',
  scope: 'write:conversations',
  summary: 'Take a conversation off the list',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    await removeConversation(app, await ownConversation(app, viewer.account, params.id))
    return {}
  },
})

function marking(route: `POST /api/v1/conversations/:id/${'read' | 'unread'}`, unread: boolean) {
  return endpoint({
    route,
    scope: 'write:conversations',
    summary: unread ? 'Mark a conversation as not read' : 'Mark a conversation as read',
    returns: Conversation,
    handle: async (given) => {
      const { app, viewer, params } = given
      const conversation = await ownConversation(app, viewer.account, params.id)
      return show(given, await markConversation(app, conversation, unread))
    },
  })
}
export const readConversationEndpoint = marking('POST /api/v1/conversations/:id/read', false)
export const unreadConversationEndpoint = marking('POST /api/v1/conversations/:id/unread', true)
