import { moveAccount } from '#relationships/move-account.ts'
import { accountAt } from '../fetch/fetch-account.ts'
import { idOf, listOf, webUrl } from '../shapes/shape.ts'
import type { Row } from './inbox.ts'

/** An account elsewhere moves: both documents are fetched anew, and the new one has to name the old (ACT-21). */
export const takeMove: Row = async (app, { actor, activity, objectId }) => {
  if (objectId !== actor.uri) return 'a move of somebody else'
  const uri = webUrl(idOf(listOf(activity.target, 1)[0]))
  if (!uri) return 'a move to nowhere'
  const target = await accountAt(app, uri, { refresh: true })
  if (!target) return 'the new account could not be fetched'
  await moveAccount(app, actor, target)
  return undefined
}
