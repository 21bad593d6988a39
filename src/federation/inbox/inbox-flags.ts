import { takeReport } from '#moderation/take-report.ts'
import { plainText } from '#platform/html.ts'
import { idOf, listOf, textOf, webUrl } from '../shapes/shape.ts'
import type { Row } from './inbox.ts'

const MOST_NAMED = 200
const MOST_WORDS = 5000

/** A report of another server, mostly in the name of the server itself. */
export const takeFlag: Row = async (app, { actor, activity }) => {
  const uri = webUrl(activity.id)
  if (!uri) return 'no id'
  const uris = listOf(activity.object, MOST_NAMED).flatMap((each) => webUrl(idOf(each)) ?? [])
  const comment = plainText(textOf(activity.content ?? activity.summary, MOST_WORDS))
  return takeReport(app, actor, { uri, comment, uris })
}
