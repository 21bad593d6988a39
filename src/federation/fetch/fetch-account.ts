import type { AccountRow } from '#accounts/accounts.ts'
import { accountByHandle, accountByUri } from '#accounts/accounts.ts'
import { saveRemoteEmojis } from '#accounts/emojis.ts'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import type { App } from '#app.ts'
import { Refusal } from '#platform/errors.ts'
import { readPerson } from '../shapes/read-person.ts'
import type { Shaped } from '../shapes/shape.ts'
import { webUrl } from '../shapes/shape.ts'
import { oweSecondLook } from './confirm-gone.ts'
import { fetchDocument } from './fetch-document.ts'
import { readHandle, webFinger } from './webfinger-client.ts'

/** The account with this ActivityPub id: the known one, or fetched from its origin. Null when there is none. */
export async function accountAt(app: App, uri: string, { refresh = false } = {}): Promise<AccountRow | null> {
  const known = await accountByUri(app, uri)
  if (known && (!refresh || known.domain_id !== null)) return known
  const url = webUrl(uri)
  if (!url || app.domains.isOurs(new URL(url).host)) return known ?? null
  const fetched = await fetchDocument(app, url, { fresh: refresh })
  if (fetched.kind === 'gone' && known) await oweSecondLook(app, known)
  if (fetched.kind !== 'document') return known ?? null
  return takeAccount(app, fetched.document, fetched.url)
}

/** Takes in an actor's document that came from `url`; one whose id is elsewhere is asked for there, once (ORG-06, ORG-07). */
export async function takeAccount(app: App, document: Shaped, url: string): Promise<AccountRow | null> {
  const id = webUrl(document.id)
  if (!id) return null
  let own = document
  if (stripped(id) !== stripped(url)) {
    if (app.domains.isOurs(new URL(id).host)) return (await accountByUri(app, id)) ?? null
    const again = await fetchDocument(app, id)
    if (again.kind !== 'document' || again.document.id !== id || stripped(again.url) !== stripped(id))
      return null
    own = again.document
  }
  const person = readPerson(own)
  if (!person || app.domains.isOurs(person.handleHost)) return null
  const { username, host } = await handleOf(app, person.account.username, person.handleHost, id)
  try {
    return await app.inTransaction(async (tx) => {
      const row = await saveRemoteAccount(tx, { ...person.account, username, host })
      await saveRemoteEmojis(tx, host, person.emojis)
      return row
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    app.log.info({ uri: id, reason: error.message }, 'an account was not taken in')
    return null
  }
}

/** The handle both sides agree on: the server of the actor and that of the handle (ORG-16); else the actor's own host. */
async function handleOf(app: App, username: string, host: string, uri: string) {
  const known = await accountByUri(app, uri)
  // A handle that was confirmed once stays until its name changes.
  if (known && known.username === username) return { username, host: known.host }
  const finger = await webFinger(app, username, host)
  if (finger && finger.self === uri && !app.domains.isOurs(finger.host))
    return { username: finger.username, host: finger.host }
  return { username, host }
}

/** The account a handle means, by WebFinger of its host and the document it names; both must agree. */
export async function accountByFinger(app: App, handle: string): Promise<AccountRow | null> {
  const asked = readHandle(handle)
  if (!asked) return null
  const ours = app.domains.byHost(asked.host)
  if (ours) return (await accountByHandle(app, asked.username, ours.name)) ?? null
  const finger = await webFinger(app, asked.username, asked.host)
  if (!finger) return null
  const account = await accountAt(app, finger.self)
  if (!account) return null
  return account.username_lower === finger.username.toLowerCase() ? account : null
}

/** An address without its fragment and a slash at the end, for comparing. */
function stripped(url: string): string {
  return url.replace(/#.*$/, '').replace(/\/$/, '')
}
