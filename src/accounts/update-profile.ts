import type { App, HostedDomain } from '#app.ts'
import { accountUnlocked, accountUpdated } from '#happenings.ts'
import { abandonBlob } from '#platform/blobs/blobs.ts'
import { domainName } from '#platform/domain-name.ts'
import { invalid, notAllowed, notFound } from '#platform/errors.ts'
import { graphemeLength } from '#platform/graphemes.ts'
import { cleanName } from '#platform/html.ts'
import type { Mentioned } from '#platform/text/format-text.ts'
import { formatText } from '#platform/text/format-text.ts'
import { parseText, statusLength } from '#platform/text/parse-text.ts'
import type { AccountRow } from './accounts.ts'
import { accountByAcct, accountById, acctOf } from './accounts.ts'
import { carryProofs } from './fields.ts'
import type { NewPicture, PictureFile } from './profile-pictures.ts'
import { makePictures, placePicture } from './profile-pictures.ts'

/** Limits of a profile (surface j), in graphemes. */
export const profileLimits = {
  fieldText: 255,
  description: 150,
  attributionDomains: 100,
} as const

/** How many accounts a profile may link to. */
const MOST_NAMED = 20

export type ProfileChanges = {
  displayName?: string
  note?: string
  locked?: boolean
  bot?: boolean
  discoverable?: boolean
  indexable?: boolean
  hideCollections?: boolean
  showMedia?: boolean
  showMediaReplies?: boolean
  showFeatured?: boolean
  /** Hosts whose pages may name the member as their author. */
  attributionDomains?: string[]
  fields?: { name: string; value: string }[]
  /** A new picture, or null for none. */
  avatar?: PictureFile | null
  header?: PictureFile | null
  avatarDescription?: string
  headerDescription?: string
}

/**
 * Changes a profile of ours; what is left out stays. Throws `invalid` where a limit is passed and for pictures that
 * are none. Pictures that are replaced are deleted.
 */
export async function updateProfile(
  app: App,
  account: AccountRow,
  changes: ProfileChanges,
): Promise<AccountRow> {
  check(app, changes)
  const domain = app.domains.byId(account.domain_id as number)
  if (!domain) throw notAllowed()
  const columns = await columnsOf(app, domain, changes)
  const pictures = await makePictures(app, changes)
  if (Object.keys(columns).length + pictures.length === 0) return account
  try {
    return await app.inTransaction((tx) => save(tx, domain, account.id, columns, pictures))
  } catch (error) {
    for (const { made } of pictures) if (made) await abandonBlob(app, made)
    throw error
  }
}

async function save(
  tx: App,
  domain: HostedDomain,
  accountId: number,
  columns: Partial<AccountRow>,
  pictures: readonly NewPicture[],
): Promise<AccountRow> {
  // Read anew: the pictures there are now are deleted, not those of a moment ago.
  const present = await accountById(tx, accountId)
  if (!present) throw notFound()
  if (columns.fields) columns.fields = carryProofs(present.fields, columns.fields)
  const placed: Partial<AccountRow> = {}
  for (const { kind, made } of pictures)
    Object.assign(placed, await placePicture(tx, domain, present, kind, made))
  await tx.db
    .updateTable('account')
    .set({ ...placed, ...columns, updated_at: Math.max(tx.now(), present.updated_at + 1) })
    .where('id', '=', accountId)
    .execute()
  await tx.emit(accountUpdated, { accountId, origin: 'here' })
  if (present.locked === 1 && columns.locked === 0) await tx.emit(accountUnlocked, { accountId })
  return { ...present, ...placed, ...columns, updated_at: Math.max(tx.now(), present.updated_at + 1) }
}

async function columnsOf(
  app: App,
  domain: HostedDomain,
  changes: ProfileChanges,
): Promise<Partial<AccountRow>> {
  const people = await peopleNamed(app, domain, [
    changes.note ?? '',
    ...(changes.fields ?? []).map((field) => field.value),
  ])
  const render = (text: string) =>
    formatText(text, {
      contentType: 'text/plain',
      mentions: people,
      tagUrl: (name) => `${domain.origin}/tags/${encodeURIComponent(name)}`,
    })
  const fields = changes.fields
    ?.filter((field) => field.name.trim() !== '' || field.value.trim() !== '')
    // A field is one line: paragraphs would break out of its row.
    .map(({ name, value }) => ({ name: cleanName(name), source: value.trim().replace(/\s*[\r\n]\s*/g, ' ') }))
    .map(({ name, source }) => ({
      name,
      // The pages linked to prove themselves by linking back, and expect the same of this side.
      value: render(source)
        .replace(/^<p>|<\/p>$/g, '')
        .replaceAll(' rel="nofollow ', ' rel="me nofollow '),
      source,
      verified_at: null,
    }))
  const { displayName, note, bot } = changes
  return {
    ...(displayName === undefined ? {} : { display_name: cleanName(displayName) }),
    ...(note === undefined ? {} : { note_source: note, note: note ? render(note) : '' }),
    ...(bot === undefined ? {} : { bot: bot ? 1 : 0, actor_type: bot ? 'Service' : 'Person' }),
    ...words('avatar_description', changes.avatarDescription),
    ...words('header_description', changes.headerDescription),
    ...bit('locked', changes.locked),
    ...bit('discoverable', changes.discoverable),
    ...bit('indexable', changes.indexable),
    ...bit('hide_collections', changes.hideCollections),
    ...bit('show_media', changes.showMedia),
    ...bit('show_media_replies', changes.showMediaReplies),
    ...bit('show_featured', changes.showFeatured),
    ...(changes.attributionDomains
      ? { attribution_domains: JSON.stringify(domainsIn(changes.attributionDomains)) }
      : {}),
    ...(fields ? { fields: JSON.stringify(fields) } : {}),
  }
}

/** Hosts as they are compared, each once; throws `invalid` for what is none, and for too many. */
function domainsIn(texts: readonly string[]): string[] {
  const domains = texts.filter((text) => text.trim() !== '').map((text) => domainName(text))
  const most = profileLimits.attributionDomains
  const refused = (error: string, description: string) =>
    invalid(`Validation failed: Attribution domains ${description}`, {
      attribution_domains: [{ error, description }],
    })
  if (domains.length > most) throw refused('ERR_TOO_LONG', `are too many (maximum is ${most})`)
  if (domains.includes(null)) throw refused('ERR_INVALID', 'is not a valid domain name')
  return [...new Set(domains as string[])]
}

function words(column: keyof AccountRow, value: string | undefined): Partial<AccountRow> {
  return value === undefined ? {} : { [column]: value.trim() }
}

function bit(column: keyof AccountRow, value: boolean | undefined): Partial<AccountRow> {
  return value === undefined ? {} : { [column]: value ? 1 : 0 }
}

function check(app: App, changes: ProfileChanges) {
  const tooLong = (name: string, most: number) => {
    const description = `is too long (maximum is ${most} characters)`
    const words = `${name.charAt(0).toUpperCase()}${name.slice(1).replace('_', ' ')}`
    return invalid(`Validation failed: ${words} ${description}`, {
      [name]: [{ error: 'ERR_TOO_LONG', description }],
    })
  }
  const { maxDisplayNameChars: displayName, maxBioChars: note, maxProfileFields: fields } = app.config
  if (graphemeLength(changes.displayName ?? '') > displayName) throw tooLong('display_name', displayName)
  if (statusLength(changes.note ?? '') > note) throw tooLong('note', note)
  const { avatarDescription = '', headerDescription = '' } = changes
  const most = profileLimits.description
  if (graphemeLength(avatarDescription.trim()) > most) throw tooLong('avatar_description', most)
  if (graphemeLength(headerDescription.trim()) > most) throw tooLong('header_description', most)
  const given = changes.fields ?? []
  if (given.length > fields) throw invalid(`Validation failed: there may be ${fields} fields at most`)
  for (const field of given) {
    const longest = Math.max(graphemeLength(field.name), graphemeLength(field.value))
    if (longest > profileLimits.fieldText) throw tooLong('fields', profileLimits.fieldText)
  }
}

/** Accounts named in a profile, as far as they are known here: a bio is no reason to ask other servers. */
async function peopleNamed(app: App, domain: HostedDomain, texts: string[]): Promise<Map<string, Mentioned>> {
  const people = new Map<string, Mentioned>()
  for (const span of texts.flatMap((text) => parseText(text))) {
    if (span.kind !== 'mention' || people.size >= MOST_NAMED) continue
    const acct = (span.domain ? `${span.username}@${span.domain}` : span.username).toLowerCase()
    const known = await accountByAcct(app, domain, acct)
    if (known)
      people.set(acct, { url: known.url ?? known.uri, username: known.username, acct: acctOf(known, domain) })
  }
  return people
}
