import { z } from 'zod'
import type { App } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, wordOf } from '#platform/http/forms-fields.ts'
import type { Policy, PolicyKey, Verdict } from './policy.ts'
import { policyOf, savePolicy, usualPolicy, verdicts } from './policy.ts'
import { summaryOf } from './requests.ts'

const keys = Object.keys(usualPolicy) as PolicyKey[]
const Answer = wordOf(verdicts)
const Summary = z.object({
  pending_requests_count: z.number().int(),
  pending_notifications_count: z.number().int(),
})

/** https://docs.joinmastodon.org/entities/NotificationPolicy/ */
const NotificationPolicy = z.object({
  for_not_following: z.enum(verdicts),
  for_not_followers: z.enum(verdicts),
  for_new_accounts: z.enum(verdicts),
  for_private_mentions: z.enum(verdicts),
  for_limited_accounts: z.enum(verdicts),
  for_bots: z.enum(verdicts),
  summary: Summary,
})
const PolicyChanges = z.object({
  for_not_following: Answer,
  for_not_followers: Answer,
  for_new_accounts: Answer,
  for_private_mentions: Answer,
  for_limited_accounts: Answer,
  for_bots: Answer,
})

/** The policy as it was before 4.3: a rule holds back or does not. */
const OldPolicy = z.object({
  filter_not_following: z.boolean(),
  filter_not_followers: z.boolean(),
  filter_new_accounts: z.boolean(),
  filter_private_mentions: z.boolean(),
  filter_limited_accounts: z.boolean(),
  filter_bots: z.boolean(),
  summary: Summary,
})
type OldPolicy = z.infer<typeof OldPolicy>
const OldChanges = z.object({
  filter_not_following: flag,
  filter_not_followers: flag,
  filter_new_accounts: flag,
  filter_private_mentions: flag,
  filter_limited_accounts: flag,
  filter_bots: flag,
})

async function summary(app: App, accountId: number) {
  const { requests, messages } = await summaryOf(app, accountId)
  return { pending_requests_count: requests, pending_notifications_count: messages }
}

async function presentPolicy(app: App, accountId: number): Promise<z.infer<typeof NotificationPolicy>> {
  return { ...(await policyOf(app, accountId)), summary: await summary(app, accountId) }
}

const oldName = <K extends PolicyKey>(key: K) =>
  key.replace('for_', 'filter_') as keyof typeof OldChanges.shape

async function presentOldPolicy(app: App, accountId: number): Promise<OldPolicy> {
  const policy = await policyOf(app, accountId)
  const rules = Object.fromEntries(keys.map((key) => [oldName(key), policy[key] !== 'accept']))
  return { ...rules, summary: await summary(app, accountId) } as OldPolicy
}

function given(changes: Partial<Record<PolicyKey, Verdict | undefined>>): Partial<Policy> {
  return Object.fromEntries(Object.entries(changes).filter(([, answer]) => answer !== undefined))
}

export const policyEndpoint = endpoint({
  route: 'GET /api/v2/notifications/policy',
  scope: 'read:notifications',
  summary: 'Whose notifications pass, wait or are dropped',
  returns: NotificationPolicy,
  handle: ({ app, viewer }) => presentPolicy(app, viewer.account.id),
})

function changePolicy(route: 'PUT /api/v2/notifications/policy' | 'PATCH /api/v2/notifications/policy') {
  return endpoint({
    route,
    scope: 'write:notifications',
    summary: 'Change whose notifications pass, wait or are dropped',
    body: PolicyChanges,
    returns: NotificationPolicy,
    handle: async ({ app, viewer, body }) => {
      await savePolicy(app, viewer.account.id, given(body))
      return presentPolicy(app, viewer.account.id)
    },
  })
}
export const putPolicyEndpoint = changePolicy('PUT /api/v2/notifications/policy')
export const patchPolicyEndpoint = changePolicy('PATCH /api/v2/notifications/policy')

export const oldPolicyEndpoint = endpoint({
  route: 'GET /api/v1/notifications/policy',
  scope: 'read:notifications',
  summary: 'Whose notifications wait, in the words of old apps',
  returns: OldPolicy,
  handle: ({ app, viewer }) => presentOldPolicy(app, viewer.account.id),
})

function changeOldPolicy(route: 'PUT /api/v1/notifications/policy' | 'PATCH /api/v1/notifications/policy') {
  return endpoint({
    route,
    scope: 'write:notifications',
    summary: 'Change whose notifications wait, in the words of old apps',
    body: OldChanges,
    returns: OldPolicy,
    handle: async ({ app, viewer, body }) => {
      const answers = keys.map((key): [PolicyKey, Verdict | undefined] => {
        const filter = body[oldName(key)]
        return [key, filter === undefined ? undefined : filter ? 'filter' : 'accept']
      })
      await savePolicy(app, viewer.account.id, given(Object.fromEntries(answers)))
      return presentOldPolicy(app, viewer.account.id)
    },
  })
}
export const putOldPolicyEndpoint = changeOldPolicy('PUT /api/v1/notifications/policy')
export const patchOldPolicyEndpoint = changeOldPolicy('PATCH /api/v1/notifications/policy')
