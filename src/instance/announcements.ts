import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { announcementPublished, announcementRemoved } from '#happenings.ts'
import { invalid, notFound } from '#platform/errors.ts'

/** What the keeper tells the members of a hosted domain; not shown before it is published, nor after its end. */
export type AnnouncementRow = {
  id: number
  domain_id: number
  text: string
  starts_at: number | null
  ends_at: number | null
  /** Whether only the dates of start and end count. */
  all_day: number
  published_at: number | null
  created_at: number
  updated_at: number
}
export type AnnouncementReadRow = { account_id: number; announcement_id: number; created_at: number }
export type AnnouncementReactionRow = {
  id: number
  announcement_id: number
  account_id: number
  /** An emoji character, or the shortcode of one of ours. */
  name: string
  created_at: number
}
export type AnnouncementTables = {
  announcement: AnnouncementRow
  announcement_read: AnnouncementReadRow
  announcement_reaction: AnnouncementReactionRow
}

const LONGEST = 10_000
/** How many are shown at once: the newest. */
const MOST_SHOWN = 50

export type NewAnnouncement = {
  text: string
  startsAt: number | null
  endsAt: number | null
  allDay: boolean
  publish: boolean
}

/** Writes an announcement, and publishes it unless it is to wait. Throws `invalid` for an empty one or an end before the start. */
export async function addAnnouncement(
  app: App,
  domain: HostedDomain,
  { text, startsAt, endsAt, allDay, publish }: NewAnnouncement,
): Promise<AnnouncementRow> {
  if (text.trim() === '' || text.length > LONGEST)
    throw invalid(`An announcement has 1 to ${LONGEST} characters`)
  if (endsAt !== null && endsAt <= (startsAt ?? app.now()))
    throw invalid('An announcement ends after it starts')
  return app.inTransaction(async (tx) => {
    const now = tx.now()
    const row: AnnouncementRow = {
      id: tx.newId(),
      domain_id: domain.id,
      text: text.trim(),
      starts_at: startsAt,
      ends_at: endsAt,
      all_day: allDay ? 1 : 0,
      published_at: publish ? now : null,
      created_at: now,
      updated_at: now,
    }
    await tx.db.insertInto('announcement').values(row).execute()
    if (publish) await tx.emit(announcementPublished, { announcementId: row.id, domainId: domain.id })
    return row
  })
}

/** Shows an announcement that waited, or takes one back without losing it. Throws `notFound` for none. */
export async function publishAnnouncement(app: App, id: number, isShown: boolean): Promise<void> {
  await app.inTransaction(async (tx) => {
    const row = await announcementById(tx, id)
    const changes = { published_at: isShown ? (row.published_at ?? tx.now()) : null, updated_at: tx.now() }
    await tx.db.updateTable('announcement').set(changes).where('id', '=', id).execute()
    const told = { announcementId: id, domainId: row.domain_id }
    await tx.emit(isShown ? announcementPublished : announcementRemoved, told)
  })
}

/** Deletes an announcement with all that was said to it. Throws `notFound` for none. */
export async function removeAnnouncement(app: App, id: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    const row = await announcementById(tx, id)
    for (const table of ['announcement_read', 'announcement_reaction'] as const)
      await tx.db.deleteFrom(table).where('announcement_id', '=', id).execute()
    await tx.db.deleteFrom('announcement').where('id', '=', id).execute()
    await tx.emit(announcementRemoved, { announcementId: id, domainId: row.domain_id })
  })
}

/** An announcement, shown or not; throws `notFound` for none. */
export async function announcementById(app: App, id: number): Promise<AnnouncementRow> {
  const row = await app.db.selectFrom('announcement').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound()
  return row
}

/** All announcements of a domain, newest first, shown or not. */
export async function allAnnouncements(app: App, domain: HostedDomain): Promise<AnnouncementRow[]> {
  return app.db
    .selectFrom('announcement')
    .selectAll()
    .where('domain_id', '=', domain.id)
    .orderBy('id', 'desc')
    .limit(MOST_SHOWN)
    .execute()
}

/** The announcements that members of a domain are shown now: published and not over. */
export async function shownAnnouncements(app: App, domain: HostedDomain): Promise<AnnouncementRow[]> {
  const all = await allAnnouncements(app, domain)
  return all.filter((row) => isShown(app, row))
}

/** Whether an announcement is shown now. */
export const isShown = (app: App, row: AnnouncementRow): boolean =>
  row.published_at !== null && (row.ends_at === null || row.ends_at > app.now())

/** An announcement that a member is shown; throws `notFound` for any other. */
export async function shownAnnouncement(
  app: App,
  domain: HostedDomain,
  id: number | null,
): Promise<AnnouncementRow> {
  const row = id === null ? null : await announcementById(app, id)
  if (!row || row.domain_id !== domain.id || !isShown(app, row)) throw notFound()
  return row
}

/** Puts an announcement away for one member. */
export async function dismissAnnouncement(app: App, account: AccountRow, id: number): Promise<void> {
  await app.inTransaction((tx) =>
    tx.db
      .insertInto('announcement_read')
      .values({ account_id: account.id, announcement_id: id, created_at: tx.now() })
      .onConflict((clash) => clash.doNothing())
      .execute(),
  )
}
