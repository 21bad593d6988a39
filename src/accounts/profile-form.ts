import { z } from 'zod'
import type { App, Viewer } from '#app.ts'
import { savePreferences } from '#auth/users.ts'
import { fileOrText, flag, rows, text, textList, wordOf } from '#platform/http/forms-fields.ts'
import { updateProfile } from './update-profile.ts'

/** What a client sends to change a profile: https://docs.joinmastodon.org/methods/accounts/#update_credentials */
export const ProfileForm = z.object({
  display_name: text().optional(),
  note: text().optional(),
  locked: flag.optional(),
  bot: flag.optional(),
  discoverable: flag.optional(),
  indexable: flag.optional(),
  hide_collections: flag.optional(),
  show_media: flag.optional(),
  show_media_replies: flag.optional(),
  show_featured: flag.optional(),
  avatar: fileOrText,
  header: fileOrText,
  avatar_description: text().optional(),
  header_description: text().optional(),
  attribution_domains: textList().optional(),
  fields_attributes: rows(z.object({ name: text().optional(), value: text().optional() })).optional(),
  source: z
    .object({
      privacy: wordOf(['public', 'unlisted', 'private', 'direct']),
      sensitive: flag.optional(),
      language: z.union([z.literal(''), z.string().regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i)]).nullish(),
      quote_policy: wordOf(['public', 'followers', 'nobody']),
    })
    .optional(),
})
export type ProfileForm = z.output<typeof ProfileForm>

/** Changes the member's profile and posting preferences as the form says; gives the viewer as they are now. */
export async function saveProfileForm<Who extends Pick<Viewer, 'account' | 'user'>>(
  app: App,
  viewer: Who,
  form: ProfileForm,
): Promise<Who> {
  const account = await updateProfile(app, viewer.account, {
    displayName: form.display_name,
    note: form.note,
    locked: form.locked,
    bot: form.bot,
    discoverable: form.discoverable,
    indexable: form.indexable,
    hideCollections: form.hide_collections,
    showMedia: form.show_media,
    showMediaReplies: form.show_media_replies,
    showFeatured: form.show_featured,
    attributionDomains: form.attribution_domains,
    avatar: form.avatar,
    header: form.header,
    avatarDescription: form.avatar_description,
    headerDescription: form.header_description,
    fields: form.fields_attributes?.map((field) => ({ name: field.name ?? '', value: field.value ?? '' })),
  })
  const user = form.source ? await savePreferences(app, viewer.user, form.source) : viewer.user
  return { ...viewer, account, user }
}
