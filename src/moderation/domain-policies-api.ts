import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { App } from '#app.ts'
import { demand } from '#auth/roles.ts'
import type { DomainAllowRow, DomainPolicyRow } from '#instance/domain-policies.ts'
import { obfuscated, policyOf, severities } from '#instance/domain-policies.ts'
import { invalid } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, text, wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { isoTime } from '#platform/times.ts'
import { allowById, allowDomain, disallowDomain } from './domain-allows.ts'
import {
  domainPolicyById,
  dropDomainPolicy,
  readHost,
  setDomainPolicy,
  strengthOf,
} from './domain-policies.ts'

const USUAL = 100
const FIVE_MINUTES = 300

/** https://docs.joinmastodon.org/entities/Admin_DomainBlock/ */
const AdminDomainBlock = z.object({
  id: z.string(),
  domain: z.string(),
  digest: z.string(),
  created_at: z.string(),
  severity: z.enum(severities),
  reject_media: z.boolean(),
  reject_reports: z.boolean(),
  private_comment: z.string().nullable(),
  public_comment: z.string().nullable(),
  obfuscate: z.boolean(),
})
/** https://docs.joinmastodon.org/entities/Admin_DomainAllow/ */
const AdminDomainAllow = z.object({ id: z.string(), domain: z.string(), created_at: z.string() })
/** https://docs.joinmastodon.org/entities/DomainBlock/ */
const DomainBlock = z.object({
  domain: z.string(),
  digest: z.string(),
  severity: z.enum(['silence', 'suspend']),
  comment: z.string().optional(),
})

const digestOf = (domain: string) => createHash('sha256').update(domain).digest('hex')

function present(row: DomainPolicyRow): z.infer<typeof AdminDomainBlock> {
  return {
    id: String(row.id),
    domain: row.domain,
    digest: digestOf(row.domain),
    created_at: isoTime(row.created_at),
    severity: row.severity,
    reject_media: row.reject_media === 1,
    reject_reports: row.reject_reports === 1,
    private_comment: row.private_comment || null,
    public_comment: row.public_comment || null,
    obfuscate: row.obfuscate === 1,
  }
}

const presentAllow = (row: DomainAllowRow) => ({
  id: String(row.id),
  domain: row.domain,
  created_at: isoTime(row.created_at),
})

const PolicyForm = z.object({
  severity: wordOf(severities),
  reject_media: flag.optional(),
  reject_reports: flag.optional(),
  obfuscate: flag.optional(),
  private_comment: text().optional(),
  public_comment: text().optional(),
})

const choicesOf = (form: z.output<typeof PolicyForm>) => ({
  severity: form.severity,
  rejectMedia: form.reject_media,
  rejectReports: form.reject_reports,
  obfuscate: form.obfuscate,
  privateComment: form.private_comment,
  publicComment: form.public_comment,
})

export const domainPoliciesEndpoint = endpoint({
  route: 'GET /api/v1/admin/domain_blocks',
  scope: 'admin:read:domain_blocks',
  summary: 'What was decided about other servers, newest first',
  query: PageQuery,
  returns: z.array(AdminDomainBlock),
  handle: async ({ app, viewer, query, request }) => {
    await demand(app, viewer.user, 'manage_federation')
    const page = readPage(query, USUAL, 200)
    const rows = await rowsOf<DomainPolicyRow>(app, 'domain_policy', page)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(rows.map(present), { request, page, ...ends, style: 'statuses' })
  },
})

async function rowsOf<Row extends { id: number }>(
  app: App,
  table: 'domain_policy' | 'domain_allow',
  page: ReturnType<typeof readPage>,
): Promise<Row[]> {
  let asked = app.db.selectFrom(table).selectAll().limit(page.limit)
  if (page.maxId !== null) asked = asked.where('id', '<', page.maxId)
  const least = page.minId ?? page.sinceId
  if (least !== null) asked = asked.where('id', '>', least)
  const rows = (await asked.orderBy('id', page.minId === null ? 'desc' : 'asc').execute()) as unknown as Row[]
  return page.minId === null ? rows : rows.reverse()
}

export const addDomainPolicyEndpoint = endpoint({
  route: 'POST /api/v1/admin/domain_blocks',
  scope: 'admin:write:domain_blocks',
  summary: 'Decide about another server',
  body: PolicyForm.extend({ domain: text().optional() }),
  returns: AdminDomainBlock,
  handle: async ({ app, viewer, body }) => {
    await demand(app, viewer.user, 'manage_federation')
    const domain = readHost(app, body.domain ?? '')
    const known = await policyOf(app, domain)
    const wanted = body.severity ?? 'silence'
    if (known && (known.domain === domain || strengthOf(known.severity) >= strengthOf(wanted)))
      throw invalid(`There is already a decision about ${known.domain}, which is as strict or stricter`)
    return present(await setDomainPolicy(app, domain, choicesOf(body)))
  },
})

export const domainPolicyEndpoint = endpoint({
  route: 'GET /api/v1/admin/domain_blocks/:id',
  scope: 'admin:read:domain_blocks',
  summary: 'One decision about another server',
  returns: AdminDomainBlock,
  handle: async ({ app, viewer, params }) => {
    await demand(app, viewer.user, 'manage_federation')
    return present(await domainPolicyById(app, readId(params.id)))
  },
})

const changing = (method: 'PUT' | 'PATCH') =>
  endpoint({
    route: `${method} /api/v1/admin/domain_blocks/:id`,
    scope: 'admin:write:domain_blocks',
    summary: 'Change a decision about another server',
    body: PolicyForm,
    returns: AdminDomainBlock,
    handle: async ({ app, viewer, params, body }) => {
      await demand(app, viewer.user, 'manage_federation')
      const { domain } = await domainPolicyById(app, readId(params.id))
      return present(await setDomainPolicy(app, domain, choicesOf(body)))
    },
  })
export const changeDomainPolicyEndpoint = changing('PUT')
export const patchDomainPolicyEndpoint = changing('PATCH')

export const dropDomainPolicyEndpoint = endpoint({
  route: 'DELETE /api/v1/admin/domain_blocks/:id',
  scope: 'admin:write:domain_blocks',
  summary: 'Take a decision about another server back',
  returns: z.object({}).strict(),
  handle: async ({ app, viewer, params }) => {
    await demand(app, viewer.user, 'manage_federation')
    await dropDomainPolicy(app, await domainPolicyById(app, readId(params.id)))
    return {}
  },
})

export const domainAllowsEndpoint = endpoint({
  route: 'GET /api/v1/admin/domain_allows',
  scope: 'admin:read:domain_allows',
  summary: 'The servers with which limited federation speaks, newest first',
  query: PageQuery,
  returns: z.array(AdminDomainAllow),
  handle: async ({ app, viewer, query, request }) => {
    await demand(app, viewer.user, 'manage_federation')
    const page = readPage(query, USUAL, 200)
    const rows = await rowsOf<DomainAllowRow>(app, 'domain_allow', page)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(rows.map(presentAllow), { request, page, ...ends, style: 'statuses' })
  },
})

export const allowDomainEndpoint = endpoint({
  route: 'POST /api/v1/admin/domain_allows',
  scope: 'admin:write:domain_allows',
  summary: 'Speak with a server in limited federation',
  body: z.object({ domain: text().optional() }),
  returns: AdminDomainAllow,
  handle: async ({ app, viewer, body }) => {
    await demand(app, viewer.user, 'manage_federation')
    return presentAllow(await allowDomain(app, readHost(app, body.domain ?? '')))
  },
})

export const domainAllowEndpoint = endpoint({
  route: 'GET /api/v1/admin/domain_allows/:id',
  scope: 'admin:read:domain_allows',
  summary: 'One server with which limited federation speaks',
  returns: AdminDomainAllow,
  handle: async ({ app, viewer, params }) => {
    await demand(app, viewer.user, 'manage_federation')
    return presentAllow(await allowById(app, readId(params.id)))
  },
})

export const disallowDomainEndpoint = endpoint({
  route: 'DELETE /api/v1/admin/domain_allows/:id',
  scope: 'admin:write:domain_allows',
  summary: 'Speak with a server no more in limited federation',
  returns: AdminDomainAllow,
  handle: async ({ app, viewer, params }) => {
    await demand(app, viewer.user, 'manage_federation')
    const { domain } = await allowById(app, readId(params.id))
    return presentAllow(await disallowDomain(app, domain))
  },
})

export const instanceDomainBlocksEndpoint = endpoint({
  route: 'GET /api/v1/instance/domain_blocks',
  scope: 'public',
  summary: 'The servers this one limits or keeps out, and why, as far as the keepers say',
  cacheSeconds: FIVE_MINUTES,
  returns: z.array(DomainBlock),
  handle: async ({ app }) => {
    const rows = await app.db
      .selectFrom('domain_policy')
      .selectAll()
      .where('severity', '<>', 'noop')
      .orderBy('domain')
      .limit(20_000)
      .execute()
    return rows.map((row) => ({
      domain: row.obfuscate === 1 ? obfuscated(row.domain) : row.domain,
      digest: digestOf(row.domain),
      severity: row.severity as 'silence' | 'suspend',
      ...(row.public_comment ? { comment: row.public_comment } : {}),
    }))
  },
})
