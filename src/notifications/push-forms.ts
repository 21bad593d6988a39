import { z } from 'zod'
import { flag, flagOr, wordOf } from '#platform/http/forms-fields.ts'
import { pushPolicies } from './push-subscriptions.ts'

const MOST_URL = 2048
const MOST_KEY = 255

const Wishes = z
  .object({
    alerts: z.record(z.string().max(64), flagOr(false)).optional(),
    policy: wordOf(pushPolicies),
  })
  .optional()

/** What a browser or app gives to be reached by. */
export const PushForm = z.object({
  subscription: z.object({
    endpoint: z.string().min(1).max(MOST_URL),
    keys: z.object({ p256dh: z.string().min(1).max(MOST_KEY), auth: z.string().min(1).max(MOST_KEY) }),
    standard: flag,
  }),
  data: Wishes,
})
/** What it wants to be told of. */
export const PushChanges = z.object({ data: Wishes })

/** The place that a form names. */
export const placeOf = ({ subscription }: z.output<typeof PushForm>) => ({
  endpoint: subscription.endpoint,
  ...subscription.keys,
  standard: subscription.standard ?? false,
})
