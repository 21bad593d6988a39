import type { App, HostedDomain } from '#app.ts'
import { accountUpdated } from '#happenings.ts'
import { invalid, notAllowed } from '#platform/errors.ts'
import { graphemeLength } from '#platform/graphemes.ts'
import { cleanName } from '#platform/html.ts'
import type { Mentioned } from '#platform/text/format-text.ts'
import { formatText } from '#platform/text/format-text.ts'
import { parseText } from '#platform/text/parse-text.ts'
import type { AccountRow } from './accounts.ts'
import { accountByAcct, accountById, acctOf } from './accounts.ts'

/** Limits of a profile (surface j), in graphemes. */
export const profileLimits = { displayName: 30, note: 500, fields: 4, fieldText: 255 } as const

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
  fields?: { name: string; value: string }[]
}

/** Changes a profile of ours; what is left out stays. Throws `invalid` where a limit is passed. */
export async function updateProfile(
  app: App,
  account: AccountRow,
  changes: ProfileChanges,
): Promise<AccountRow> {
  check(changes)
  const domain = app.domains.byId(account.domain_id as number)
  if (!domain) throw notAllowed()
  const people = await peopleNamed(app, domain, [changes.note ?? '', ...(changes.fields ?? []).map((field) => field.value)])
  const render = (text: string) =>
    formatText(text, {
      contentType: 'text/plain',
      mentions: people,
      tagUrl: (name) => `${domain.origin}/tags/${encodeURIComponent(name)}`,
    })
  const fields = changes.fields
    ?.filter((field) => field.name.trim() !== '' || field.value.trim() !== '')
    .map((field) => ({
      name: cleanName(field.name),
      value: render(field.value.trim()).replace(/^<p>|<\/p>$/g, ''),
      source: field.value.trim(),
      verified_at: null,
    }))
  const columns: Partial<AccountRow> = {
    ...(changes.displayName === undefined ? {} : { display_name: cleanName(changes.displayName) }),
    ...(changes.note === undefined ? {} : { note_source: changes.note, note: changes.note ? render(changes.note) : '' }),
    ...(changes.bot === undefined ? {} : { bot: changes.bot ? 1 : 0, actor_type: changes.bot ? 'Service' : 'Person' }),
    ...bit('locked', changes.locked),
    ...bit('discoverable', changes.discoverable),
    ...bit('indexable', changes.indexable),
    ...bit('hide_collections', changes.hideCollections),
    ...(fields ? { fields: JSON.stringify(fields) } : {}),
  }
  if (Object.keys(columns).length === 0) return account
  return app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('account')
      .set({ ...columns, updated_at: tx.now() })
      .where('id', '=', account.id)
      .execute()
    await tx.emit(accountUpdated, { accountId: account.id, origin: 'here' })
    return (await accountById(tx, account.id)) as AccountRow
  })
}

function bit(column: keyof AccountRow, value: boolean | undefined): Partial<AccountRow> {
  return value === undefined ? {} : { [column]: value ? 1 : 0 }
}

function check(changes: ProfileChanges) {
  const tooLong = (name: string, most: number) => {
    const description = `is too long (maximum is ${most} characters)`
    const words = `${name.charAt(0).toUpperCase()}${name.slice(1).replace('_', ' ')}`
    return invalid(`Validation failed: ${words} ${description}`, {
      [name]: [{ error: 'ERR_TOO_LONG', description }],
    })
  }
  const { displayName, note, fields } = profileLimits
  if (graphemeLength(changes.displayName ?? '') > displayName) throw tooLong('display_name', displayName)
  if (graphemeLength(changes.note ?? '') > note) throw tooLong('note', note)
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
    if (known) people.set(acct, { url: known.url ?? known.uri, username: known.username, acct: acctOf(known, domain) })
  }
  return people
}
