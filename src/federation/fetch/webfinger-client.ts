import type { App } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { isObject, listOf, webUrl } from '../shapes/shape.ts'
import { spend } from './budget.ts'

const MOST_BYTES = 64 * 1024
const HANDLE = /^@?([\w][\w.-]*)@([^\s@/:]+(?::\d+)?)$/u

export type Finger = { username: string; host: string; self: string }

/** Splits `user@host`; the host in its normal form. Null when it is no handle. */
export function readHandle(text: string): { username: string; host: string } | null {
  const found = HANDLE.exec(text.replace(/^acct:/, ''))
  const host = found?.[2] && URL.canParse(`https://${found[2]}`) ? new URL(`https://${found[2]}`).host : null
  return found?.[1] && host ? { username: found[1], host: host.replace(/\.$/, '') } : null
}

/** Asks a host who a handle is; follows one change of subject and has it confirmed there (ORG-17). Null when it cannot say. */
export async function webFinger(app: App, username: string, host: string, hops = 1): Promise<Finger | null> {
  if (!(await isAdmitted(app, host))) return null
  const scheme = app.config.allowHttp ? ['https', 'http'] : ['https']
  for (const each of scheme) {
    const resource = encodeURIComponent(`acct:${username}@${host}`)
    const answer = await ask(app, `${each}://${host}/.well-known/webfinger?resource=${resource}`)
    const self = answer && selfOf(answer.links)
    if (!answer || !self) continue
    const subject = typeof answer.subject === 'string' ? readHandle(answer.subject) : null
    if (!subject) return { username, host, self }
    const isSame = subject.host === host && subject.username.toLowerCase() === username.toLowerCase()
    if (isSame) return { username: subject.username, host, self }
    if (hops === 0) return null
    const confirmed = await webFinger(app, subject.username, subject.host, hops - 1)
    return confirmed?.self === self ? confirmed : null
  }
  return null
}

async function ask(app: App, url: string): Promise<{ subject?: unknown; links?: unknown } | null> {
  if (!spend()) return null
  try {
    const headers = { accept: 'application/jrd+json, application/json' }
    const answer = await app.http.request({ method: 'GET', url, headers, maxBytes: MOST_BYTES })
    if (answer.status !== 200) return null
    const value: unknown = JSON.parse(answer.body.toString('utf8'))
    return isObject(value) ? value : null
  } catch (error) {
    if (error instanceof HttpFailure || error instanceof SyntaxError) return null
    throw error
  }
}

function selfOf(links: unknown): string | null {
  for (const link of listOf(links, 50)) {
    if (!isObject(link) || link.rel !== 'self') continue
    const type = String(link.type ?? '')
    if (/^application\/(?:activity\+json|ld\+json)/.test(type)) return webUrl(link.href)
  }
  return null
}
