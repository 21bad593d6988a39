import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { HttpAnswer } from '#platform/http-client.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import type { Task } from '#platform/jobs/declare.ts'
import { job } from '#platform/jobs/declare.ts'
import { Drop, LaneFault } from '#platform/jobs/faults.ts'
import type { OutgoingRow } from '#platform/jobs/tables.ts'
import { MINUTE, SECOND } from '#platform/times.ts'
import { synchronizationHeader } from '../shapes/followers-digest.ts'
import type { BodyDigest } from '../signatures/signatures-digest.ts'
import { readPrivateKey } from '../signatures/signatures-keys.ts'
import type { Style } from '../signatures/styles.ts'
import { knock, signers } from '../signatures/styles.ts'

/** How often a host that refuses the signature is asked: it may not have been able to fetch the key. */
const TRIES = 4
const TIMEOUT = 15 * SECOND
/** Nothing that an inbox answers is read beyond this. */
const MOST_ANSWER = 4096

type Letter = { accountId: number; body: Buffer; digest: BodyDigest }
type Signer = { keyId: string; pem: string }

const lettersKept = keptBy(
  () => new LRUCache<number, Letter>({ maxSize: 16_000_000, sizeCalculation: sizeOf }),
)
const signersKept = keptBy(() => new LRUCache<number, Signer>({ max: 2000, ttl: 10 * MINUTE }))

const sizeOf = (letter: Letter) => letter.body.length + 100

const outgoingById = prepared<{ id: number }, OutgoingRow>((db, { id }) =>
  db.selectFrom('outgoing').selectAll().where('id', '=', id),
)

/** Sends one stored document to one inbox; the host's lane learns from what comes of it. */
export const deliverOne = job({
  name: 'deliver to one inbox',
  queue: 'deliver',
  tries: TRIES,
  payload: z.object({ inbox: z.string(), toFollowers: z.boolean().optional() }),
  run: async (app, { inbox, toFollowers }, task) => {
    const letter = await letterOf(app, task)
    const signer = await signerOf(app, letter.accountId)
    const more = toFollowers ? await comparison(app, letter.accountId, inbox) : {}
    let answer: HttpAnswer
    try {
      answer = await knock(app, new URL(inbox).host, (style) => post(app, inbox, letter, signer, style, more))
    } catch (error) {
      throw faultOf(error)
    }
    settle(app, answer, task)
  },
})

async function letterOf(app: App, task: Task): Promise<Letter> {
  if (task.ref === null) throw new Drop('no document')
  const letters = lettersKept(app)
  const kept = letters.get(task.ref)
  if (kept) return kept
  const [row] = await outgoingById(app, { id: task.ref })
  if (!row) throw new Drop('the document is gone')
  const letter: Letter = {
    accountId: row.account_id,
    body: Buffer.from(row.body),
    digest: { digest: `SHA-256=${row.digest}`, contentDigest: `sha-256=:${row.digest}:` },
  }
  letters.set(task.ref, letter)
  return letter
}

async function signerOf(app: App, accountId: number): Promise<Signer> {
  const signers = signersKept(app)
  const kept = signers.get(accountId)
  if (kept) return kept
  const account = await accountById(app, accountId)
  const domain = account?.domain_id == null ? undefined : app.domains.byId(account.domain_id)
  if (!domain || domain.confirmed_at === null) throw new Drop('the domain does not federate')
  const key = await app.db
    .selectFrom('account_key')
    .select(['key_id', 'private_pem'])
    .where('account_id', '=', accountId)
    .where('kind', '=', 'rsa')
    .where('private_pem', 'is not', null)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  if (!key?.private_pem) throw new Drop('the sender has no key')
  const signer = { keyId: key.key_id, pem: key.private_pem }
  signers.set(accountId, signer)
  return signer
}

/** Whom we count among the followers on a host, for its comparison. */
async function comparison(app: App, accountId: number, inbox: string): Promise<Record<string, string>> {
  const account = await accountById(app, accountId)
  const header = account && (await synchronizationHeader(app, account, new URL(inbox).host))
  return header ? { 'collection-synchronization': header } : {}
}

async function post(
  app: App,
  inbox: string,
  letter: Letter,
  signer: Signer,
  style: Style,
  more: Record<string, string>,
): Promise<HttpAnswer> {
  const headers = await signers[style]({
    method: 'POST',
    url: inbox,
    headers: { 'content-type': 'application/activity+json', ...more },
    digest: letter.digest,
    keyId: signer.keyId,
    privateKey: readPrivateKey(signer.pem),
    now: app.now(),
  })
  return app.http.request({
    method: 'POST',
    url: inbox,
    headers,
    body: letter.body,
    maxBytes: MOST_ANSWER,
    cut: true,
    timeoutMs: TIMEOUT,
  })
}

const isTaken = ({ status }: HttpAnswer) => status >= 200 && status < 300

/** Whether the answer ends the matter; throws what the lane or the job should learn otherwise (operations 4.4). */
function settle(app: App, answer: HttpAnswer, task: Task): void {
  const { status } = answer
  if (isTaken(answer)) return
  const reason = `answered ${status}`
  if (status === 429 || status === 503) {
    const asked = readRetryAfter(answer.headers['retry-after'], app.now())
    // Too many requests is an answer of a healthy host: it is given a pause and no blame (FAIL-12).
    throw new LaneFault({ reason, retryAfter: asked ?? (status === 429 ? MINUTE : undefined) })
  }
  if (status === 408) throw new LaneFault({ reason })
  if (status === 401 || status === 403)
    throw task.failures + 1 < TRIES ? new Error(reason) : new Drop(reason, { answered: true })
  if (status < 500 || status === 501) throw new Drop(reason, { answered: true })
  throw new LaneFault({ reason })
}

/** How long a `Retry-After` (seconds or a date) asks to wait, in ms; undefined for none or nonsense. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,8}$/.test(header.trim())) return Number(header) * SECOND
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

// What says that no packet of ours gets anywhere: the host is not to blame.
const OUR_TROUBLE = new Set(['EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EMFILE'])

function faultOf(error: unknown): unknown {
  if (!(error instanceof HttpFailure) || error.reason === 'closed') return error
  if (error.isHostTrouble) {
    const code = (error.cause as { code?: unknown } | undefined)?.code
    return new LaneFault({ reason: error.reason, ours: typeof code === 'string' && OUR_TROUBLE.has(code) })
  }
  return new Drop(error.reason)
}
