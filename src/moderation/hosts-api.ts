import { z } from 'zod'
import { demand } from '#auth/roles.ts'
import { domainName } from '#platform/domain-name.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, text } from '#platform/http/forms-fields.ts'
import { PartQuery, pagedByPlace, readPart } from '#platform/paging.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import type { HostHealth } from './hosts.ts'
import { hostHealth, listHosts, retryHost } from './hosts.ts'

const USUAL = 40
const MOST = 200
const STATES = ['well', 'failing', 'trying', 'given_up'] as const

/** How another server fares with us. */
const Host = z.object({
  host: z.string(),
  software: z.string(),
  version: z.string(),
  /** What was decided about it, or null. */
  severity: z.string().nullable(),
  state: z.enum(STATES),
  /** Failures in a row. */
  failures: z.number().int(),
  waiting: z.number().int(),
  last_answer_at: z.string().nullable(),
  last_failure_at: z.string().nullable(),
  next_try_at: z.string().nullable(),
})
const WholeHost = Host.extend({
  accounts: z.number().int(),
  followers: z.number().int(),
  following: z.number().int(),
})

const present = (health: HostHealth): z.infer<typeof Host> => ({
  host: health.host,
  software: health.software,
  version: health.version,
  severity: health.severity,
  state: STATES[health.state] ?? 'well',
  failures: health.fails,
  waiting: health.waiting,
  last_answer_at: isoTimeOrNull(health.lastAnswer),
  last_failure_at: isoTimeOrNull(health.lastFailure),
  next_try_at: isoTimeOrNull(health.nextTry),
})

export const hostsEndpoint = endpoint({
  route: 'GET /api/hyrax/v1/admin/hosts',
  scope: 'admin:read:domain_blocks',
  summary:
    'Servers that were spoken with lately, by name: what they run, how they answer, what waits for them',
  query: PartQuery.extend({ q: text(253).optional(), unwell: flag.optional() }),
  returns: z.array(Host),
  handle: async ({ app, viewer, query, request }) => {
    await demand(app, viewer.user, 'manage_federation')
    const part = readPart(query, USUAL, MOST)
    const hosts = await listHosts(app, { text: query.q, isUnwell: query.unwell }, part)
    return pagedByPlace(hosts.map(present), { request, part, found: hosts.length })
  },
})

const nameOf = (text: string): string => domainName(text) ?? text.toLowerCase()

export const hostEndpoint = endpoint({
  route: 'GET /api/hyrax/v1/admin/hosts/:host',
  scope: 'admin:read:domain_blocks',
  summary: 'One server, with the accounts known of it and the follows between it and here',
  returns: WholeHost,
  handle: async ({ app, viewer, params }) => {
    await demand(app, viewer.user, 'manage_federation')
    const health = await hostHealth(app, nameOf(params.host))
    const { accounts, followers, following } = health
    return { ...present(health), accounts, followers, following }
  },
})

export const retryHostEndpoint = endpoint({
  route: 'POST /api/hyrax/v1/admin/hosts/:host/retry',
  scope: 'admin:write:domain_blocks',
  summary: 'Try a server again at once, as if it had never failed',
  returns: WholeHost,
  handle: async ({ app, viewer, params }) => {
    await demand(app, viewer.user, 'manage_federation')
    const host = nameOf(params.host)
    if (host === '') throw notFound()
    await hostHealth(app, host)
    await retryHost(app, host)
    const health = await hostHealth(app, host)
    const { accounts, followers, following } = health
    return { ...present(health), accounts, followers, following }
  },
})
