import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { invalid, notFound, Refusal } from '#platform/errors.ts'
import { isBlank } from '#platform/html.ts'
import { readId } from '#platform/ids.ts'
import { formatText } from '#platform/text/format-text.ts'
import type { Span } from '#platform/text/parse-text.ts'
import { parseText, statusLength } from '#platform/text/parse-text.ts'

/** How many unknown handles of one post are looked up elsewhere. */
const MOST_LOOKUPS = 20
const MOST_MENTIONS = 100

const handleOf = (span: Span) =>
  span.kind === 'mention' ? [span.domain ? `${span.username}@${span.domain}` : span.username] : []

/** What a member typed, and what comes with it. */
export type Typed = {
  text: string
  spoilerText: string
  contentType: 'text/plain' | 'text/markdown'
  /** What stands in for words where only a warning was written; null when words are needed. */
  wordless: string | null
  /** The only accounts the post may mention; null for anybody. */
  allowedMentions: string[] | null
  /** Whether it quotes something, which speaks for itself. */
  isQuote: boolean
}

/** What a written text is made of: source, HTML, mentions looked up, tags. */
export type Written = Awaited<ReturnType<typeof write>>

/** Renders what a member typed; throws what is wrong with it. Unknown handles are looked up elsewhere. */
export async function write(app: App, author: AccountRow, typed: Typed) {
  const spoilerText = clean(typed.spoilerText)
  const source = sourceOf(clean(typed.text), spoilerText, typed)
  const { maxTootChars } = app.config
  if (statusLength(source, spoilerText) > maxTootChars) {
    throw invalid(`Validation failed: Text character limit of ${maxTootChars} exceeded`)
  }
  const domain = app.domains.byId(author.domain_id as number)
  if (!domain) throw notFound()
  const spans = parseText(source, { markdown: typed.contentType === 'text/markdown' })
  const people = await mentionedIn(app, author, spans.flatMap(handleOf))
  if (typed.allowedMentions) await checkMentions(app, domain, people, typed.allowedMentions)
  const tags = new Map(
    spans.flatMap((span) => (span.kind === 'hashtag' ? [[span.name, span.displayName]] : [])),
  )
  const links = new Map(
    [...people].map(([acct, account]) => [
      acct,
      {
        url: account.url ?? account.uri,
        username: account.username,
        acct: account.domain_id === domain.id ? account.username : `${account.username}@${account.host}`,
      },
    ]),
  )
  const tagUrl = (name: string) => `${domain.origin}/tags/${encodeURIComponent(name)}`
  return {
    source,
    spoilerText,
    contentType: typed.contentType,
    content: formatText(source, { contentType: typed.contentType, mentions: links, tagUrl }),
    mentions: [...new Set([...people.values()].map((account) => account.id))],
    tags: [...tags].map(([name, displayName]) => ({
      name: name as string,
      displayName: displayName as string,
    })),
  }
}

/** A warning alone needs something to hide (surface k); what comes with files may be without words. */
function sourceOf(
  text: string,
  spoilerText: string,
  { wordless, isQuote }: Pick<Typed, 'wordless' | 'isQuote'>,
): string {
  if (!isBlank(text)) return text
  if (isQuote) return ''
  if (!isBlank(spoilerText)) return wordless ?? '.'
  if (wordless === null) throw invalid("Validation failed: Text can't be blank")
  return ''
}

/** Throws a refusal that names those who would be told although the sender did not mean them. */
async function checkMentions(
  app: App,
  domain: HostedDomain,
  people: Map<string, AccountRow>,
  allowed: string[],
): Promise<void> {
  const meant = new Set(allowed.map(readId))
  const others = [...new Set([...people.values()].map((account) => account.id))].filter(
    (id) => !meant.has(id),
  )
  if (others.length === 0) return
  const shown = await presentAccountsById(app, { domain, account: null }, others)
  const unexpected_accounts = others.flatMap((id) => shown.get(id) ?? [])
  throw new Refusal('invalid', 'Post would be sent to unexpected accounts', undefined, {
    unexpected_accounts,
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to drop
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

/** Characters that no database or document carries are dropped; line ends are made one kind. */
function clean(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROL, '')
}

/** The accounts that handles in a text mean, by lower-case handle as written; unknown remote ones are looked up. */
async function mentionedIn(app: App, author: AccountRow, accts: string[]): Promise<Map<string, AccountRow>> {
  const found = new Map<string, AccountRow>()
  const domain = app.domains.byId(author.domain_id as number)
  if (!domain) return found
  let lookups = 0
  const unique = [...new Set(accts.map((acct) => acct.toLowerCase()))].slice(0, MOST_MENTIONS)
  for (const acct of unique) {
    let account = (await letIn(app, await accountByAcct(app, domain, acct))) ?? null
    const host = acct.split('@')[1]
    if (!account && host && !app.domains.isOurs(host) && lookups++ < MOST_LOOKUPS) {
      account = await app.fediverse.findAccount(acct)
    }
    if (account && account.suspended_at === null) found.set(acct, account)
  }
  const blocked = await blockedAmong(app, author, [...found.values()])
  for (const [acct, account] of found) if (blocked.has(account.id)) found.delete(acct)
  return found
}

async function blockedAmong(app: App, author: AccountRow, accounts: AccountRow[]): Promise<Set<number>> {
  if (accounts.length === 0) return new Set()
  const ids = accounts.map((account) => account.id)
  const rows = await app.db
    .selectFrom('block')
    .select('target_id')
    .where('account_id', '=', author.id)
    .where(app.dialect.among(sql`target_id`, ids))
    .execute()
  const hosts = accounts.map((account) => account.host)
  const domains = await app.db
    .selectFrom('account_domain_block')
    .select('domain')
    .where('account_id', '=', author.id)
    .where(app.dialect.amongText(sql`domain`, hosts))
    .execute()
  const away = accounts.filter(({ host }) => domains.some(({ domain }) => domain === host))
  return new Set([...rows.map((row) => row.target_id), ...away.map((account) => account.id)])
}
