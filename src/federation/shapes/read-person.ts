import type { RemoteEmoji } from '#accounts/emojis.ts'
import type { RemoteAccount } from '#accounts/save-account.ts'
import { domainName } from '#platform/domain-name.ts'
import { cleanName, escapeHtml, sanitize } from '#platform/html.ts'
import { pemOfMultikey } from '../signatures/multikey-in.ts'
import type { Shaped } from './shape.ts'
import { hostOf, idOf, isA, isObject, listOf, sameOrigin, textOf, webUrl } from './shape.ts'

// What no software writes honestly is cut (surface j, PAR-10).
const MOST_NAME = 2048
const MOST_USERNAME = 255
const MOST_BIO = 20_000
const MOST_FIELDS = 50
const MOST_FIELD = 2047
const MOST_KEYS = 10
const MOST_ALIASES = 256
const MOST_DOMAINS = 256
const MOST_EMOJIS = 100

export type ReadPerson = { account: Omit<RemoteAccount, 'host'>; emojis: RemoteEmoji[]; handleHost: string }

/**
 * Reads an actor's document, fetched from its own origin. Null when it lacks what an actor needs. The handle's
 * host is the document's own until WebFinger says otherwise.
 */
export function readPerson(document: Shaped): ReadPerson | null {
  if (!isA(document, 'Person', 'Service', 'Application', 'Group', 'Organization')) return null
  const uri = webUrl(document.id)
  const host = hostOf(uri)
  const inbox = webUrl(document.inbox)
  const username = textOf(document.preferredUsername, MOST_USERNAME + 1)
  if (!uri || !host || !inbox || username.length > MOST_USERNAME || !/^[\w][\w.-]*$/u.test(username))
    return null
  // An inbox elsewhere would let an actor aim our deliveries at a third server (ORG-26).
  if (!sameOrigin(inbox, uri)) return null
  const own = (value: unknown) => {
    const url = webUrl(idOf(value))
    return url && sameOrigin(url, uri) ? url : null
  }
  const endpoints = isObject(document.endpoints) ? document.endpoints : {}
  const counts = (value: unknown) => (isObject(value) ? clampCount(value.totalItems) : undefined)
  return {
    handleHost: host,
    emojis: readEmojis(document.tag),
    account: {
      username,
      actor_type: String(listOf(document.type, 1)[0]),
      uri,
      url: pageOf(document.url),
      inbox_url: inbox,
      shared_inbox_url: own(endpoints.sharedInbox),
      outbox_url: own(document.outbox),
      followers_url: own(document.followers),
      following_url: own(document.following),
      featured_url: own(document.featured),
      featured_tags_url: own(document.featuredTags),
      display_name: cleanName(textOf(document.name, MOST_NAME)),
      note: sanitize(textOf(document.summary, MOST_BIO)),
      fields: JSON.stringify(readFields(document.attachment)),
      avatar_url: pictureOf(document.icon)?.url ?? null,
      header_url: pictureOf(document.image)?.url ?? null,
      avatar_description: pictureOf(document.icon)?.alt ?? '',
      header_description: pictureOf(document.image)?.alt ?? '',
      locked: document.manuallyApprovesFollowers === true ? 1 : 0,
      bot: isA(document, 'Service', 'Application') ? 1 : 0,
      discoverable: document.discoverable === true ? 1 : 0,
      indexable: document.indexable === true ? 1 : 0,
      memorial: document.memorial === true ? 1 : 0,
      suspended_there: document.suspended === true ? 1 : 0,
      // Servers that do not say show everything.
      show_featured: document.showFeatured === false ? 0 : 1,
      show_media: document.showMedia === false ? 0 : 1,
      show_media_replies: document.showRepliesInMedia === false ? 0 : 1,
      attribution_domains: JSON.stringify(readDomains(document.attributionDomains)),
      also_known_as: JSON.stringify(
        listOf(document.alsoKnownAs, MOST_ALIASES).filter((each) => webUrl(each)),
      ),
      createdAt: readTime(document.published),
      counts: {
        statuses: counts(document.outbox),
        followers: counts(document.followers),
        following: counts(document.following),
      },
      keys: readKeys(document, uri),
    },
  }
}

/** Hosts whose pages may name the actor as their author. */
function readDomains(value: unknown): string[] {
  return listOf(value, MOST_DOMAINS).flatMap((each) =>
    typeof each === 'string' ? (domainName(each) ?? []) : [],
  )
}

/** Keys that the actor's own document lists, of its own origin (SIG-13, SIG-15). */
function readKeys(document: Shaped, uri: string): RemoteAccount['keys'] {
  const keys: RemoteAccount['keys'] = []
  for (const key of listOf(document.publicKey, MOST_KEYS)) {
    if (!isObject(key) || typeof key.publicKeyPem !== 'string' || key.publicKeyPem.length > 8192) continue
    const keyId = webUrl(key.id)
    if (!keyId || !sameOrigin(keyId, uri) || (key.owner !== undefined && key.owner !== uri)) continue
    keys.push({ keyId, kind: 'rsa', publicPem: key.publicKeyPem, expiresAt: readTime(key.expires) })
  }
  for (const key of listOf(document.assertionMethod, MOST_KEYS)) {
    if (!isObject(key) || key.controller !== uri) continue
    const keyId = webUrl(key.id)
    const pem = pemOfMultikey(key.publicKeyMultibase)
    if (keyId && pem && sameOrigin(keyId, uri)) {
      keys.push({ keyId, kind: 'ed25519', publicPem: pem, expiresAt: readTime(key.expires) })
    }
  }
  return keys
}

function readFields(attachment: unknown) {
  return listOf(attachment, MOST_FIELDS).flatMap((field) => {
    if (!isObject(field) || !isA(field, 'PropertyValue')) return []
    const name = cleanName(textOf(field.name, MOST_FIELD))
    return name ? [{ name, value: sanitize(textOf(field.value, MOST_FIELD)), verified_at: null }] : []
  })
}

/** Custom emojis among the tags of a document: harmless codes with a web address (XSS-05). */
export function readEmojis(tag: unknown): RemoteEmoji[] {
  return listOf(tag, 500)
    .flatMap((each): RemoteEmoji[] => {
      if (!isObject(each) || !isA(each, 'Emoji')) return []
      const shortcode = /^:?([A-Za-z0-9_]{1,64}):?$/.exec(String(each.name))?.[1]
      const url = pictureOf(each.icon)?.url
      return shortcode && url ? [{ shortcode, url, uri: webUrl(each.id) }] : []
    })
    .slice(0, MOST_EMOJIS)
}

/** The address and the description of a picture given in any of the usual ways. */
export function pictureOf(value: unknown): { url: string; alt: string } | null {
  for (const each of listOf(value, 8)) {
    if (typeof each === 'string' && webUrl(each)) return { url: each, alt: '' }
    if (!isObject(each)) continue
    const url = listOf(each.url ?? each.href, 8)
      .map((one) => webUrl(isObject(one) ? one.href : one))
      .find(Boolean)
    if (url) return { url, alt: textOf(each.summary ?? each.name, 1500) }
  }
  return null
}

/** The page among the addresses of a thing: the one of type text/html, else the first (ORG-21). */
export function pageOf(value: unknown): string | null {
  const all = listOf(value, 16)
  const html = all.find((each) => isObject(each) && each.mediaType === 'text/html')
  for (const each of html ? [html, ...all] : all) {
    const url = webUrl(isObject(each) ? each.href : each)
    if (url) return url
  }
  return null
}

/** A point in time in ms, or null when it is none. */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 64) return null
  const at = Date.parse(value)
  return Number.isFinite(at) ? at : null
}

function clampCount(value: unknown): number | undefined {
  const MOST = 100_000_000
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(MOST, Math.max(0, Math.trunc(value)))
    : undefined
}

/** A line with a link, for things that are not posts of text. */
export function linkLine(title: string, url: string | null): string {
  if (!url) return `<p>${escapeHtml(title)}</p>`
  return `<p><a href="${escapeHtml(url)}">${escapeHtml(title || url)}</a></p>`
}
