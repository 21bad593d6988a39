import type { App } from '#app.ts'
import type { HttpAnswer } from './http-client.ts'
import type { PushKeys } from './push-encryption.ts'
import { sealPush } from './push-encryption.ts'
import type { KeyPair } from './secrets.ts'
import { SECOND } from './times.ts'
import { vapidToken } from './vapid.ts'

/** How long a push service keeps a message for a browser that is away, in seconds. */
const KEPT_SECONDS = 172_800
const MOST_ANSWER = 4096
const TIMEOUT = 15 * SECOND

export type PushLetter = {
  to: PushKeys & { endpoint: string; standard: boolean }
  text: string
  vapid: KeyPair
  /** An address at which the keeper can be reached. */
  contact: string
  /** Where a push service may end the subscription. */
  unsubscribeUrl: string
}

/** Hands one message to the push service of a subscription and gives its answer; throws HttpFailure. */
export async function sendPush(app: Pick<App, 'http' | 'now'>, letter: PushLetter): Promise<HttpAnswer> {
  const { to, vapid, text } = letter
  const sealed = sealPush(to, text, to.standard)
  const token = vapidToken(vapid, to.endpoint, letter.contact, app.now())
  const who: Record<string, string> = to.standard
    ? { authorization: `vapid t=${token}, k=${vapid.publicKey}` }
    : {
        authorization: `WebPush ${token}`,
        'crypto-key': `${sealed.headers['crypto-key']};p256ecdsa=${vapid.publicKey}`,
      }
  return app.http.request({
    method: 'POST',
    url: to.endpoint,
    headers: {
      ...sealed.headers,
      ...who,
      'content-type': 'application/octet-stream',
      ttl: String(KEPT_SECONDS),
      urgency: 'normal',
      'unsubscribe-url': letter.unsubscribeUrl,
    },
    body: sealed.body,
    maxBytes: MOST_ANSWER,
    cut: true,
    timeoutMs: TIMEOUT,
    agentKey: 'push',
  })
}
