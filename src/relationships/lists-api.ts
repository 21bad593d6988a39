import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, idList, text } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { addToList, listMembers, MOST_AT_ONCE, removeFromList } from './list-members.ts'
import {
  createList,
  deleteList,
  List,
  listsOf,
  listsWith,
  ownList,
  presentList,
  repliesPolicies,
  updateList,
} from './lists.ts'
import { accountNamed } from './target-account.ts'

const USUAL = 40

const ListForm = z.object({
  title: text().optional(),
  replies_policy: z.enum(repliesPolicies).optional(),
  exclusive: flag.optional(),
})
const choicesOf = ({ title, replies_policy, exclusive }: z.output<typeof ListForm>) => ({
  ...(title === undefined ? {} : { title }),
  ...(replies_policy === undefined ? {} : { repliesPolicy: replies_policy }),
  ...(exclusive === undefined ? {} : { exclusive }),
})

export const listsEndpoint = endpoint({
  route: 'GET /api/v1/lists',
  scope: 'read:lists',
  summary: 'The lists of the member',
  returns: z.array(List),
  handle: async ({ app, viewer }) => (await listsOf(app, viewer.account)).map(presentList),
})

export const createListEndpoint = endpoint({
  route: 'POST /api/v1/lists',
  scope: 'write:lists',
  summary: 'Make a list',
  body: ListForm,
  returns: List,
  handle: async ({ app, viewer, body }) =>
    presentList(await createList(app, viewer.account, choicesOf(body))),
})

export const listEndpoint = endpoint({
  route: 'GET /api/v1/lists/:id',
  scope: 'read:lists',
  summary: 'One list of the member',
  returns: List,
  handle: async ({ app, viewer, params }) => presentList(await ownList(app, viewer.account, params.id)),
})

function changing(route: `${'PUT' | 'PATCH'} /api/v1/lists/:id`) {
  return endpoint({
    route,
    scope: 'write:lists',
    summary: 'Change a list',
    body: ListForm,
    returns: List,
    handle: async ({ app, viewer, params, body }) =>
      presentList(await updateList(app, await ownList(app, viewer.account, params.id), choicesOf(body))),
  })
}
export const updateListEndpoint = changing('PUT /api/v1/lists/:id')
export const patchListEndpoint = changing('PATCH /api/v1/lists/:id')

export const deleteListEndpoint = endpoint({
  route: 'DELETE /api/v1/lists/:id',
  scope: 'write:lists',
  summary: 'Take a list apart',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    await deleteList(app, await ownList(app, viewer.account, params.id))
    return {}
  },
})

export const listAccountsEndpoint = endpoint({
  route: 'GET /api/v1/lists/:id/accounts',
  scope: 'read:lists',
  summary: 'Who is on a list; everybody with limit=0',
  query: PageQuery,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, params, query, request }) => {
    const list = await ownList(app, viewer.account, params.id)
    const page = Number(query.limit ?? USUAL) === 0 ? null : readPage(query, USUAL)
    const rows = await listMembers(app, list, page)
    const reader = { domain, account: viewer.account }
    const shown = await presentAccountsById(
      app,
      reader,
      rows.map((row) => row.account_id),
    )
    const accounts = rows.flatMap((row) => shown.get(row.account_id) ?? [])
    if (!page) return accounts
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(accounts, { request, page, ...ends, style: 'accounts' })
  },
})

const Members = z.object({ account_ids: idList.optional() })
const idsOf = (ids: string[] | undefined) => (ids ?? []).slice(0, MOST_AT_ONCE).map((id) => readId(id) ?? -1)

export const addToListEndpoint = endpoint({
  route: 'POST /api/v1/lists/:id/accounts',
  scope: 'write:lists',
  summary: 'Put followed accounts on a list',
  body: Members,
  returns: z.object({}),
  handle: async ({ app, viewer, params, body }) => {
    await addToList(app, await ownList(app, viewer.account, params.id), idsOf(body.account_ids))
    return {}
  },
})

export const removeFromListEndpoint = endpoint({
  route: 'DELETE /api/v1/lists/:id/accounts',
  scope: 'write:lists',
  summary: 'Take accounts off a list',
  query: Members,
  body: Members,
  returns: z.object({}),
  handle: async ({ app, viewer, params, query, body }) => {
    const list = await ownList(app, viewer.account, params.id)
    await removeFromList(app, list, idsOf(body.account_ids ?? query.account_ids))
    return {}
  },
})

export const accountListsEndpoint = endpoint({
  route: 'GET /api/v1/accounts/:id/lists',
  scope: 'read:lists',
  summary: 'Which of the member’s lists an account is on',
  returns: z.array(List),
  handle: async ({ app, viewer, params }) => {
    const account = await accountNamed(app, params.id)
    return (await listsWith(app, viewer.account, account.id)).map(presentList)
  },
})
