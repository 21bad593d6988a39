import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import { FeaturedTag, featuredTagsOf } from '#accounts/featured-tags.ts'
import { letIn } from '#accounts/let-in.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { text } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { featureTag, suggestFeaturedTags, unfeatureTag } from './feature-tag.ts'
import { presentTags, Tag } from './present-tag.ts'

export const featuredTagsEndpoint = endpoint({
  route: 'GET /api/v1/featured_tags',
  scope: 'read:accounts',
  summary: 'Hashtags on the member’s own profile',
  returns: z.array(FeaturedTag),
  handle: ({ app, viewer, domain }) => featuredTagsOf(app, domain, viewer.account),
})

export const featureTagEndpoint = endpoint({
  route: 'POST /api/v1/featured_tags',
  scope: 'write:accounts',
  summary: 'Show a hashtag on the profile',
  body: z.object({ name: text(2000).optional() }),
  returns: FeaturedTag,
  handle: ({ app, viewer, domain, body }) => featureTag(app, domain, viewer.account, body.name ?? ''),
})

export const unfeatureTagEndpoint = endpoint({
  route: 'DELETE /api/v1/featured_tags/:id',
  scope: 'write:accounts',
  summary: 'Show a hashtag on the profile no longer',
  returns: z.object({}).strict(),
  handle: async ({ app, viewer, params }) => {
    const id = readId(params.id)
    if (id === null) throw notFound()
    await unfeatureTag(app, viewer.account, { id })
    return {}
  },
})

export const suggestedTagsEndpoint = endpoint({
  route: 'GET /api/v1/featured_tags/suggestions',
  scope: 'read:accounts',
  summary: 'Hashtags that the member uses most and does not show yet',
  returns: z.array(Tag),
  handle: async ({ app, viewer, domain }) =>
    presentTags(app, domain, await suggestFeaturedTags(app, viewer.account)),
})

export const featuredTagsOfEndpoint = endpoint({
  route: 'GET /api/v1/accounts/:id/featured_tags',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'Hashtags on the profile of an account',
  returns: z.array(FeaturedTag),
  handle: async ({ app, domain, params }) => {
    const id = readId(params.id)
    const account = await letIn(app, id === null ? undefined : await accountById(app, id))
    if (!account) throw notFound()
    return account.suspended_at === null ? featuredTagsOf(app, domain, account) : []
  },
})
