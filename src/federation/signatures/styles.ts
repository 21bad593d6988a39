import { LRUCache } from 'lru-cache'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { HttpAnswer } from '#platform/http-client.ts'
import { HOUR } from '#platform/times.ts'
import { sign9421 } from './signatures-9421.ts'
import { signCavage } from './signatures-cavage.ts'

/** The two ways of signing a request; every server reads the older one, a few read nothing else than the newer. */
export type Style = 'cavage' | '9421'
export type SigningStyleRow = { host: string; style: Style; updated_at: number }
export type SigningStyleTables = { signing_style: SigningStyleRow }

/** How to sign in a style. */
export const signers = { cavage: signCavage, '9421': sign9421 } as const

type Kept = { styles: LRUCache<string, Style>; refusers: LRUCache<string, true> }
const kept = keptBy<Kept>(() => ({
  styles: new LRUCache({ max: 20_000 }),
  // Who refuses both has other reasons than the style; it is not knocked at twice every time.
  refusers: new LRUCache({ max: 5000, ttl: HOUR }),
}))

const stored = prepared<{ host: string }, SigningStyleRow>((db, { host }) =>
  db.selectFrom('signing_style').selectAll().where('host', '=', host),
)

/** The way of signing that a host took last, also before a restart; the older one where nothing is known. */
async function styleOf(app: App, host: string): Promise<Style> {
  const { styles } = kept(app)
  const known = styles.get(host)
  if (known) return known
  const style = (await stored(app, { host }))[0]?.style ?? 'cavage'
  styles.set(host, style)
  return style
}

/**
 * Sends a request signed the way its host took last; one who answers that it is not signed as it must be is asked
 * once more in the other way, and what it takes is remembered.
 */
export async function knock(
  app: App,
  host: string,
  send: (style: Style) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const { styles, refusers } = kept(app)
  const style = await styleOf(app, host)
  const first = await send(style)
  if ((first.status !== 401 && first.status !== 403) || refusers.has(host)) return first
  const other = style === 'cavage' ? '9421' : 'cavage'
  const second = await send(other)
  if (second.status >= 200 && second.status < 300) {
    styles.set(host, other)
    await keep(app, host, other)
  } else if (second.status === 401 || second.status === 403) refusers.set(host, true)
  return second
}

async function keep(app: App, host: string, style: Style): Promise<void> {
  const row = { host, style, updated_at: app.now() }
  await app.inTransaction(async (tx) => {
    await tx.db
      .insertInto('signing_style')
      .values(row)
      .onConflict((clash) => clash.column('host').doUpdateSet({ style, updated_at: row.updated_at }))
      .execute()
  })
}
