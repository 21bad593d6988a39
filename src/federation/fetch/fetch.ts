import { accountByUri } from '#accounts/accounts.ts'
import type { App, Fediverse } from '#app.ts'
import { readId } from '#platform/ids.ts'
import { statusById } from '#statuses/statuses.ts'
import { readPerson } from '../shapes/read-person.ts'
import { webUrl } from '../shapes/shape.ts'
import { accountAt, accountByFinger, takeAccount } from './fetch-account.ts'
import { fetchDocument } from './fetch-document.ts'
import { refreshIfStale } from './fetch-jobs.ts'
import { fillProfile } from './fetch-outbox.ts'
import { statusAt } from './fetch-status.ts'
import { refreshRemotePoll } from './refresh-poll.ts'

/** What the rooms may ask of the network (`app.fediverse`). */
export function openFediverse(app: App): Fediverse {
  return {
    async findAccount(handleOrUri, { refresh = false } = {}) {
      const url = webUrl(handleOrUri)
      const found = url
        ? ((await knownAccount(app, url)) ?? (await accountFrom(app, url)))
        : await accountByFinger(app, handleOrUri)
      return found && refresh ? accountAt(app, found.uri, { refresh }) : found
    },
    async findStatus(uri) {
      return (await localStatus(app, uri)) ?? (await knownByUrl(app, uri)) ?? statusAt(app, uri)
    },
    async lookAtProfile(account) {
      await refreshIfStale(app, account)
      await fillProfile(app, account)
    },
    refreshPoll: (pollId) => refreshRemotePoll(app, pollId),
  }
}

async function knownAccount(app: App, url: string) {
  const byUri = await accountByUri(app, url)
  return byUri ?? app.db.selectFrom('account').selectAll().where('url', '=', url).executeTakeFirst()
}

async function accountFrom(app: App, url: string) {
  const fetched = await fetchDocument(app, url)
  if (fetched.kind === 'document')
    return readPerson(fetched.document) ? takeAccount(app, fetched.document, fetched.url) : null
  if (fetched.kind !== 'page' || !fetched.alternate) return null
  const linked = await fetchDocument(app, fetched.alternate)
  if (linked.kind !== 'document' || !readPerson(linked.document)) return null
  return accountAt(app, String(linked.document.id))
}

/** A page address of ours leads to the row without a request (SSRF-14). */
async function localStatus(app: App, uri: string) {
  const url = webUrl(uri)
  if (!url || !app.domains.isOurs(new URL(url).host)) return null
  const id = readId(/\/(\d+)\/?$/.exec(new URL(url).pathname)?.[1])
  const row = id === null ? undefined : await statusById(app, id)
  return row && (row.uri === url || row.url === url) ? row : null
}

async function knownByUrl(app: App, uri: string) {
  const row = await app.db.selectFrom('status').selectAll().where('uri', '=', uri).executeTakeFirst()
  return row ?? null
}
