import type { App, Reader } from '#app.ts'
import { presentCollectionsById } from '#collections/present-collection.ts'
import { presentReports } from '#moderation/reports.ts'
import { presentWarnings } from '#moderation/warnings.ts'
import { presentSeverances } from '#relationships/severances.ts'
import type { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import type { Notification } from './entities.ts'
import { kindOf, knownTypes } from './kinds.ts'
import type { NotificationRow } from './notifications.ts'

/** What a notification points at, ready to be laid into its shape. */
export type Subject = Partial<
  Pick<Notification, 'status' | 'event' | 'report' | 'collection' | 'moderation_warning'>
>

/**
 * Loads what these notifications are about, one query a kind that occurs. The answer gives the subject of a row, or
 * null where there is none left that the reader may see.
 */
export async function loadSubjects(
  app: App,
  reader: Reader,
  rows: readonly NotificationRow[],
): Promise<(row: NotificationRow) => Subject | null> {
  const statuses = await statusesOf(app, reader, idsOf(rows, 'status_id'))
  const events = await presentSeverances(app, idsOf(rows, 'severance_id'))
  const reports = await presentReports(app, reader, idsOf(rows, 'report_id'))
  const collections = await presentCollectionsById(app, reader, idsOf(rows, 'collection_id'))
  const warnings = await presentWarnings(app, reader, idsOf(rows, 'warning_id'))
  return (row) => {
    const [type] = knownTypes([row.type])
    if (!type) return null
    const { about } = kindOf(type)
    if (about === undefined) return {}
    if (about === 'status') return holding('status', statuses.get(row.status_id ?? 0))
    if (about === 'severance') return holding('event', events.get(row.severance_id ?? 0))
    if (about === 'report') return holding('report', reports.get(row.report_id ?? 0))
    if (about === 'collection') return holding('collection', collections.get(row.collection_id ?? 0))
    return holding('moderation_warning', warnings.get(row.warning_id ?? 0))
  }
}

type Pointer = 'status_id' | 'severance_id' | 'report_id' | 'collection_id' | 'warning_id'

const idsOf = (rows: readonly NotificationRow[], pointer: Pointer) => [
  ...new Set(rows.flatMap((row) => row[pointer] ?? [])),
]

async function statusesOf(app: App, reader: Reader, ids: number[]) {
  if (ids.length === 0) return new Map<number, Status>()
  return new Map((await presentStatuses(app, reader, ids)).map((status) => [Number(status.id), status]))
}

function holding<K extends keyof Subject>(name: K, value: Subject[K]): Subject | null {
  return value === undefined ? null : { [name]: value }
}
