import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import { Account, presentAccount } from '#accounts/present-account.ts'
import { profileLimits } from '#accounts/update-profile.ts'
import type { App, HostedDomain } from '#app.ts'
import { mediaLimits, takenMimeTypes } from '#platform/media-types.ts'
import { isLoopbackDomain } from '#platform/public-domain.ts'
import { translatorOf } from '#platform/translators.ts'
import { version } from '#platform/version.ts'
import { presentRules, Rule } from './rules.ts'
import { siteOf } from './site.ts'
import { statsOf } from './stats.ts'

/** The client API this server speaks, as Mastodon numbers it. */
const API_VERSION = 11
/** Clients read features from the version: the API's first, ours behind it. */
const CLAIMED = `4.6.0 (compatible; Hyrax ${version})`
const CHARACTERS_PER_URL = 23
const MINUTE_SECONDS = 60
const MONTH_SECONDS = 2_629_746

const Loose = z.record(z.string(), z.unknown())

/** https://docs.joinmastodon.org/entities/Instance/ */
export const Instance = z.object({
  domain: z.string(),
  title: z.string(),
  version: z.string(),
  source_url: z.string(),
  description: z.string(),
  wrapstodon: z.string().nullable(),
  usage: z.object({ users: z.object({ active_month: z.number().int() }) }),
  thumbnail: z.object({ url: z.string(), description: z.string() }),
  icon: z.array(z.object({ src: z.string(), size: z.string() })),
  languages: z.array(z.string()),
  configuration: Loose,
  registrations: z.object({
    enabled: z.boolean(),
    approval_required: z.boolean(),
    reason_required: z.boolean().nullable(),
    message: z.string().nullable(),
    min_age: z.number().int().nullable(),
    url: z.string().nullable(),
  }),
  api_versions: z.object({ mastodon: z.number().int() }),
  contact: z.object({ email: z.string(), account: Account.nullable() }),
  rules: z.array(Rule),
})

/** https://docs.joinmastodon.org/entities/V1_Instance/ */
export const InstanceV1 = z.object({
  uri: z.string(),
  title: z.string(),
  short_description: z.string(),
  description: z.string(),
  email: z.string(),
  version: z.string(),
  urls: z.object({ streaming_api: z.string() }),
  stats: z.object({ user_count: z.number(), status_count: z.number(), domain_count: z.number() }),
  thumbnail: z.string().nullable(),
  languages: z.array(z.string()),
  registrations: z.boolean(),
  approval_required: z.boolean(),
  invites_enabled: z.boolean(),
  configuration: Loose,
  contact_account: Account.nullable(),
  rules: z.array(Rule),
})

/** The server as clients ask for it first. */
export async function presentInstance(app: App, domain: HostedDomain): Promise<z.input<typeof Instance>> {
  const site = await siteOf(app, domain.id)
  const stats = await statsOf(app, domain.id)
  const open = site.registrations !== 'none'
  return {
    domain: domain.name,
    title: site.title,
    version: CLAIMED,
    source_url: app.config.sourceUrl ?? `${domain.origin}/about`,
    description: site.short_description,
    wrapstodon: null,
    usage: { users: { active_month: stats.activeMonth } },
    thumbnail: { url: `${domain.origin}/assets/preview.png`, description: '' },
    icon: [{ src: `${domain.origin}/assets/icon.png`, size: '192x192' }],
    languages: site.languages,
    configuration: {
      ...configurationOf(app),
      urls: {
        streaming: streamingUrl(app, domain),
        status: null,
        about: `${domain.origin}/about`,
        privacy_policy: site.privacy_policy ? `${domain.origin}/privacy-policy` : null,
        terms_of_service: site.terms_of_service.length > 0 ? `${domain.origin}/terms-of-service` : null,
      },
      vapid: { public_key: app.config.vapid?.publicKey ?? '' },
      translation: { enabled: translatorOf(app) !== null },
      timelines_access: {
        live_feeds: { local: 'public', remote: 'public' },
        hashtag_feeds: { local: 'public', remote: 'public' },
        trending_link_feeds: { local: 'public', remote: 'public' },
      },
      limited_federation: false,
    },
    registrations: {
      enabled: open && !site.single_user,
      approval_required: site.registrations === 'approved',
      reason_required: site.require_reason,
      message: open ? null : site.registrations_message || null,
      min_age: site.min_age,
      url: null,
    },
    api_versions: { mastodon: API_VERSION },
    contact: { email: site.contact_email, account: await contactOf(app, domain, site.contact_account_id) },
    rules: await presentRules(app, domain.id),
  }
}

/** The server in the older shape. */
export async function presentInstanceV1(app: App, domain: HostedDomain): Promise<z.input<typeof InstanceV1>> {
  const site = await siteOf(app, domain.id)
  const stats = await statsOf(app, domain.id)
  return {
    uri: domain.name,
    title: site.title,
    short_description: site.short_description,
    description: site.description || site.short_description,
    email: site.contact_email,
    version: CLAIMED,
    urls: { streaming_api: streamingUrl(app, domain) },
    stats: { user_count: stats.users, status_count: stats.statuses, domain_count: stats.domains },
    thumbnail: `${domain.origin}/assets/preview.png`,
    languages: site.languages,
    registrations: site.registrations !== 'none' && !site.single_user,
    approval_required: site.registrations === 'approved',
    invites_enabled: false,
    configuration: configurationOf(app),
    contact_account: await contactOf(app, domain, site.contact_account_id),
    rules: await presentRules(app, domain.id),
  }
}

/** Where streams are opened. */
export function streamingUrl(app: App, domain: HostedDomain): string {
  if (app.config.streamingApiBaseUrl) return app.config.streamingApiBaseUrl
  return `${isLoopbackDomain(domain.web_host) && domain.origin.startsWith('http:') ? 'ws' : 'wss'}://${domain.web_host}`
}

async function contactOf(app: App, domain: HostedDomain, id: number | null): Promise<Account | null> {
  const account = id === null ? undefined : await accountById(app, id)
  return account ? presentAccount(app, { domain, account: null }, account) : null
}

/** The limits that clients hold to before they send (surface j). */
function configurationOf(app: App) {
  return {
    accounts: {
      max_display_name_length: app.config.maxDisplayNameChars,
      max_note_length: app.config.maxBioChars,
      max_avatar_description_length: 150,
      max_header_description_length: 150,
      max_featured_tags: 10,
      max_pinned_statuses: app.config.maxPinnedToots,
      max_profile_fields: app.config.maxProfileFields,
      profile_field_name_limit: profileLimits.fieldText,
      profile_field_value_limit: profileLimits.fieldText,
    },
    statuses: {
      max_characters: app.config.maxTootChars,
      max_media_attachments: mediaLimits.perStatus,
      characters_reserved_per_url: CHARACTERS_PER_URL,
      supported_mime_types: ['text/plain', 'text/markdown'],
    },
    media_attachments: {
      supported_mime_types: takenMimeTypes(app.config.ffmpeg !== undefined),
      description_limit: mediaLimits.description,
      image_size_limit: mediaLimits.imageBytes,
      image_matrix_limit: mediaLimits.imagePixels,
      video_size_limit: mediaLimits.filmBytes,
      video_frame_rate_limit: mediaLimits.filmFrameRate,
      video_matrix_limit: mediaLimits.filmPixels,
    },
    polls: {
      max_options: app.config.maxPollOptions,
      max_characters_per_option: app.config.maxPollOptionChars,
      min_expiration: 5 * MINUTE_SECONDS,
      max_expiration: MONTH_SECONDS,
    },
  }
}
