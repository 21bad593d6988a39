import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import { Account } from '#accounts/present-account.ts'
import { endpoint, Reply } from '#platform/http/endpoint.ts'
import { flag, intText, wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { directory } from './directory.ts'
import { dismissSuggestion, Suggestion, suggestions } from './suggestions.ts'

const USUAL = 40
const MOST = 80
const FARTHEST = 10_000
/** Since when the first form of suggestions is not recommended any more. */
const DEPRECATED = { Deprecation: '@1637884800' }

const Part = z.object({ limit: intText.optional(), offset: intText.optional() })
const partOf = ({ limit, offset }: z.output<typeof Part>) => ({
  limit: Math.min(Math.abs(limit || USUAL), MOST),
  offset: Math.min(Math.max(0, offset ?? 0), FARTHEST),
})

export const directoryEndpoint = endpoint({
  route: 'GET /api/v1/directory',
  scope: 'public',
  ifToken: 'read:accounts',
  summary: 'Accounts that wish to be found',
  query: Part.extend({ order: wordOf(['active', 'new']), local: flag.optional() }),
  returns: z.array(Account),
  handle: ({ app, viewer, domain, query }) =>
    directory(
      app,
      { domain, account: viewer?.account ?? null },
      { ...partOf(query), order: query.order ?? 'active', local: query.local ?? false },
    ),
})

export const suggestionsEndpoint = endpoint({
  route: 'GET /api/v2/suggestions',
  scope: 'read:accounts',
  summary: 'Accounts that the member may want to follow, and why',
  query: Part,
  returns: z.array(Suggestion),
  handle: ({ app, viewer, domain, query }) => suggestions(app, domain, viewer.account, partOf(query)),
})

export const oldSuggestionsEndpoint = endpoint({
  route: 'GET /api/v1/suggestions',
  scope: 'read:accounts',
  summary: 'Accounts that the member may want to follow',
  query: Part,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, query }) => {
    const found = await suggestions(app, domain, viewer.account, partOf(query))
    return new Reply(
      found.map((each) => each.account),
      { headers: DEPRECATED },
    )
  },
})

export const dismissSuggestionEndpoint = endpoint({
  route: 'DELETE /api/v1/suggestions/:id',
  scope: 'write:accounts',
  summary: 'Suggest an account no more',
  returns: z.object({}).strict(),
  handle: async ({ app, viewer, params }) => {
    const id = readId(params.id)
    // What was never suggested is waved off just as well: the answer tells nobody who exists.
    if (id !== null && (await accountById(app, id))) await dismissSuggestion(app, viewer.account, id)
    return {}
  },
})
