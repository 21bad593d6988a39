import type { Endpoint } from './endpoint.ts'
import { gateOf, routeOf } from './mount.ts'

/** A request that must be refused, worked out from a declaration alone (for table tests). */
export type RefusalCase = {
  /** A sentence for the test's name. */
  name: string
  method: string
  /** With `1` for every `:name`. */
  path: string
  /** The token to send: none, garbage, a member's, or an application's own, with these scopes. */
  token: 'none' | 'garbage' | 'member' | 'application'
  scopes: string[]
  status: number
  error: string
}

const SOME_SCOPES = ['push', 'profile', 'read:search', 'write:reports']

/** Every refusal that an endpoint's `scope` and `ifToken` promise: 401, 403 for the scope, 422 for an application's token. */
export function refusalCases(endpoints: readonly Endpoint[]): RefusalCase[] {
  return endpoints.flatMap(casesOf)
}

function casesOf(endpoint: Endpoint): RefusalCase[] {
  const gate = gateOf(endpoint)
  const { method, path } = routeOf(endpoint)
  const base = { method, path: path.replace(/:[^/]+/g, '1') }
  const cases: RefusalCase[] = []
  const add = (what: string, token: RefusalCase['token'], scopes: string[], status: number, error: string) =>
    cases.push({ ...base, name: `${endpoint.route} answers ${status} ${what}`, token, scopes, status, error })
  const invalidToken = 'The access token is invalid'
  if (gate.access !== 'public') add('without a token', 'none', [], 401, invalidToken)
  if (gate.access !== 'public' || gate.accepted) add('to an unknown token', 'garbage', [], 401, invalidToken)
  const { accepted } = gate
  if (accepted) {
    const other = SOME_SCOPES.find((scope) => !accepted.has(scope)) as string
    add(
      'to a token without the scope',
      'member',
      [other],
      403,
      'This action is outside the authorized scopes',
    )
  }
  if (gate.access === 'member') {
    const scope = accepted?.values().next().value as string
    add(
      "to an application's own token",
      'application',
      [scope],
      422,
      'This method requires an authenticated user',
    )
  }
  return cases
}
