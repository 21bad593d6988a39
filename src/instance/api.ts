import { z } from 'zod'
import type { App } from '#app.ts'
import { plainText } from '#platform/html.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { Instance, InstanceV1, presentInstance, presentInstanceV1 } from './present-instance.ts'
import { presentRules, Rule } from './rules.ts'
import { siteOf } from './site.ts'

const FIVE_MINUTES = 300

export const instanceEndpoint = endpoint({
  route: 'GET /api/v2/instance',
  scope: 'public',
  summary: 'What this server is and can do',
  cacheSeconds: FIVE_MINUTES,
  returns: Instance,
  handle: ({ app, domain }) => presentInstance(app, domain),
})

export const instanceV1Endpoint = endpoint({
  route: 'GET /api/v1/instance',
  scope: 'public',
  summary: 'What this server is, in the older shape',
  cacheSeconds: FIVE_MINUTES,
  returns: InstanceV1,
  handle: ({ app, domain }) => presentInstanceV1(app, domain),
})

export const rulesEndpoint = endpoint({
  route: 'GET /api/v1/instance/rules',
  scope: 'public',
  summary: 'The rules of this server',
  cacheSeconds: FIVE_MINUTES,
  returns: z.array(Rule),
  handle: ({ app, domain }) => presentRules(app, domain.id),
})

/** The first sentence about the server, for pages and NodeInfo. */
export async function describe(app: App, domainId: number): Promise<string> {
  const site = await siteOf(app, domainId)
  return site.short_description || plainText(site.description).slice(0, 200)
}
