import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { isTagName, tagName } from '#platform/text/parse-text.ts'
import type { TagRow } from '#statuses/statuses.ts'
import { featureTag, isFeatured, unfeatureTag } from './feature-tag.ts'
import { followedTags, followTag, unfollowTag } from './follow-tag.ts'
import { tagByName } from './hashtags.ts'
import { Tag } from './present-tag.ts'
import { presentTagsFor } from './tag-relations.ts'

const USUAL = 100

type Shown = { app: App; viewer: Viewer | null; domain: HostedDomain }

async function show({ app, viewer, domain }: Shown, row: TagRow): Promise<Tag> {
  return (await presentTagsFor(app, domain, viewer?.account ?? null, [row]))[0] as Tag
}

/** The tag of a path; one that nobody used yet is shown as if it were there (surface). */
async function tagNamed(app: App, asked: string): Promise<TagRow> {
  if (!isTagName(asked)) throw notFound()
  const name = tagName(asked)
  return (await tagByName(app, name)) ?? { id: 0, name, display_name: asked, created_at: app.now() }
}

export const tagEndpoint = endpoint({
  route: 'GET /api/v1/tags/:name',
  scope: 'public',
  summary: 'A hashtag, and what the member is to it',
  returns: Tag,
  handle: async (given) => show(given, await tagNamed(given.app, given.params.name)),
})

export const followTagEndpoint = endpoint({
  route: 'POST /api/v1/tags/:name/follow',
  scope: ['write:follows', 'follow'],
  summary: 'Have public statuses with a hashtag in the home',
  limit: 'follows',
  returns: Tag,
  handle: async (given) => {
    const { app, viewer, params } = given
    return show(given, await followTag(app, viewer.account, params.name))
  },
})

export const unfollowTagEndpoint = endpoint({
  route: 'POST /api/v1/tags/:name/unfollow',
  scope: ['write:follows', 'follow'],
  summary: 'End the following of a hashtag',
  returns: Tag,
  handle: async (given) => {
    const tag = await tagNamed(given.app, given.params.name)
    await unfollowTag(given.app, given.viewer.account, tag.id)
    return show(given, tag)
  },
})

export const featureTagEndpoint = endpoint({
  route: 'POST /api/v1/tags/:name/feature',
  scope: 'write:accounts',
  summary: 'Show a hashtag on the profile',
  returns: Tag,
  handle: async (given) => {
    const { app, viewer, domain, params } = given
    if (!(await isFeatured(app, viewer.account, tagName(params.name))))
      await featureTag(app, domain, viewer.account, params.name)
    return show(given, await tagNamed(app, params.name))
  },
})

export const unfeatureTagEndpoint = endpoint({
  route: 'POST /api/v1/tags/:name/unfeature',
  scope: 'write:accounts',
  summary: 'Show a hashtag on the profile no longer',
  returns: Tag,
  handle: async (given) => {
    const { app, viewer, params } = given
    const tag = await tagNamed(app, params.name)
    if (await isFeatured(app, viewer.account, tag.name))
      await unfeatureTag(app, viewer.account, { tagId: tag.id })
    return show(given, tag)
  },
})

export const followedTagsEndpoint = endpoint({
  route: 'GET /api/v1/followed_tags',
  scope: ['read:follows', 'follow'],
  summary: 'Hashtags the member follows',
  query: PageQuery,
  returns: z.array(Tag),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const rows = await followedTags(app, viewer.account, page)
    const tags = await presentTagsFor(app, domain, viewer.account, rows)
    const ends = { first: rows[0]?.followId ?? null, last: rows.at(-1)?.followId ?? null }
    return paged(tags, { request, page, ...ends, found: rows.length, style: 'accounts' })
  },
})
