import { presentWithAccounts } from '#collections/present-collection.ts'
import { readableCollection } from '#collections/visibility.ts'
import { notFound } from '#platform/errors.ts'
import type { Routes } from './site.ts'
import { collectionPage } from './views/collection.ts'
import type { Visit } from './visit.ts'
import { send } from './visit.ts'

const KEPT_SECONDS = 60

/** The page of a collection: what any visitor may see. */
export function mountCollections(routes: Routes): void {
  routes.get('/collections/:id{[0-9]+}', collection)
}

async function collection(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  const row = await readableCollection(app, null, visit.c.req.param('id') ?? '')
  const shown = await presentWithAccounts(app, { domain, account: null }, row)
  const owner = shown.accounts.find((account) => account.id === shown.collection.account_id)
  if (!owner || !shown.collection.url?.startsWith(`${domain.origin}/`)) throw notFound()
  const ids = shown.collection.items.map((item) => item.account_id)
  const accounts = shown.accounts.filter((account) => ids.includes(account.id))
  const { name, description } = shown.collection
  const data = { name, description, owner, accounts }
  return send(visit, collectionPage(frame, data), { cacheSeconds: KEPT_SECONDS })
}
