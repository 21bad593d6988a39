import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { typedFields } from '#auth/present-credentials.ts'
import type { AccountRow } from './accounts.ts'
import { FeaturedTag, featuredTagsOf } from './featured-tags.ts'
import { Field, presentAccount } from './present-account.ts'

const Picture = z.string().nullable()

/** A profile as its owner edits it: https://docs.joinmastodon.org/entities/Profile/ */
export const Profile = z.object({
  id: z.string(),
  display_name: z.string(),
  note: z.string(),
  fields: z.array(Field),
  avatar: Picture,
  avatar_static: Picture,
  avatar_description: z.string(),
  header: Picture,
  header_static: Picture,
  header_description: z.string(),
  locked: z.boolean(),
  bot: z.boolean(),
  hide_collections: z.boolean(),
  discoverable: z.boolean(),
  indexable: z.boolean(),
  show_media: z.boolean(),
  show_media_replies: z.boolean(),
  show_featured: z.boolean(),
  attribution_domains: z.array(z.string()),
  formatted_note: z.string(),
  formatted_fields: z.array(Field),
  featured_tags: z.array(FeaturedTag),
})

/** The member's own profile with what was typed beside what is shown; pictures that were never set are null. */
export async function presentProfile(
  app: App,
  domain: HostedDomain,
  account: AccountRow,
): Promise<z.output<typeof Profile>> {
  const shown = await presentAccount(app, { domain, account }, account)
  const { avatar_url: avatar, header_url: header } = account
  return {
    id: shown.id,
    display_name: shown.display_name,
    note: account.note_source ?? '',
    fields: typedFields(account),
    avatar,
    avatar_static: avatar,
    avatar_description: account.avatar_description,
    header,
    header_static: header,
    header_description: account.header_description,
    locked: shown.locked,
    bot: shown.bot,
    hide_collections: account.hide_collections === 1,
    discoverable: account.discoverable === 1,
    indexable: shown.indexable,
    show_media: shown.show_media,
    show_media_replies: shown.show_media_replies,
    show_featured: shown.show_featured,
    attribution_domains: JSON.parse(account.attribution_domains) as string[],
    formatted_note: shown.note,
    formatted_fields: shown.fields,
    featured_tags: await featuredTagsOf(app, domain, account),
  }
}
