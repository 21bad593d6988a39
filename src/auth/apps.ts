import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { isBlank } from '#platform/html.ts'
import { parseScopes } from '#platform/http/scopes.ts'
import { hashToken, randomToken, timingSafeEqualText } from '#platform/secrets.ts'
import type { ApplicationRow } from './users.ts'

/** Shows the code on a page instead of sending it anywhere. */
export const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'
const MOST_NAME = 60
const MOST_URI = 2000
const MOST_URIS = 50
const DANGEROUS = /^(?:javascript|data|vbscript|blob|file|about):$/

export type ApplicationForm = {
  name: string
  redirectUris: string[]
  scopes?: string | undefined
  website?: string | undefined
}
/** A new application with its secret, which is told this once. */
export type Registered = { application: ApplicationRow; secret: string }

/** Registers an application. Throws `invalid` for names, addresses and scopes that cannot be. */
export async function registerApplication(app: App, form: ApplicationForm): Promise<Registered> {
  const name = form.name.trim()
  if (isBlank(name)) throw invalid("Validation failed: Application name can't be blank")
  if ([...name].length > MOST_NAME)
    throw invalid(`Validation failed: Application name is too long (maximum is ${MOST_NAME} characters)`)
  const uris = form.redirectUris.flatMap((text) => text.split(/\s+/)).filter((uri) => uri !== '')
  checkRedirects(uris)
  checkWebsite(form.website)
  const scopes = parseScopes(form.scopes ?? 'read')
  const secret = randomToken()
  const application: ApplicationRow = {
    id: app.newId(),
    name,
    website: form.website || null,
    redirect_uris: JSON.stringify(uris),
    scopes: (scopes.length > 0 ? scopes : ['read']).join(' '),
    client_id: randomToken(),
    secret_hash: hashToken(secret),
    confidential: 1,
    created_at: app.now(),
  }
  await app.inTransaction(async (tx) => {
    await tx.db.insertInto('application').values(application).execute()
  })
  return { application, secret }
}

function checkRedirects(uris: string[]): void {
  if (uris.length === 0) throw invalid("Validation failed: Redirect URI can't be blank")
  if (uris.length > MOST_URIS || uris.some((uri) => uri.length > MOST_URI)) {
    throw invalid('Validation failed: Redirect URI is too long')
  }
  for (const uri of uris) {
    if (uri === OUT_OF_BAND) continue
    // The scheme is judged as a browser reads it, which overlooks control characters before it (OAU-03).
    if (!URL.canParse(uri) || DANGEROUS.test(new URL(uri).protocol) || uri.includes('#')) {
      throw invalid('Validation failed: Redirect URI must be an absolute URI.')
    }
  }
}

function checkWebsite(website: string | undefined): void {
  if (!website) return
  if (website.length > MOST_URI || !URL.canParse(website) || !/^https?:$/.test(new URL(website).protocol)) {
    throw invalid('Validation failed: Website must be a valid URL')
  }
}

/** The addresses an application registered. */
export function redirectUrisOf(application: ApplicationRow): string[] {
  return JSON.parse(application.redirect_uris) as string[]
}

/** The application of this client id, or undefined. */
export async function applicationByClient(app: App, clientId: string): Promise<ApplicationRow | undefined> {
  return app.db.selectFrom('application').selectAll().where('client_id', '=', clientId).executeTakeFirst()
}

/** The application that knows both its id and its secret; null when either is wrong. */
export async function authenticateClient(
  app: App,
  clientId: string,
  secret: string,
): Promise<ApplicationRow | null> {
  const application = await applicationByClient(app, clientId)
  if (!application) return null
  return timingSafeEqualText(hashToken(secret), application.secret_hash) ? application : null
}

/** Programs of our own that hold tokens: what people see beside a post, and what they may do. */
const OWN_PROGRAMS = {
  'hyrax-command-line': { name: 'Command line', scopes: 'read write follow push' },
  'hyrax-web': { name: 'Web', scopes: 'read write follow push' },
} as const

/** The application in whose name a program of ours holds tokens; nobody else can pass for it. */
export async function ownApplication(app: App, clientId: keyof typeof OWN_PROGRAMS): Promise<ApplicationRow> {
  const known = await applicationByClient(app, clientId)
  if (known) return known
  return app.inTransaction(async (tx) => {
    await tx.db
      .insertInto('application')
      .values({
        ...OWN_PROGRAMS[clientId],
        id: tx.newId(),
        website: null,
        redirect_uris: JSON.stringify([OUT_OF_BAND]),
        client_id: clientId,
        // No secret hashes to this.
        secret_hash: '',
        confidential: 1,
        created_at: tx.now(),
      })
      .onConflict((clash) => clash.column('client_id').doNothing())
      .execute()
    return tx.db
      .selectFrom('application')
      .selectAll()
      .where('client_id', '=', clientId)
      .executeTakeFirstOrThrow()
  })
}
