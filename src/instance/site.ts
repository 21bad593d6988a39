import { z } from 'zod'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import type { RuleRow } from './settings.ts'

/** Live settings of a hosted domain: changed in the browser or by `hyrax site`, read at once everywhere. */
export const siteSettings = {
  title: z.string().max(200),
  short_description: z.string().max(200),
  description: z.string().max(20_000),
  contact_email: z.string().max(320),
  contact_account_id: z.number().nullable(),
  /** `open` lets anyone in, `approved` asks the staff, `none` is closed. */
  registrations: z.enum(['open', 'approved', 'none']),
  registrations_message: z.string().max(2000),
  require_reason: z.boolean(),
  /** Youngest age in years, or null. */
  min_age: z.number().int().min(1).max(120).nullable(),
  /** Bytes that everything kept from elsewhere may take. */
  media_budget: z.number().int().positive(),
  single_user: z.boolean(),
  languages: z.array(z.string()),
  privacy_policy: z.string().max(200_000),
  /** Handles that newcomers are advised to follow. */
  featured_accounts: z.array(z.string().max(400)).max(40),
  /** Each version with the day (UTC) from which it holds. */
  terms_of_service: z
    .array(z.object({ effective_date: z.iso.date(), text: z.string().max(200_000) }))
    .max(50),
} satisfies Record<string, z.ZodType>

export type SiteSettings = { [Name in keyof typeof siteSettings]: z.output<(typeof siteSettings)[Name]> }

const GIGABYTE = 1024 ** 3
const defaults: SiteSettings = {
  title: 'Hyrax',
  short_description: '',
  description: '',
  contact_email: '',
  contact_account_id: null,
  registrations: 'none',
  registrations_message: '',
  require_reason: false,
  min_age: null,
  media_budget: 10 * GIGABYTE,
  single_user: false,
  languages: ['en'],
  privacy_policy: '',
  featured_accounts: [],
  terms_of_service: [],
}

/** Told when what is kept in memory here must be read again. */
export const SITE_CHANGED = 'site settings'
type Kept = { sites: Map<number, Promise<SiteSettings>>; listening: boolean }
const kept = keptBy<Kept>(() => ({ sites: new Map(), listening: false }))

/** The settings of a domain, defaults filled in; kept in memory until they change. */
export function siteOf(app: App, domainId: number): Promise<SiteSettings> {
  const memory = kept(app)
  if (!memory.listening) {
    memory.listening = true
    app.events.subscribe(SITE_CHANGED, (id) => {
      if (typeof id === 'number') memory.sites.delete(id)
      else memory.sites.clear()
    })
  }
  let site = memory.sites.get(domainId)
  if (!site) {
    site = readSite(app, domainId)
    memory.sites.set(domainId, site)
    site.catch(() => memory.sites.delete(domainId))
  }
  return site
}

async function readSite(app: App, domainId: number): Promise<SiteSettings> {
  const rows = await app.db.selectFrom('setting').selectAll().where('domain_id', '=', domainId).execute()
  const site: Record<string, unknown> = { ...defaults }
  for (const row of rows) {
    const schema = siteSettings[row.name as keyof SiteSettings]
    const value = schema?.safeParse(JSON.parse(row.value))
    // A value an older program wrote and this one refuses must not stop the server: the default stands in.
    if (value?.success) site[row.name] = value.data
  }
  // The keeper's word in the environment or a file is stronger than what was stored at setup.
  const asked = app.config.resolved.SINGLE_USER_MODE
  if (asked && asked.origin !== 'default') site.single_user = asked.value === true
  return site as SiteSettings
}

/** Changes settings of a domain; what is left out stays. Throws zod's error for a value that does not fit. */
export async function saveSite(app: App, domainId: number, changes: Partial<SiteSettings>): Promise<void> {
  await app.inTransaction(async (tx) => {
    for (const [name, value] of Object.entries(changes)) {
      const checked = siteSettings[name as keyof SiteSettings].parse(value)
      const stored = { value: JSON.stringify(checked), updated_at: tx.now() }
      await tx.db
        .insertInto('setting')
        .values({ domain_id: domainId, name, ...stored })
        .onConflict((clash) => clash.columns(['domain_id', 'name']).doUpdateSet(stored))
        .execute()
    }
    tx.afterCommit(() => app.events.publish(SITE_CHANGED, domainId))
  })
}

/** The rules of a domain, in their order. */
export async function rulesOf(app: App, domainId: number): Promise<RuleRow[]> {
  return app.db
    .selectFrom('rule')
    .selectAll()
    .where('domain_id', '=', domainId)
    .orderBy('position')
    .orderBy('id')
    .execute()
}
