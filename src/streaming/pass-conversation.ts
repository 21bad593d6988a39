import { accountById } from '#accounts/accounts.ts'
import { conversationById } from '#timelines/conversations.ts'
import { presentConversations } from '#timelines/present-conversation.ts'
import { StreamEvent } from './event.ts'
import type { Hub } from './hub.ts'

/** Sends a direct conversation to its member's stream of direct statuses. */
export async function passConversation(
  hub: Hub,
  { accountId, conversationId }: { accountId: number; conversationId: number },
): Promise<void> {
  const { app } = hub
  if (hub.hearers('direct', accountId).size === 0) return
  const account = await accountById(app, accountId)
  const domain = account?.domain_id ? app.domains.byId(account.domain_id) : undefined
  const row = await conversationById(app, accountId, conversationId)
  if (!account || !domain || !row) return
  const [shown] = await presentConversations(app, { domain, account }, [row])
  if (shown) hub.tell('direct', accountId, new StreamEvent('conversation', shown))
}
