import type { Endpoint } from '#platform/http/endpoint.ts'
import { Reply } from '#platform/http/endpoint.ts'

/** The day from which the trial addresses are deprecated, in the words of RFC 9745. */
const DEPRECATED = `@${Date.UTC(2026, 5, 10) / 1000}`

type Version = 'v1' | 'v1_alpha'

/** Declares an endpoint at its address and at that of its trial, which tells that it is deprecated. */
export function inVersions(declare: (version: Version) => Endpoint): Endpoint[] {
  const trial = declare('v1_alpha')
  return [
    declare('v1'),
    {
      ...trial,
      summary: `${trial.summary} (deprecated address)`,
      async handle(given) {
        const answer = await trial.handle(given)
        const { body, status, headers } = answer instanceof Reply ? answer : new Reply(answer)
        return new Reply(body, { status, headers: { ...headers, Deprecation: DEPRECATED } })
      },
    },
  ]
}
