import type { App } from '#app.ts'
import type { UserRow } from '#auth/users.ts'
import { plainText } from '#platform/html.ts'
import { unseal } from '#platform/sealed-text.ts'
import type { Notification } from './entities.ts'
import { fallbackOf } from './fallback.ts'
import { knownTypes } from './kinds.ts'
import type { PushSubscriptionRow } from './push-subscriptions.ts'
import { TOKEN_PURPOSE } from './push-subscriptions.ts'
import { pushSentence } from './push-words.ts'

const MOST_BODY = 140
const MOST_TITLE = 200

/** What is said to a device of a notification, as JSON; apps fetch the rest. It fits one record of 4,096 bytes. */
export function writePush(app: App, row: PushSubscriptionRow, user: UserRow, told: Notification): string {
  const { account, status } = told
  const about = status ? status.spoiler_text || plainText(status.content) : plainText(account.note)
  const token =
    row.sealed_token && unseal(app.config.vapid?.privateKey ?? '', TOKEN_PURPOSE, row.sealed_token)
  return JSON.stringify({
    access_token: token ?? '',
    preferred_locale: user.locale ?? 'en',
    // A number here and here alone: apps read it as one.
    notification_id: Number(told.id),
    notification_type: told.type,
    icon: account.avatar_static.slice(0, 1000),
    title: cut(titleOf(user, told), MOST_TITLE),
    body: cut(about, MOST_BODY),
  })
}

function titleOf({ locale }: UserRow, { type: word, account, status }: Notification): string {
  const [type] = knownTypes([word])
  if (!type) return word
  const spoken = pushSentence(locale, type, account.display_name || account.username)
  return spoken ?? plainText(fallbackOf(type, account, status).title)
}

function cut(text: string, most: number): string {
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}
